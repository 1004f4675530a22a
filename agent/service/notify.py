"""systemd's notify protocol: datagrams to the socket named in NOTIFY_SOCKET (sd_notify(3), sd_watchdog_enabled(3))."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

SEND_TIMEOUT = 1.0


@dataclass(frozen=True, slots=True)
class Notifier:
    """Tells the service manager how we are; without one (``address`` is "") every method does nothing.

    ``watchdog_every`` is the number of seconds between two pings, None when no watchdog waits for us. A datagram that
    cannot be sent is logged and otherwise ignored: the work matters more than the report of it.
    """

    address: str = ""
    watchdog_every: float | None = None

    def ready(self) -> None:
        """The daemon has started: units ordered after it may start."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; line breaks would begin another assignment and become spaces."""
        self._send(f"STATUS={' '.join(text.splitlines())}")

    def watchdog(self) -> None:
        """We are alive."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The daemon ends, of its own accord or because it was told to."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self.address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(SEND_TIMEOUT)
                sender.connect(_path(self.address))
                sender.send(message.encode())
        except OSError as error:
            log.warning("service manager not told", message=message, reason=str(error))


def notifier(environ: Mapping[str, str]) -> Notifier:
    """The notifier that the environment asks for; the watchdog is pinged at half the time systemd would wait."""
    return Notifier(environ.get("NOTIFY_SOCKET", ""), _watchdog_every(environ))


def _watchdog_every(environ: Mapping[str, str]) -> float | None:
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or int(microseconds) == 0:
        return None
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None  # the variables were inherited from a parent whose watchdog it is
    return int(microseconds) / 2_000_000


def _path(address: str) -> str:
    """A leading @ stands for the abstract namespace's zero byte."""
    return "\0" + address[1:] if address.startswith("@") else address
