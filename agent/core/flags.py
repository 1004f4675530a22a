"""What a paused or downscaled resource means for its account, and how all is put back as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import Resource
from agent.core.policy import OfferingPolicy

L = TypeVar("L", Account, Association)

BLOCKS: Mapping[str, str] = {
    "GrpJobs": "grp_jobs",
    "GrpSubmitJobs": "grp_submit_jobs",
    "MaxSubmitJobs": "max_submit_jobs",
}
QOS_FIELDS: Mapping[str, str] = {"QOS": "qos", "DefaultQOS": "default_qos"}
FIELDS = {**BLOCKS, **QOS_FIELDS}
"""What can be replaced for a time: Slurm's word → the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the flags of a resource ask for: nothing starts, or everything runs in one QOS ("" when not)."""

    stopped: bool = False
    qos: str = ""
    why: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """Which fields a change replaces for a time (with the value before, as text), and which it puts back."""

    replaces: Mapping[str, str] = field(default_factory=dict)
    puts_back: tuple[str, ...] = ()


def flags(policy: OfferingPolicy, resource: Resource) -> Flags:
    """What is asked for; a pause comes before a smaller size."""
    if resource.paused:
        if policy.on_pause == "qos":
            return Flags(qos=policy.paused_qos, why="paused")
        return Flags(stopped=True, why="paused")
    if not resource.downscaled:
        return Flags()
    if policy.downscaled_qos:
        return Flags(qos=policy.downscaled_qos, why="downscaled")
    return Flags(problem="it is downscaled, and the offering has no downscaled_qos; nothing is changed for that")


def as_before(item: L, kept: Mapping[str, str]) -> L:
    """The account or association with every replaced field as it was."""
    if not kept:
        return item
    values: dict[str, Any] = {
        FIELDS[word]: _value(word, text) for word, text in kept.items() if hasattr(item, FIELDS[word])
    }
    return replace(item, **values)


def stopped(account: Account) -> Account:
    """An account in which no job starts and none is submitted; what runs goes on."""
    return replace(account, grp_jobs=0, grp_submit_jobs=0)


def in_qos(item: L, qos: str) -> L:
    """An account or association of which every job runs in one QOS."""
    return replace(item, qos=(qos,), default_qos=qos)


def replaced(
    before: Account | Association, after: Account | Association, usual: Account | Association, kept: Mapping[str, str]
) -> Replaced:
    """What a change from ``before`` to ``after`` replaces or puts back; ``usual`` is how it would be without flags."""
    words = [word for word in FIELDS if hasattr(after, FIELDS[word])]
    replaces = {
        word: text_of(getattr(usual, FIELDS[word]))
        for word in words
        if word not in kept and _get(after, word) != _get(usual, word) and _get(after, word) != _get(before, word)
    }
    back = tuple(word for word in words if word in kept and _get(after, word) == _get(usual, word))
    return Replaced(replaces=replaces, puts_back=back)


def settled(there: Account | Association, wanted: Account | Association, kept: Mapping[str, str]) -> Sequence[str]:
    """The replaced fields that have their own value again already, whoever gave it back."""
    return [
        word
        for word in kept
        if hasattr(there, FIELDS[word]) and _get(there, word) == _get(wanted, word) == _value(word, kept[word])
    ]


def text_of(value: object) -> str:
    """A field's value as the journal keeps it; "" for unset."""
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _get(item: Account | Association, word: str) -> object:
    return getattr(item, FIELDS[word])


def _value(word: str, text: str) -> object:
    if word == "QOS":
        return tuple(filter(None, text.split(",")))
    if word == "DefaultQOS":
        return text
    return int(text) if text else None
