"""SSH public keys: taken apart and written anew, so that options, comments and second lines never get through."""

import base64
import binascii
from collections.abc import Iterable, Iterator

MOST_KEYS = 20
MOST_CHARACTERS = 16_384
_SHORTEST_RSA = 2048
# The type, and how many fields its blob has, the type's own name included: RFC 4253 6.6, RFC 5656, RFC 8709, and
# OpenSSH's PROTOCOL.u2f.
_FIELDS = {
    "ssh-ed25519": 2,
    "ssh-rsa": 3,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "sk-ssh-ed25519@openssh.com": 3,
    "sk-ecdsa-sha2-nistp256@openssh.com": 4,
}
# The length of a point that is not compressed; OpenSSH takes no other.
_POINTS = {b"nistp256": 65, b"nistp384": 97, b"nistp521": 133}


def clean_keys(keys: Iterable[str], name: str) -> tuple[str, ...]:
    """The good keys as ``type base64 name@waldur``, sorted, each once; the others are dropped.

    Good is one line without options, of a known type that the key itself repeats; RSA from 2048 bits. At most
    ``MOST_KEYS`` keys of together ``MOST_CHARACTERS`` are taken, in the order given.
    """
    good: dict[str, None] = {}
    room = MOST_CHARACTERS
    for key in keys:
        plain = _plain(key) if len(good) < MOST_KEYS else ""
        line = f"{plain} {name}@waldur"
        if plain and line not in good and len(line) <= room:
            good[line] = None
            room -= len(line)
    return tuple(sorted(good))


def _plain(key: str) -> str:
    """``type base64`` of a good key, else ""."""
    line = key.strip()
    words = line.split()
    if len(line) > MOST_CHARACTERS or len(line.splitlines()) != 1 or len(words) < 2 or words[0] not in _FIELDS:
        return ""
    try:
        blob = base64.b64decode(words[1], validate=True)
        fields = tuple(_fields(blob))
    except (binascii.Error, ValueError):
        return ""
    return f"{words[0]} {base64.b64encode(blob).decode()}" if _is(words[0], fields) else ""


def _fields(blob: bytes) -> Iterator[bytes]:
    """The length-prefixed strings a blob is made of. Raises ValueError when it ends too early."""
    while blob:
        end = 4 + int.from_bytes(blob[:4])
        if len(blob) < max(end, 4):
            raise ValueError("the key ends too early")
        yield blob[4:end]
        blob = blob[end:]


def _is(kind: str, fields: tuple[bytes, ...]) -> bool:
    """Whether the blob is a key of this type: it says so itself, has the right parts, and is strong enough."""
    if len(fields) != _FIELDS[kind] or fields[0] != kind.encode() or not all(fields):
        return False
    if kind == "ssh-rsa":
        return int.from_bytes(fields[1]) > 1 and int.from_bytes(fields[2]).bit_length() >= _SHORTEST_RSA
    if "ecdsa" in kind:
        curve = kind.removeprefix("sk-").removeprefix("ecdsa-sha2-").removesuffix("@openssh.com").encode()
        return fields[1] == curve and fields[2][:1] == b"\x04" and len(fields[2]) == _POINTS[curve]
    return len(fields[1]) == 32
