import logging
import socket
import threading
import time

import pytest
import stamina

from agent.errors import Rejected, Unavailable
from agent.marketplace import http as http_module
from agent.marketplace.failure import Conflict, NoRoute, Refused, Transient
from agent.marketplace.http import Http

THING = "things/{uuid}/"
UUID = "c47dd173c47dd173c47dd173c47dd173"
PATH = f"things/{UUID}/"


def test_a_request_carries_the_token_and_who_asks(server, http, token):
    server.on("GET", PATH, {"a": 1})
    reply = http.get(THING, UUID, [("field", "a"), ("field", "b")])
    assert (reply.body, reply.count, reply.more) == ({"a": 1}, None, False)
    (asked,) = server.asked
    assert asked.headers["Authorization"] == f"Token {token}"
    assert asked.headers["User-Agent"].startswith("slurm-site-agent/")
    assert asked.query == {"field": ["a", "b"]}


def test_count_and_next_page_are_read_from_the_headers(server, http):
    server.on(
        "GET",
        "things/",
        [],
        headers={"X-Result-Count": "9", "Link": '<http://x/?page=2>; rel="next", <http://x/?page=5>; rel="last"'},
    )
    reply = http.get("things/")
    assert (reply.count, reply.more) == (9, True)


def test_the_token_is_asked_for_again_at_each_request(server):
    tokens = iter(["first", "second\n"])
    server.on("GET", PATH, {})
    http = Http(server.url, lambda: next(tokens))
    http.get(THING, UUID)
    http.get(THING, UUID)
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Token first", "Token second"]
    http.close()


@pytest.mark.parametrize("bad", ["", "  ", "two words", "a\nb", "té"])
def test_an_unusable_token_is_named_by_its_source_and_not_sent(server, bad):
    http = Http(server.url, bad, token_source="/etc/agent/token")
    with pytest.raises(Unavailable, match="/etc/agent/token") as caught:
        http.get(THING, UUID)
    assert server.asked == []
    assert not bad.strip() or bad not in str(caught.value)
    http.close()


def test_a_refused_token_is_not_tried_twice_and_its_file_is_named(server):
    http = Http(server.url, "a-token", token_source="/etc/agent/token")
    server.on("GET", PATH, {"detail": "Invalid token."}, 401)
    with pytest.raises(Refused, match=r"Invalid token.*/etc/agent/token"):
        http.get(THING, UUID)
    assert len(server.asked) == 1
    http.close()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_recovers_is_not_noticed(server, http, status):
    server.on("GET", PATH, "<h1>Bad</h1>", status, "text/html")
    server.on("GET", PATH, {"ok": True})
    assert http.get(THING, UUID).body == {"ok": True}
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"body": b'{"a": ', "cut": False},
        {"body": b'{"a": 1', "cut": True},
        {"body": b"", "cut": False},
        {"body": b"[" * 100_000, "cut": False},
        {"body": b"\xff\xfe\x00", "cut": False},
        {"body": b"", "reply": False},
        {"body": b"<h1>Welcome</h1>", "kind": "text/html"},
    ],
)
def test_a_broken_reply_is_asked_for_again_and_then_unavailable(server, http, broken):
    server.on("GET", PATH, **broken)
    with pytest.raises(Transient):
        http.get(THING, UUID)
    assert len(server.asked) == 3


def test_nobody_listening_is_unavailable_with_the_address_in_the_text():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    http = Http(f"http://127.0.0.1:{port}", "a-token")
    with pytest.raises(Transient, match=rf"{port}/api/things/.*marketplace\.url"):
        http.get("things/")
    http.close()


def test_a_redirect_is_refused(server, http):
    server.on("GET", PATH, "", 302, headers={"Location": "http://127.0.0.1:1/elsewhere"})
    with pytest.raises(Refused, match="302, a redirect"):
        http.get(THING, UUID)
    assert len(server.asked) == 1


def test_a_missing_route_and_a_missing_object_are_told_apart(server, http):
    server.on("GET", "things/", {"detail": "No Thing matches the given query."}, 404)
    with pytest.raises(Refused, match="No Thing matches") as caught:
        http.get("things/")
    assert caught.value.status == 404
    with pytest.raises(NoRoute):
        http.get("no-such-things/")
    assert len(server.asked) == 2


def test_a_rejected_write_is_not_repeated(server, http):
    server.on("POST", PATH, {"resource": ["Resource is not in valid state."]}, 400)
    with pytest.raises(Rejected, match="resource: Resource is not in valid state"):
        http.post(THING, {"a": 1}, UUID)
    assert len(server.asked) == 1
    assert server.asked[0].body == {"a": 1}


def test_a_conflict_has_its_own_type(server, http):
    server.on("POST", PATH, {"detail": "Valid states for operation: pending-provider."}, 409)
    with pytest.raises(Conflict, match="Valid states"):
        http.post(THING, {}, UUID)


def test_a_lost_reply_is_repeated_for_an_idempotent_write_only(server, http):
    server.on("POST", PATH, reply=False)
    server.on("POST", PATH, b"", 201)
    http.post(THING, {}, UUID)
    assert len(server.asked) == 2
    server.on("POST", "things/", reply=False)
    with pytest.raises(Transient):
        http.post("things/", {}, idempotent=False)
    assert server.count("POST", "things/") == 1


def test_text_is_asked_for_as_text_and_may_be_empty(server, http):
    server.on("GET", PATH, "ä = 1", kind="text/plain; charset=utf-8")
    assert http.text(THING, UUID) == "ä = 1"
    assert server.asked[0].headers["Accept"] == "text/plain"
    server.on("GET", "things/", b"")
    assert http.text("things/", "") == ""


def test_text_that_is_not_utf8_is_unavailable(server, http):
    server.on("GET", PATH, b"\xff", kind="text/plain")
    with pytest.raises(Transient, match="not UTF-8"):
        http.text(THING, UUID)


def test_an_endless_reply_is_given_up(server, http, monkeypatch):
    monkeypatch.setattr(http_module, "LARGEST_REPLY", 1000)
    server.on("GET", PATH, b" " * 1001)
    with pytest.raises(Refused, match="larger than 1000 bytes"):
        http.get(THING, UUID)


def test_each_request_is_counted_by_route_and_status(server):
    seen = []
    http = Http(server.url, "a-token", on_request=lambda *args: seen.append(args))
    server.on("GET", PATH, "", 503)
    server.on("GET", PATH, reply=False)
    server.on("GET", PATH, {})
    http.get(THING, UUID)
    assert seen == [("GET", THING, 503), ("GET", THING, 0), ("GET", THING, 200)]
    http.close()


def test_nothing_but_a_uuid_gets_into_a_path(http, server):
    for bad in ("../../admin", UUID.upper(), f"{UUID}/x", "c47dd173-c47d-d173-c47d-d173c47dd173"):
        with pytest.raises(ValueError, match="hex digits"):
            http.get(THING, bad)
    assert server.asked == []


def test_the_token_is_in_no_text(server, http, token, caplog):
    caplog.set_level(logging.DEBUG)
    echo = f"your header was Authorization: Token {token}"
    for status in (400, 401, 403, 404, 409, 418, 500):
        server.replies.clear()
        server.on("POST", PATH, {"detail": echo}, status)
        with pytest.raises(Exception) as caught:
            http.post(THING, {}, UUID)
        assert "your header was" in str(caught.value)
        assert token not in str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)
    assert token not in repr(http)
    assert token not in caplog.text


def test_a_stalled_server_costs_no_more_than_the_deadline():
    stamina.set_testing(False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        http = Http(f"http://127.0.0.1:{silent.getsockname()[1]}", "a-token", deadline=0.5, timeout=10)
        began = time.monotonic()
        with pytest.raises(Transient, match="Timeout"):
            http.get("things/")
        assert 0.4 < time.monotonic() - began < 5
        http.close()


def test_an_outage_is_reported_as_itself_when_no_time_is_left_to_ask_again(server):
    stamina.set_testing(False)
    http = Http(server.url, "a-token", deadline=1.0)
    server.on("GET", PATH, "<h1>Bad Gateway</h1>", 502, "text/html")
    with pytest.raises(Transient, match="502 Bad Gateway"):
        http.get(THING, UUID)
    assert len(server.asked) == 1
    http.close()


def test_between_two_attempts_there_is_a_pause(server, http):
    stamina.set_testing(False)
    server.on("GET", PATH, "", 503)
    server.on("GET", PATH, {})
    began = time.monotonic()
    http.get(THING, UUID)
    assert 0.1 <= time.monotonic() - began < 3


def test_a_server_that_drips_is_given_up_at_the_deadline():
    def drip(listener):
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
            try:
                for _ in range(60):
                    connection.sendall(b" ")
                    time.sleep(0.05)
            except OSError:
                return

    stamina.set_testing(False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        http = Http(f"http://127.0.0.1:{listener.getsockname()[1]}", "a-token", deadline=0.4, timeout=5)
        began = time.monotonic()
        with pytest.raises(Transient, match="deadline"):
            http.get("things/")
        assert time.monotonic() - began < 2
        http.close()
