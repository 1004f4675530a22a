"""What somebody may use in an account: limits and QOS, and what stops jobs there."""

from collections.abc import Iterable, Sequence

from agent.core.actions import AddQos, MoveAccount, ResetUsage, SetAssociation, SetLimits
from agent.core.explain.association import release
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.rooms import Room
from agent.core.explain.sight import Sight
from agent.core.limits import limits_of, shown_limits
from agent.core.model.cluster import Account, Association
from agent.core.snapshot import Missing

_SETTING = (SetLimits, SetAssociation, ResetUsage, MoveAccount, AddQos)


def limits_link(sight: Sight, room: Room, names: Sequence[str] = ()) -> Link:
    """The limits of the account, and with ``names`` those of the users in it."""
    mark, text, remedy = _found(sight, room, names)
    return Link(step=Step.LIMITS, mark=mark, text=text, remedy=remedy, account=room.account, resource=room.resource)


def _found(sight: Sight, room: Room, names: Sequence[str]) -> tuple[Mark, str, str]:
    section = sight.observed.cluster.accounts
    if isinstance(section, Missing):
        return Mark.UNKNOWN, f"not known: {section.reason}", ""
    account = sight.slurm_accounts.get(room.account)
    return _of(sight, room, account, names) if account else (Mark.NONE, "none without an account", "")


def _of(sight: Sight, room: Room, account: Account, names: Sequence[str]) -> tuple[Mark, str, str]:
    own = [one for one in sight.of_account.get(room.account, ()) if one.user in names]
    keys = [room.account, *(f"{room.account}/{name}" for name in names)]
    _, resource = sight.resources.get(room.resource, ("", None))
    if resource is not None and resource.paused:
        return Mark.BROKEN, "the resource is paused: no job starts", "end the pause in the marketplace"
    changes = [one.describe() for key in keys for one in sight.planned.get(key, ()) if isinstance(one, _SETTING)]
    if changes:
        return Mark.WAITING, f"the next sync would {'; '.join(changes)}", ""
    held = [item for key in keys for item in sight.held.get(key, ()) if isinstance(item.action, _SETTING)]
    if held:
        return Mark.WAITING, f"held: {held[0].describe()}", release(sight, held[0])
    stopped = _stopped(account, own)
    if stopped:
        return _blocked(sight, keys, stopped)
    downscaled = "downscaled; " if resource is not None and resource.downscaled else ""
    return Mark.OK, downscaled + "; ".join(_shown(account, own)), ""


def _stopped(account: Account, own: Iterable[Association]) -> str:
    """What lets nothing start: a limit of 0 on the account, or on the user in it."""
    if account.grp_submit_jobs == 0 or account.grp_jobs == 0:
        word = "GrpSubmitJobs" if account.grp_submit_jobs == 0 else "GrpJobs"
        return f"{word}=0 on account {account.name}"
    for one in own:
        for word, value in (("MaxSubmitJobs", one.max_submit_jobs), ("GrpSubmitJobs", one.grp_submit_jobs)):
            if value == 0:
                return f"{word}=0 on user {one.user} in account {account.name}"
    return ""


def _blocked(sight: Sight, keys: Iterable[str], stopped: str) -> tuple[Mark, str, str]:
    if any(key in sight.known.blocked or key in sight.known.replaced for key in keys):
        return Mark.WAITING, f"no job starts: the agent set {stopped} for a time", ""
    return Mark.BROKEN, f"no job starts: somebody set {stopped}", "take it back with sacctmgr if it is not meant"


def _shown(account: Account, own: Iterable[Association]) -> Iterable[str]:
    yield f"account {account.name}: {_limits(account)}"
    for one in own:
        where = f"{one.user}@{one.partition}" if one.partition else one.user
        shown = _limits(one)
        if shown != _NONE:
            yield f"{where}: {shown}"


_NONE = "no limits"


def _limits(one: Account | Association) -> str:
    qos = f"QOS={','.join(one.qos)}" if one.qos else ""
    default = f"DefaultQOS={one.default_qos}" if one.default_qos else ""
    return " ".join(filter(None, (shown_limits(limits_of(one)), qos, default))) or _NONE
