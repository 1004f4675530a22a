"""GLAuth's certificate, over a real TLS handshake; its version and what holds publishing back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agent.doctor.finding import Mark
from agent.doctor.glauth_server import certificate, publishing, restart, serves
from backends.glauth.hold import Hold
from backends.glauth.refusal import Refusal
from tests.doctor.conftest import MakePublished
from tests.fixtures.certificates import self_signed, served_with


@contextmanager
def tls_server(pair: tuple[Path, Path]) -> Iterator[str]:
    """Somebody who shakes hands over TLS and says nothing; gives the URL."""
    context = served_with(pair)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain = listener.accept()[0]
                with suppress(OSError), context.wrap_socket(plain, server_side=True) as secured:
                    secured.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"ldaps://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_trusted_certificate_that_names_the_server_is_well(published: MakePublished, tmp_path: Path) -> None:
    pair = self_signed(tmp_path, days=90)
    with tls_server(pair) as url:
        (finding,) = certificate(published(probe_url=url, ca_file=pair[0], server_name="ldap.example.org"))
    assert finding.mark is Mark.OK
    assert finding.text.startswith("trusted, good until 20")


@pytest.mark.parametrize(
    ("trusted", "name", "words"),
    [
        (False, "ldap.example.org", "self-signed"),
        (True, None, "IP address mismatch"),
        (True, "x.org", "Hostname mismatch"),
    ],
)
def test_a_certificate_that_proves_nothing_is_broken(
    published: MakePublished, tmp_path: Path, trusted: bool, name: str | None, words: str
) -> None:
    pair = self_signed(tmp_path, days=90)
    with tls_server(pair) as url:
        (finding,) = certificate(published(probe_url=url, ca_file=pair[0] if trusted else None, server_name=name))
    assert finding.mark is Mark.BROKEN
    assert words.lower() in finding.text.lower().replace("self signed", "self-signed")
    assert "glauth.ca_file" in finding.remedy


def test_a_certificate_that_ends_soon_is_worth_a_look(published: MakePublished, tmp_path: Path) -> None:
    pair = self_signed(tmp_path, days=7)
    with tls_server(pair) as url:
        (finding,) = certificate(published(probe_url=url, ca_file=pair[0], server_name="ldap.example.org"))
    assert finding.mark is Mark.DOUBTFUL
    assert "restart GLAuth" in finding.remedy


def test_nobody_who_listens_is_broken(published: MakePublished) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (finding,) = certificate(published(probe_url=f"ldaps://127.0.0.1:{port}"))
    assert finding.mark is Mark.BROKEN
    assert "Connection refused" in finding.text


def test_plain_ldap_has_no_certificate_to_look_at(published: MakePublished) -> None:
    (finding,) = certificate(published(probe_url="ldap://127.0.0.1:3893"))
    assert finding.mark is Mark.NONE


@pytest.mark.parametrize(("safe", "mark"), [(True, Mark.OK), (False, Mark.DOUBTFUL), (None, Mark.NONE)])
def test_what_the_version_means_is_told(published: MakePublished, safe: bool | None, mark: Mark) -> None:
    looked_at = published(status={"safe_version": safe})
    looked_at.key_file.write_text("key")
    _, version = serves(looked_at)
    assert (version.about, version.mark) == ("version", mark)
    assert ("2.5.1" in version.text) == (safe is not None)


def test_what_holds_publishing_back_is_told_with_what_ends_it(published: MakePublished, tmp_path: Path) -> None:
    hold, refusal = Hold(tmp_path / "held"), Refusal(tmp_path / "refused", 600.0)
    hold.begin(1000.0)
    refusal.remember(b"x", 1000.0)
    by_a_person, by_the_agent = hold.reason(), refusal.reason(1000.0)
    for held_back, first in ((by_a_person, "agent glauth render --diff"), (by_the_agent, "GLAuth's log")):
        (finding,) = publishing(published(status={"held_back": held_back}))
        assert (finding.mark, finding.text) == (Mark.BROKEN, held_back)
        assert finding.remedy.startswith(f"see {first}") or finding.remedy.startswith(f"see what {first}")
        assert finding.remedy.endswith("then: agent glauth rollback --end")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("ldaps://127.0.0.1:{port}", ".x"),
        ("ldaps://127.0.0.1:{port}", "x" * 64),
        (f"ldaps://{'x' * 64}.example.org:{{port}}", None),
        ("ldaps://..:{port}", None),
    ],
)
def test_a_name_that_no_server_can_have_is_told_and_not_a_traceback(
    published: MakePublished, tmp_path: Path, url: str, name: str | None
) -> None:
    pair = self_signed(tmp_path, days=90)
    with tls_server(pair) as served:
        looked_at = published(probe_url=url.format(port=served.rpartition(":")[2]), ca_file=pair[0], server_name=name)
        (finding,) = certificate(looked_at)
    assert finding.mark is Mark.BROKEN
    assert finding.remedy == "mend glauth.server_name, or the host in glauth.probe_url"


def test_a_restart_that_is_a_reload_deserves_a_look(published: MakePublished) -> None:
    (finding,) = restart(published(restart=("/bin/true", "reload", "glauth")))
    assert finding.mark is Mark.DOUBTFUL
    assert "SIGHUP ends it" in finding.text
    (finding,) = restart(published(restart=("/bin/true", "restart", "glauth")))
    assert finding.mark is Mark.OK
