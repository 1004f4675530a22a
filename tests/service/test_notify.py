"""The notify protocol over real sockets."""

import os
import socket
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent.service.notify import Notifier, notifier


def listener(address: str) -> socket.socket:
    received = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    received.bind(address)
    received.settimeout(5)
    return received


def test_each_message_is_one_datagram(tmp_path: Path) -> None:
    with listener(str(tmp_path / "notify")) as received:
        teller = notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        teller.ready()
        teller.status("converge: running")
        teller.watchdog()
        teller.stopping()
        assert [received.recv(100) for _ in range(4)] == [
            b"READY=1",
            b"STATUS=converge: running",
            b"WATCHDOG=1",
            b"STOPPING=1",
        ]


def test_an_at_sign_means_the_abstract_namespace() -> None:
    name = f"agent-test-{os.getpid()}"
    with listener(f"\0{name}") as received:
        Notifier(f"@{name}").ready()
        assert received.recv(100) == b"READY=1"


def test_a_line_break_in_a_status_begins_no_other_assignment(tmp_path: Path) -> None:
    with listener(str(tmp_path / "notify")) as received:
        Notifier(str(tmp_path / "notify")).status("one\nREADY=1")
        assert received.recv(100) == b"STATUS=one READY=1"


def test_without_a_service_manager_nothing_is_sent_and_nothing_is_wrong() -> None:
    with capture_logs() as events:
        notifier({}).ready()
    assert events == []
    assert notifier({}).watchdog_every is None


def test_a_socket_that_nobody_reads_is_logged_and_does_no_harm(tmp_path: Path) -> None:
    with capture_logs() as events:
        Notifier(str(tmp_path / "gone")).ready()
    assert [(event["event"], event["message"]) for event in events] == [("service manager not told", "READY=1")]


def test_the_watchdog_is_pinged_at_half_its_time() -> None:
    assert notifier({"WATCHDOG_USEC": "90000000"}).watchdog_every == 45.0
    assert notifier({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": str(os.getpid())}).watchdog_every == 45.0


@pytest.mark.parametrize(
    "environ",
    [
        {"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "-5"},
    ],
)
def test_a_watchdog_that_is_not_ours_or_makes_no_sense_is_not_pinged(environ: dict[str, str]) -> None:
    assert notifier(environ).watchdog_every is None
