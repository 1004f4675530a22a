"""How the published directory stands, as a person reads it and for a machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from agent.cli.directory_remedies import remedy
from agent.core.model.directory import DirectoryStatus, Quarantined
from agent.core.moments import moment

SHOWN = 3
"""Quarantined records that are shown with the status."""
_WIDTH = 10


def status_lines(status: DirectoryStatus, quarantined: Sequence[Quarantined], *, asked: bool) -> Iterator[str]:
    """A line for each thing that can be wrong. ``asked``: whether GLAuth was asked just now."""
    yield f"{status.file}: {counted(status.users, 'user')}, {counted(status.groups, 'group')}"
    yield _line(*_proof(status, asked=asked))
    yield _line(*_restarted(status))
    yield _line(*_publishing(status))
    yield _line(*_version(status, asked=asked))
    yield _line(*_kept(quarantined))
    yield from (f"    {_what(one)}: {one.reason}" for one in quarantined[:SHOWN])
    if len(quarantined) > SHOWN:
        yield f"    and {len(quarantined) - SHOWN} more: agent glauth quarantine"


def status_value(status: DirectoryStatus, quarantined: Sequence[Quarantined]) -> dict[str, object]:
    """The same for a machine; times are UTC seconds, apart from ``last_good``."""
    return {**asdict(status), "quarantined": quarantine_values(quarantined)}


def difference_lines(differences: Sequence[str] | None) -> Iterator[str]:
    """What is served otherwise than it is meant; None when nobody looked."""
    if differences is None:
        return
    yield from (f"  ✘ {text}" for text in differences)
    if not differences:
        yield _line("✔", "entries", "each is served as the file means it")


def quarantine_lines(quarantined: Sequence[Quarantined], offerings: Mapping[str, str]) -> Iterator[str]:
    """Each record, why it is not served, since when, and what to do. ``offerings``: UUID → its label."""
    for one in quarantined:
        label = offerings.get(one.offering) or one.offering[:8]
        of = f" of offering {label}" if label else ""
        yield f"  ! {_what(one)}{of} is not served as listed, since {moment(one.since)}"
        yield f"    {one.reason}"
        if todo := _todo(one):
            yield f"    → {todo}"
    yield f"{counted(len(quarantined), 'record')} kept back." if quarantined else "Nothing is kept back."


def quarantine_values(quarantined: Sequence[Quarantined]) -> list[dict[str, object]]:
    """The same for a machine."""
    return [{**asdict(one), "remedy": _todo(one)} for one in quarantined]


def _what(one: Quarantined) -> str:
    return f"{one.kind} {one.name}" if one.name else f"the whole {one.kind}"


def _todo(one: Quarantined) -> str:
    """What to do about a single record; what is refused whole says it itself."""
    return remedy(one.reason) if one.name else ""


def counted(number: int, noun: str) -> str:
    """``1 user``, ``2 users``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _line(sign: str, word: str, text: str) -> str:
    return f"  {sign} {word:<{_WIDTH}}  {text}"


def _proof(status: DirectoryStatus, *, asked: bool) -> tuple[str, str, str]:
    good = moment(datetime.fromisoformat(status.last_good).timestamp()) if status.last_good else ""
    if status.proved is None:
        return "·", "proved", "not asked: glauth.probe_url is empty"
    if status.proved:
        return "✔", "proved", f"GLAuth {'serves' if asked else 'was seen to serve'} this file, first at {good}"
    before = f"the last file that was proved is of {good}" if good else "no file ever was proved"
    return "✘", "proved", f"not served: {status.reason or 'not proved yet'}; {before}"


def _restarted(status: DirectoryStatus) -> tuple[str, str, str]:
    at = moment(status.restarted) or "never by the agent"
    if status.restart_failed:
        return "!", "restarted", f"{at}; the last try: {status.restart_failed}"
    if status.owed:
        again = "must be once more" if status.restarted else "must be"
        return "!", "restarted", f"{at}; it {again}, to take a change of the base"
    return "·", "restarted", at


def _publishing(status: DirectoryStatus) -> tuple[str, str, str]:
    if status.held_back:
        return "✘", "publishing", status.held_back
    return "✔", "publishing", "goes on"


def _version(status: DirectoryStatus, *, asked: bool) -> tuple[str, str, str]:
    if status.safe_version is None:
        return "·", "version", "could not be asked" if asked else "not asked; agent glauth verify asks"
    if status.safe_version:
        return "✔", "version", "GLAuth 2.5.1 or newer"
    return (
        "!",
        "version",
        "GLAuth older than 2.5.1: a record without a password binds with any; none that is published does",
    )


def _kept(quarantined: Sequence[Quarantined]) -> tuple[str, str, str]:
    if not quarantined:
        return "✔", "quarantine", "nobody"
    return "!", "quarantine", f"{counted(len(quarantined), 'record')} not served as listed:"
