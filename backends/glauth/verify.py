"""Asking GLAuth whether it serves a file: a bind as the sentinel, which costs it less than a millisecond."""

import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backends.ldap import INVALID_CREDENTIALS, SUCCESS, Address, Silence, session

POLL_SECONDS = 0.03
_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Where to ask, and the seconds GLAuth has at the least to load a file.

    ``ca_file`` and ``server_name`` are for ldaps://; plain ldap:// is for loopback only.
    """

    url: str
    ca_file: Path | None = None
    server_name: str | None = None
    patience: float = 5.0

    @property
    def address(self) -> Address:
        """Where to ask."""
        return Address(url=self.url, ca_file=self.ca_file, server_name=self.server_name)


class Answer(StrEnum):
    """What a bind showed."""

    SERVED = "served"
    NOT_SERVED = "not served"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and, unless the file is served, what GLAuth or the network said."""

    answer: Answer
    reason: str = ""


def budget(probe: Probe, users: int) -> float:
    """The seconds that GLAuth may take to load a file with so many users."""
    return max(probe.patience, 1.0 + 0.0003 * users)


def prove(probe: Probe, dn: str, password: str, seconds: float) -> Verdict:
    """Ask until the file is served or the time is over; the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        verdict = _bind(probe, dn, password)
        if verdict.answer is Answer.SERVED or time.monotonic() >= deadline:
            return verdict
        time.sleep(POLL_SECONDS)


def _bind(probe: Probe, dn: str, password: str) -> Verdict:
    try:
        with session(probe.address, dn, password, _TIMEOUT_SECONDS) as asked:
            said = asked.bind()
    except Silence as silence:
        return Verdict(Answer.UNREACHABLE, str(silence))
    if said.code == SUCCESS:
        return Verdict(Answer.SERVED)
    if said.code == INVALID_CREDENTIALS:
        return Verdict(Answer.NOT_SERVED, "it refused the password that belongs to the file")
    return Verdict(Answer.NOT_SERVED, f"it answered {said.text} ({said.code})")
