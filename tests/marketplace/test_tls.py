"""The marketplace over TLS: its certificate counts, and the token is shown to nobody who has a wrong one."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from agent.marketplace.failure import Refused
from agent.marketplace.http import Http
from tests.fixtures.certificates import self_signed, served_with
from tests.marketplace.conftest import TOKEN, CannedServer

Serve = Callable[[str], CannedServer]


@pytest.fixture
def serve(tmp_path, monkeypatch) -> Iterator[Serve]:
    """A marketplace whose certificate is for these names; this host trusts it."""
    served = []

    def make(names):
        pair = self_signed(tmp_path, names)
        monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
        served.append(CannedServer(served_with(pair)))
        served[-1].on("GET", "one/", {"it": "is"})
        return served[-1]

    yield make
    for server in served:
        server.stop()


def test_a_server_that_this_host_trusts_is_asked(serve):
    server = serve("IP:127.0.0.1")
    with closing(Http(server.url, TOKEN)) as http:
        assert http.get("one/").body == {"it": "is"}
    assert server.asked[0].headers["Authorization"] == f"Token {TOKEN}"


@pytest.mark.parametrize(
    ("names", "trusted", "words"),
    [("IP:127.0.0.1", False, "self-signed certificate"), ("DNS:waldur.example.org", True, "IP address mismatch")],
)
def test_a_server_with_a_wrong_certificate_never_sees_the_token_and_is_asked_once(
    serve, monkeypatch, names, trusted, words
):
    server = serve(names)
    if not trusted:
        monkeypatch.delenv("SSL_CERT_FILE")
    requests = []
    asking = Http(server.url, TOKEN, on_request=lambda *told: requests.append(told))
    with closing(asking) as http, pytest.raises(Refused) as caught:
        http.get("one/")
    assert f"GET {server.url}/api/one/: the server's certificate is not accepted: " in str(caught.value)
    assert words in str(caught.value)
    assert "put who signed it into this host's trust store" in str(caught.value)
    assert (server.asked, requests) == ([], [("GET", "one/", 0)])
