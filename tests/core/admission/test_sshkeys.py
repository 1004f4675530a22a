"""SSH keys are taken apart and written anew."""

import base64

import pytest

from agent.core.admission.sshkeys import MOST_CHARACTERS, MOST_KEYS, clean_keys


def blob(*fields: bytes) -> bytes:
    return b"".join(len(field).to_bytes(4) + field for field in fields)


def line(kind: str, *fields: bytes, inner: str | None = None) -> str:
    return f"{kind} {base64.b64encode(blob((inner or kind).encode(), *fields)).decode()}"


def rsa(bits: int) -> str:
    return line("ssh-rsa", b"\x01\x00\x01", (1 << (bits - 1)).to_bytes(bits // 8 + 1))


ED25519 = line("ssh-ed25519", bytes(32))
GOOD = [
    ED25519,
    rsa(2048),
    rsa(4096),
    line("ecdsa-sha2-nistp256", b"nistp256", b"\x04" + bytes(64)),
    line("ecdsa-sha2-nistp384", b"nistp384", b"\x04" + bytes(96)),
    line("ecdsa-sha2-nistp521", b"nistp521", b"\x04" + bytes(132)),
    line("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"),
    line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + bytes(64), b"ssh:"),
]


@pytest.mark.parametrize("key", GOOD)
def test_a_good_key_is_kept_with_our_comment(key):
    assert clean_keys([key], "alice") == (f"{key} alice@waldur",)


@pytest.mark.parametrize("comment", ["me@laptop", 'with "quotes" and \\', "two words", ""])
def test_a_comment_is_replaced_and_the_ends_are_trimmed(comment):
    assert clean_keys([f"  {ED25519} {comment}\n"], "alice") == (f"{ED25519} alice@waldur",)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ssh-ed25519",
        f'command="id" {ED25519}',
        f"no-pty {ED25519}",
        f"{ED25519}\n{ED25519}",
        f"{ED25519} me\n[[users]]\nname = 'root2'",
        f"{ED25519} me\x0b{ED25519}",
        f"{ED25519} me\u2028x",
        ED25519.replace("ssh-ed25519", "ssh-rsa"),
        line("ssh-ed25519", bytes(32), inner="ssh-rsa"),
        line("ssh-ed25519", bytes(31)),
        line("ssh-ed25519", bytes(32), b"more"),
        line("ssh-ed25519"),
        line("ssh-dss", b"p", b"q", b"g", b"y"),
        line("ecdsa-sha2-nistp256", b"nistp521", b"\x04" + bytes(132)),
        line("ecdsa-sha2-nistp256", b"nistp256", b"\x04" + bytes(132)),
        line("ecdsa-sha2-nistp256", b"nistp256", b""),
        line("ecdsa-sha2-nistp256", b"nistp256", b"\x05" + bytes(64)),
        line("ecdsa-sha2-nistp256", b"nistp", b"\x04" + bytes(64)),
        line("ecdsa-sha2-nistp256", b"", b""),
        line("ecdsa-sha2-nistp256", b"", b"\x04" + bytes(64)),
        line("sk-ecdsa-sha2-nistp256@openssh.com", b"", b"\x04" + bytes(64), b"ssh:"),
        line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + bytes(64), b""),
        line("sk-ssh-ed25519@openssh.com", bytes(32), b""),
        line("ssh-rsa", b"", (1 << 2047).to_bytes(257)),
        line("ssh-rsa", b"\x00", (1 << 2047).to_bytes(257)),
        line("ssh-rsa", b"\x01", (1 << 2047).to_bytes(257)),
        rsa(1024),
        "ssh-ed25519 not-base64!",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 /////w==",
        f"{ED25519}*",
        f"{ED25519} " + "x" * 20_000,
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_anything_else_is_dropped_and_the_good_key_beside_it_stays(key):
    assert clean_keys([key, GOOD[1]], "alice") == (f"{GOOD[1]} alice@waldur",)


def test_keys_are_sorted_each_once_and_not_too_many():
    many = [line("ssh-ed25519", number.to_bytes(32)) for number in range(MOST_KEYS + 5)]
    kept = clean_keys([many[1], many[0], *many], "alice")
    assert len(kept) == MOST_KEYS
    assert list(kept) == sorted(set(kept))


def test_a_person_s_keys_are_together_no_longer_than_a_file_may_be():
    large = [line("ssh-rsa", b"\x01\x00\x01", (1 << 32_767 | number).to_bytes(4097)) for number in range(4)]
    assert all(len(key) < MOST_CHARACTERS for key in large)
    kept = clean_keys([*large, ED25519], "alice")
    assert 1 < len(kept) < 5
    assert f"{ED25519} alice@waldur" in kept
    assert sum(map(len, kept)) <= MOST_CHARACTERS
