"""Times and durations as Slurm's commands read and print them, in the time zone of the process."""

import calendar
import re
import time
from contextvars import ContextVar

from agent.sandbox.cluster.answer import Refused

FORMATS = (
    "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%m/%d/%y", "%m/%d/%y-%H:%M", "%m/%d/%y-%H:%M:%S", "%m/%d/%Y",
)  # fmt: skip
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
DAY = 86400
IN_UTC: ContextVar[bool] = ContextVar("IN_UTC", default=False)
"""Whether UTC is meant whatever the process's zone: a command that runs in somebody else's process."""
SHIFTED = re.compile(r"now(?:([+-])(\d+)([a-z]*))?")
DURATION = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?")


def read(text: str, now: float) -> int:
    """A point in time as UTC seconds. Raises ``Refused`` with Slurm's words."""
    shift = SHIFTED.fullmatch(text.lower())
    if shift:
        sign, number, unit = shift.groups()
        return int(now) + (int(f"{sign}{number}") * _unit(unit) if sign else 0)
    if text.lower() in ("today", "midnight"):
        return midnight(now)
    for form in FORMATS:
        try:
            return _stamp(time.strptime(text, form))
        except ValueError:
            continue
    raise Refused(f"Invalid time specification (pos=0): {text}\n")


def _unit(text: str) -> int:
    return next((seconds for name, seconds in UNITS.items() if text and name.startswith(text.rstrip("s"))), 1)


def midnight(now: float, days: int = 0) -> int:
    """The start of today, or of a day before or after it."""
    year, month, day = _local(now)[:3]
    return _stamp((year, month, day + days, 0, 0, 0, 0, 0, -1))


def month(now: float) -> int:
    """The start of this month."""
    year, number = _local(now)[:2]
    return _stamp((year, number, 1, 0, 0, 0, 0, 0, -1))


def shown(seconds: float, form: str = "") -> str:
    """UTC seconds in the zone of the process; ``form`` is what SLURM_TIME_FORMAT says."""
    if form in ("", "standard"):
        form = "%Y-%m-%dT%H:%M:%S"
    return str(int(seconds)) if form == "%s" else time.strftime(form, _local(seconds))


def _local(seconds: float) -> time.struct_time:
    return time.gmtime(seconds) if IN_UTC.get() else time.localtime(seconds)


def _stamp(parts: time.struct_time | tuple[int, int, int, int, int, int, int, int, int]) -> int:
    if IN_UTC.get():
        return calendar.timegm(parts)
    return int(time.mktime((*parts[:8], -1)))


def minutes(text: str) -> int | None:
    """A time limit in minutes, rounded up; None is without limit. ValueError when it is none.

    ``60`` is minutes, ``10:30`` minutes and seconds, ``1:00:00`` and ``1-0`` have hours and days.
    """
    if text.upper() in ("UNLIMITED", "INFINITE", "-1"):
        return None
    found = DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"not a time limit: {text!r}")
    days, first, second, third = (None if part is None else int(part) for part in found.groups())
    if days is not None:
        return days * 1440 + (first or 0) * 60 + (second or 0) + _up(third)
    if third is not None:
        return (first or 0) * 60 + (second or 0) + _up(third)
    return (first or 0) + _up(second)


def _up(seconds: int | None) -> int:
    return -(-(seconds or 0) // 60)


def elapsed(seconds: int) -> str:
    """A duration as ``1-02:03:04``."""
    days, rest = divmod(seconds, DAY)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days}-{clock}" if days else clock


def brief(seconds: int) -> str:
    """A duration as squeue prints it: ``0:07``, ``1:00:00``, ``1-00:00:00``."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3600)
    clock = f"{rest // 60:02}:{rest % 60:02}"
    if days:
        return f"{days}-{hours:02}:{clock}"
    return f"{hours}:{clock}" if hours else clock.removeprefix("0")
