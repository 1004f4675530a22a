"""Changing fields of existing partitions, in one ``scontrol`` session that also reads them back.

Nothing is created, deleted or reconfigured here: a partition that vanishes takes its jobs with it, and a runtime change
does not outlive slurmctld's configuration file, so the next cycle sets it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.core.model.cluster import Partition, PartitionValue
from agent.core.snapshot import Missing
from agent.errors import Unavailable
from agent.ports import Refusal
from backends.slurm import controller
from backends.slurm.partition_fields import FIELDS, ONE_SLOT, written
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, outcome, settle
from backends.slurm.version import Version, parse_version

SHOW = "show partition"


@dataclass(frozen=True, slots=True)
class Update:
    """What will be set on one partition, and the command that does it."""

    name: str
    fields: Mapping[str, PartitionValue]
    command: str


def set_partitions(session: Session, changes: Mapping[str, Mapping[str, PartitionValue]]) -> tuple[Refusal, ...]:
    """Set fields; a field that cannot be set is refused and does not hold the others of its partition."""
    if not changes:
        return ()
    with session.lock.acquire(session.write_deadline):
        version, found = _before(session)
        refusals: list[Refusal] = []
        updates: list[Update] = []
        for name in sorted(changes):
            update, objections = planned(name, changes[name], found.get(name), version)
            refusals += [Refusal(name, objection) for objection in objections]
            updates += [update] if update else []
        refused = settle(updates, lambda items: _attempt(session, items))
        return (*refusals, *(Refusal(update.name, said) for update, said in refused))


def planned(
    name: str, wanted: Mapping[str, PartitionValue], found: Partition | None, version: Version
) -> tuple[Update | None, tuple[str, ...]]:
    """The update of one partition (None when nothing is left to set), and why the rest cannot be set."""
    if found is None:
        return None, (f"the cluster has no partition {name}; partitions are made in Slurm's configuration",)
    fields, objections = _one_per_slot(wanted)
    texts: dict[str, str] = {}
    for field, value in fields.items():
        try:
            texts[field] = written(field, value, version)
        except ValueError as error:
            objections += (str(error),)
    if not texts:
        return None, objections
    usable = {field: fields[field] for field in texts}
    return Update(name, usable, update_command(name, _with_companions(texts, found, version))), objections


def update_command(name: str, texts: Mapping[str, str]) -> str:
    """One ``update`` line; fields that share a key become one comma list."""
    by_key: dict[str, list[str]] = {}
    for field, text in texts.items():
        by_key.setdefault(FIELDS[field].key, []).append(text)
    return " ".join((f"update PartitionName={name}", *(f"{key}={','.join(each)}" for key, each in by_key.items())))


def _one_per_slot(wanted: Mapping[str, PartitionValue]) -> tuple[dict[str, PartitionValue], tuple[str, ...]]:
    fields: dict[str, PartitionValue] = dict(wanted)
    objections: tuple[str, ...] = ()
    for pair in ONE_SLOT:
        if not all(field in fields for field in pair):
            continue
        values = {field: fields.pop(field) for field in pair}
        limited = {field: value for field, value in values.items() if value != 0}
        if len(limited) == 2:
            objections += (f"{' and '.join(pair)} are one setting in Slurm: leave one of them empty",)
        else:
            fields |= limited or {pair[0]: 0}
    return fields, objections


def _with_companions(texts: Mapping[str, str], found: Partition, version: Version) -> dict[str, str]:
    """Setting one of the fields behind a key clears the others, so they are sent again with what they are."""
    keys = {FIELDS[field].key for field in texts}
    again = {
        field.name: written(field.name, found.fields[field.name], version)
        for field in FIELDS.values()
        if field.key in keys and field.name not in texts and field.name in found.fields
    }
    return {**texts, **again}


def _before(session: Session) -> tuple[Version, Mapping[str, Partition]]:
    reply = ask_surely(session, "scontrol", controller.COMMANDS)
    facts, found = controller.facts(reply), controller.partitions(reply)
    if isinstance(facts, Missing) or isinstance(found, Missing):
        raise Unavailable("scontrol does not show its version and its partitions; try again later")
    return parse_version(facts.value.version), found.value


def _attempt(session: Session, updates: Sequence[Update]) -> Outcome[Update]:
    reply = change(session, "scontrol", [update.command for update in updates], [SHOW])
    shown = {each.name: each for each in map(controller.partition, reply.answers[0].lines)}
    missing = (update for update in updates if not _in_place(update, shown.get(update.name)))
    return outcome("scontrol", missing, reply.said)


def _in_place(update: Update, found: Partition | None) -> bool:
    return found is not None and all(found.fields.get(field) == value for field, value in update.fields.items())
