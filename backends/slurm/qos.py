"""QOS: made with a description that says whose they are, changed, and deleted once nobody has them in a list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.core.limits import limits_of
from agent.core.model.cluster import Qos
from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.names import account_objection, qos_objection
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, outcome, settle
from backends.slurm.wording import settings

QosChange: TypeAlias = tuple[Qos, Qos]


def add_qos(session: Session, qos: Sequence[Qos]) -> tuple[Refusal, ...]:
    """Make QOS; one that stands with the same description is brought to what is wanted, any other is refused."""
    refusals = [Refusal(one.name, why) for one in qos if (why := qos_objection(one))]
    good = [one for one in qos if not qos_objection(one)]
    if not good:
        return tuple(refusals)
    with session.lock.acquire(session.write_deadline):
        there = _there(session)
        foreign = [one for one in good if one.name in there and there[one.name].description != one.description]
        refusals += [Refusal(one.name, "a QOS of this name exists already; it is left as it is") for one in foreign]
        new = [one for one in good if one.name not in there]
        changed = [(there[one.name], one) for one in good if one.name in there and one not in foreign]
        refused = [*settle(new, lambda some: _attempt_new(session, some))]
        refusals += [Refusal(one.name, said) for one, said in refused]
        refusals += _changed(session, changed)
    return tuple(refusals)


def change_qos(session: Session, changes: Sequence[QosChange]) -> tuple[Refusal, ...]:
    """Bring QOS from the first to the second."""
    refusals = [Refusal(after.name, why) for _, after in changes if (why := qos_objection(after))]
    good = [pair for pair in changes if not qos_objection(pair[1]) and settings(*pair)]
    if good:
        with session.lock.acquire(session.write_deadline):
            refusals += _changed(session, good)
    return tuple(refusals)


def remove_qos(session: Session, names: Sequence[str]) -> tuple[Refusal, ...]:
    """Delete QOS. One that is still in somebody's list is refused: Slurm 22.05 would spoil that list."""
    good, refusals = _screened(names)
    if good:
        with session.lock.acquire(session.write_deadline):
            listed = users_of(ask_surely(session, "sacctmgr", [commands.SHOW_QOS_LISTS]).answers[0].lines)
            free = [name for name in good if name not in listed]
            refused = settle(free, lambda some: _attempt_removal(session, some))
        refusals += [Refusal(name, _still(listed[name])) for name in good if name in listed]
        refusals += [Refusal(name, said) for name, said in refused]
    return tuple(refusals)


def users_of(lines: Iterable[str]) -> dict[str, list[str]]:
    """QOS → the associations that have it in their own list or as their default, from ``SHOW_QOS_LISTS``.

    The lists stand last in a row, so that a name with a | in it does no harm.
    """
    found: dict[str, list[str]] = {}
    for line in lines:
        who, *lists = line.rsplit("|", 2)
        for name in {name.lstrip("+-") for names in lists for name in names.split(",")}:
            found.setdefault(name, []).append(who.partition("|")[2].strip("|").replace("|", "/"))
    return found


def _objection(name: str) -> str:
    return "the QOS normal is never touched" if name == "normal" else account_objection(name)


def _screened(names: Iterable[str]) -> tuple[list[str], list[Refusal]]:
    objections = {name: _objection(name) for name in dict.fromkeys(names)}
    good = [name for name, why in objections.items() if not why]
    return good, [Refusal(name, why) for name, why in objections.items() if why]


def _still(users: Sequence[str]) -> str:
    return f"it is still among the QOS of {', '.join(users[:5])}; take it off there first"


def _there(session: Session) -> Mapping[str, Qos]:
    return readback.qos(ask_surely(session, "sacctmgr", commands.SHOW_QOS).answers)


def _attempt_new(session: Session, qos: Sequence[Qos]) -> Outcome[Qos]:
    reply = change(session, "sacctmgr", [commands.add_qos(one) for one in qos], commands.SHOW_QOS)
    there = readback.qos(reply.answers)
    return outcome("sacctmgr", (one for one in qos if there.get(one.name) != one), reply.said)


def _changed(session: Session, changes: Sequence[QosChange]) -> list[Refusal]:
    refused = settle([pair for pair in changes if settings(*pair)], lambda some: _attempt_change(session, some))
    return [Refusal(after.name, said) for (_, after), said in refused]


def _attempt_change(session: Session, changes: Sequence[QosChange]) -> Outcome[QosChange]:
    groups: dict[str, list[str]] = {}
    for before, after in changes:
        groups.setdefault(settings(before, after), []).append(after.name)
    lines = [line for what, names in groups.items() for line in commands.set_qos(names, what)]
    reply = change(session, "sacctmgr", lines, commands.SHOW_QOS)
    there = readback.qos(reply.answers)
    return outcome("sacctmgr", (pair for pair in changes if not _in_place(pair[1], there)), reply.said)


def _in_place(wanted: Qos, there: Mapping[str, Qos]) -> bool:
    found = there.get(wanted.name)
    return found is not None and limits_of(found) == limits_of(wanted) and found.flags == wanted.flags


def _attempt_removal(session: Session, names: Sequence[str]) -> Outcome[str]:
    reply = change(session, "sacctmgr", commands.delete_qos(names), commands.SHOW_QOS)
    there = readback.qos(reply.answers)
    return outcome("sacctmgr", (name for name in names if name in there), reply.said)
