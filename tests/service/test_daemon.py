"""The daemon as systemd sees it: a child process, a notify socket, signals, and a port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TOY = Path(__file__).with_name("toy_daemon.py")
ROOT = TOY.parents[2]
PATIENCE = 20.0


def wait_for(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s for {what}"
        time.sleep(0.02)


@dataclass
class Toy:
    folder: Path
    process: "subprocess.Popen[bytes]"
    socket: socket.socket
    messages: list[str] = field(default_factory=list)

    def heard(self) -> list[str]:
        """Everything the service manager was told up to now."""
        while True:
            try:
                self.messages.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.messages

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = (self.folder / "log").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def get(self, path: str) -> tuple[int, str]:
        wait_for(lambda: self.events("listening"), "the port")
        url = f"http://127.0.0.1:{self.events('listening')[0]['port']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def is_there(self, name: str) -> bool:
        return (self.folder / name).exists()

    def release(self) -> None:
        (self.folder / "release").touch()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Toy]]:
    toys: list[Toy] = []

    def begin(*arguments: str) -> Toy:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NOTIFY_SOCKET": str(tmp_path / "notify")}
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(TOY), str(tmp_path), *arguments],
                env=environ | {"WATCHDOG_USEC": "200000"},
                stderr=log,
            )
        toys.append(Toy(tmp_path, process, listener))
        return toys[-1]

    yield begin
    for toy in toys:
        toy.release()
        toy.process.terminate()
        toy.process.wait(PATIENCE)
        toy.socket.close()


def test_systemd_hears_ready_then_the_lanes_status_and_the_watchdogs_pings(start: Callable[..., Toy]) -> None:
    toy = start()
    wait_for(lambda: toy.heard().count("WATCHDOG=1") >= 3, "three pings")
    assert toy.messages[0] == "READY=1"
    assert "STATUS=work: running; broken: failed" in toy.messages
    assert "STOPPING=1" not in toy.messages


def test_sigterm_in_the_middle_of_a_batch_waits_for_it_and_begins_no_other(start: Callable[..., Toy]) -> None:
    toy = start()
    wait_for(lambda: toy.is_there("first.begun"), "the first batch")
    toy.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "STOPPING=1" in toy.heard(), "STOPPING")
    toy.process.send_signal(signal.SIGTERM)
    pings = toy.heard().count("WATCHDOG=1")
    wait_for(lambda: toy.heard().count("WATCHDOG=1") > pings + 2, "pings while it waits")
    assert toy.process.poll() is None
    toy.release()
    assert toy.process.wait(PATIENCE) == 0
    assert toy.is_there("first.ended")
    assert not toy.is_there("second.begun")
    assert toy.is_there("returned")
    assert toy.events("daemon stopping")[0]["waiting_for"] == ["work"]
    assert len(toy.events("daemon stopped")) == 1


def test_sigint_stops_the_daemon_as_sigterm_does(start: Callable[..., Toy]) -> None:
    toy = start()
    toy.release()
    wait_for(lambda: toy.is_there("second.ended"), "a whole run")
    toy.process.send_signal(signal.SIGINT)
    assert toy.process.wait(PATIENCE) == 0
    assert toy.events("signal received")[0]["signal"] == "SIGINT"


def test_sighup_is_ignored_and_says_what_to_do_instead(start: Callable[..., Toy]) -> None:
    toy = start()
    wait_for(lambda: "READY=1" in toy.heard(), "READY")
    toy.process.send_signal(signal.SIGHUP)
    wait_for(lambda: toy.events("signal ignored"), "the log line")
    assert "restart" in toy.events("signal ignored")[0]["remedy"]
    assert toy.process.poll() is None


def test_a_stuck_lane_silences_the_watchdog_and_is_named_in_the_log(start: Callable[..., Toy]) -> None:
    toy = start("stuck")
    wait_for(lambda: toy.events("lane stuck"), "the log line")
    pings = toy.heard().count("WATCHDOG=1")
    time.sleep(0.5)
    assert toy.heard().count("WATCHDOG=1") == pings
    assert toy.events("lane stuck")[0]["lanes"] == ["work"]
    assert len(toy.events("lane stuck")) == 1


def test_a_failing_lane_is_logged_with_its_remedy_and_counted_while_the_other_goes_on(
    start: Callable[..., Toy],
) -> None:
    toy = start()
    toy.release()
    wait_for(lambda: len(toy.events("lane finished")) >= 2 and len(toy.events("lane failed")) >= 2, "two runs of each")
    failure = toy.events("lane failed")[0]
    assert (failure["lane"], failure["error"]) == ("broken", "Unavailable")
    assert failure["reason"] == "Slurm does not answer; start slurmdbd"
    assert "exception" not in failure
    assert {event["lane"] for event in toy.events("lane finished")} == {"work"}


def test_a_scrape_shows_the_lanes_and_the_health_probe_names_the_broken_one(start: Callable[..., Toy]) -> None:
    toy = start()
    toy.release()
    wait_for(lambda: toy.events("lane finished") and toy.events("lane failed"), "a run of each")
    status, text = toy.get("/metrics")
    assert status == 200
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert abs(float(values['agent_lane_last_success_timestamp_seconds{lane="work"}']) - time.time()) < PATIENCE
    assert float(values['agent_lane_failures_total{error="Unavailable",lane="broken"}']) >= 1
    assert values['agent_build_info{version="1.2.3"}'] == "1.0"
    status, text = toy.get("/healthz")
    assert status == 503
    assert "lane broken has not succeeded" in text
    assert "lane work" not in text
