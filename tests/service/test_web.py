"""The web server over a real socket."""

import http.client
import socket
import time

import pytest

from agent.errors import ConfigError, Unavailable
from agent.service.lanes import Lane
from agent.service.metrics import Metrics
from agent.service.web import serving

LANES = [Lane("converge", 120, lambda: None)]


def ask(port: int, path: str, method: str = "GET", host: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request(method, path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def test_the_probe_is_unwell_until_each_lane_has_succeeded() -> None:
    metrics = Metrics("0.9")
    with serving(("127.0.0.1", 0), LANES, metrics) as port:
        status, text = ask(port, "/healthz")
        assert (status, text.split(";")[0]) == (503, "lane converge has not succeeded since the agent started")
        metrics.lane_finished("converge", 1.5, time.time())
        assert ask(port, "/healthz") == (200, "ok\n")
        metrics.lane_finished("converge", 1.5, time.time() - 400)
        assert ask(port, "/healthz")[0] == 503


def test_a_scrape_shows_what_was_measured_and_the_page_tells_a_person() -> None:
    metrics = Metrics("0.9")
    metrics.held(["remove bob from proj1: over budget"])
    with serving(("127.0.0.1", 0), LANES, metrics) as port:
        assert "agent_held_actions 1.0" in ask(port, "/metrics")[1]
        assert "process_resident_memory_bytes" in ask(port, "/metrics")[1]
        assert "remove bob from proj1: over budget" in ask(port, "/")[1]


def test_other_paths_and_other_methods_are_refused() -> None:
    with serving(("127.0.0.1", 0), LANES, Metrics("0.9")) as port:
        assert ask(port, "/secrets")[0] == 404
        assert ask(port, "/metrics", "POST")[0] == 405


def test_a_client_that_says_nothing_does_not_keep_others_waiting() -> None:
    with serving(("127.0.0.1", 0), LANES, Metrics("0.9")) as port, socket.create_connection(("127.0.0.1", port)):
        assert ask(port, "/")[0] == 200


def test_the_port_is_free_again_when_the_block_ends() -> None:
    with serving(("127.0.0.1", 0), LANES, Metrics("0.9")) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/")


def test_a_port_in_use_is_tried_again_later_and_named() -> None:
    with (
        serving(("127.0.0.1", 0), LANES, Metrics("0.9")) as port,
        pytest.raises(Unavailable, match=rf"cannot listen on 127\.0\.0\.1 port {port}: .*in use; end what uses it"),
        serving(("127.0.0.1", port), LANES, Metrics("0.9")),
    ):
        pass


def test_an_address_that_is_not_up_yet_is_tried_again_later_and_named() -> None:
    with (
        pytest.raises(Unavailable, match=r"daemon\.listen: cannot listen on 192\.0\.2\.1 port 9317: .*bring up the"),
        serving(("192.0.2.1", 9317), LANES, Metrics("0.9")),
    ):
        pass


def test_a_port_that_no_host_has_is_a_wrong_setting() -> None:
    with (
        pytest.raises(ConfigError, match=r"cannot listen on 127\.0\.0\.1 port 70000"),
        serving(("127.0.0.1", 70_000), LANES, Metrics("0.9")),
    ):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "localhost", "head.example.org"])
def test_an_address_for_everybody_and_a_name_are_refused(host: str) -> None:
    with pytest.raises(ConfigError, match=r"daemon\.listen"), serving((host, 0), LANES, Metrics("0.9")):
        pass


def ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not ipv6_loopback(), reason="this host has no ::1")
def test_the_ipv6_loopback_is_served() -> None:
    with serving(("::1", 0), LANES, Metrics("0.9")) as port:
        assert ask(port, "/", host="::1")[0] == 200
