"""What changes, in Slurm's words."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from agent.core.limits import SLURM_WORDS, LimitName, limits_of, shown_limits
from agent.core.model.cluster import Account, Association, Qos

C = TypeVar("C", Account, Association, Qos)


def changed(before: C, after: C) -> Iterator[str]:
    """What differs between two states of an account, association or QOS, in Slurm's words, a piece each."""
    old: Mapping[LimitName, int] = limits_of(before)
    new: Mapping[LimitName, int] = limits_of(after)
    last = ""
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            word = SLURM_WORDS[name[0]] if name[0] != last else ""
            last = name[0]
            words = (word, name[1], f"{_shown(old.get(name))} → {_shown(new.get(name))}")
            yield " ".join(filter(None, words))
    for field_name, word in (("qos", "QOS"), ("default_qos", "DefaultQOS"), ("flags", "flags"), ("parent", "parent")):
        one, other = getattr(before, field_name, None), getattr(after, field_name, None)
        if one != other:
            yield f"{word} {_text(one)} → {_text(other)}"


def _shown(limit: int | None) -> str:
    return "none" if limit is None else str(limit)


def _text(value: object) -> str:
    return (",".join(value) if isinstance(value, tuple) else str(value or "")) or "none"


def with_limits_shown(item: Account | Association | Qos) -> str:
    """`` with GrpJobs=5``, or nothing where no limit is set."""
    shown = shown_limits(limits_of(item))
    return f" with {shown}" if shown else ""
