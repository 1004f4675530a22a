"""Beginning the count of usage anew: RawUsage=0 on accounts and QOS, proved by what slurmctld counts afterwards.

The database keeps no such number; slurmctld alone does the work, so nothing is sent while it cannot be asked.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from agent.core.model.cluster import Counted
from agent.ports import Refusal
from backends.slurm import commands
from backends.slurm.counted import counted
from backends.slurm.names import account_objection
from backends.slurm.session import Session, change
from backends.slurm.settle import Outcome, outcome, settle


class Kind(Enum):
    """What has a count. An account and the QOS that was made for it have the same name."""

    ACCOUNT = "account"
    QOS = "QOS"


Target: TypeAlias = tuple[Kind, str]
Counts: TypeAlias = Mapping[Target, Counted]


def reset_usage(session: Session, accounts: Sequence[str], qos: Sequence[str]) -> tuple[Refusal, ...]:
    """Set RawUsage=0. What slurmctld does not know is refused here: Slurm would refuse everything else with it."""
    targets = dict.fromkeys([*((Kind.ACCOUNT, name) for name in accounts), *((Kind.QOS, name) for name in qos)])
    refusals = [Refusal(name, why) for _, name in targets if (why := account_objection(name))]
    good = [target for target in targets if not account_objection(target[1])]
    if not good:
        return tuple(refusals)
    with session.lock.acquire(session.write_deadline):
        before = _counts(session, good)
        known = [target for target in good if target in before]
        strangers = [target for target in good if target not in before]
        refusals += [Refusal(name, f"slurmctld knows no {kind.value} {name}") for kind, name in strangers]
        refused = settle(known, lambda some: _attempt(session, some, before))
    return (*refusals, *(Refusal(name, said) for (_, name), said in refused))


def _attempt(session: Session, targets: Sequence[Target], before: Counts) -> Outcome[Target]:
    lines = commands.reset_usage(session.cluster, _names(targets, Kind.ACCOUNT), _names(targets, Kind.QOS))
    said = change(session, "sacctmgr", lines, ()).said
    after = _counts(session, targets)
    return outcome("sacctmgr", (one for one in targets if not begun_anew(before[one], after.get(one))), said)


def begun_anew(before: Counted, after: Counted | None) -> bool:
    """Whether everything that was counted has become less; what is left is of the moment since."""
    return after is not None and all(after.used.get(tres, 0) < minutes for tres, minutes in before.used.items())


def _counts(session: Session, targets: Sequence[Target]) -> Counts:
    of_accounts = counted(session, _names(targets, Kind.ACCOUNT), ())
    of_qos = counted(session, (), _names(targets, Kind.QOS))
    return {
        **{(Kind.ACCOUNT, name): what for name, what in of_accounts.items()},
        **{(Kind.QOS, name): what for name, what in of_qos.items()},
    }


def _names(targets: Sequence[Target], kind: Kind) -> list[str]:
    return [name for what, name in targets if what is kind]
