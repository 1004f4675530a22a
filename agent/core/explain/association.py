"""Whether somebody is in an account, and what keeps them in or out of it."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from agent.core.actions import (
    AddAssociation,
    CreateAccount,
    DisableAccount,
    PurgeAccount,
    RemoveAccount,
    RemoveAssociation,
    RemoveOrphan,
)
from agent.core.explain.history import History, Past
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.rooms import Room
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Subject
from agent.core.guard import HeldAction
from agent.core.members import RESTRICTED
from agent.core.model.cluster import Association
from agent.core.moments import moment
from agent.core.snapshot import complete, reason

_Found: TypeAlias = tuple[Mark, str, str]
_JOINING = (AddAssociation,)
_LEAVING = (RemoveAssociation, RemoveAccount)
_ENDING = tuple(f"{kind.kind} " for kind in (RemoveAccount, RemoveOrphan, DisableAccount, PurgeAccount))


def association_link(
    sight: Sight, who: Subject, names: Sequence[str], room: Room, history: History, *, role: Mark
) -> Link:
    """How somebody with these names stands in an account; ``role``: how the right to be there stands."""
    there = [one for one in sight.of_account.get(room.account, ()) if one.user in names]
    keys = [room.account, *(f"{room.account}/{name}" for name in names)]
    found = (
        _leaving(sight, keys, bool(there))
        or _present(sight, room, there, history)
        or _coming(sight, who, keys, room)
        or _absent(sight, names, room, history, role)
    )
    mark, text, remedy = found
    return Link(
        step=Step.ASSOCIATION, mark=mark, text=text, remedy=remedy, account=room.account, resource=room.resource
    )


def _leaving(sight: Sight, keys: Sequence[str], there: bool) -> _Found | None:
    if not there:
        return None
    blocked = [f"; blocked since {moment(sight.known.blocked[key])}" for key in keys if key in sight.known.blocked]
    for key in keys:
        for action in sight.planned.get(key, ()):
            if isinstance(action, _LEAVING):
                return Mark.WAITING, f"leaves: {action.why}{''.join(blocked[:1])}", ""
    return _held(sight, keys, _LEAVING)


def _held(sight: Sight, keys: Iterable[str], kinds: tuple[type, ...]) -> _Found | None:
    items: list[HeldAction] = [
        item for key in keys for item in sight.held.get(key, ()) if isinstance(item.action, kinds)
    ]
    if not items:
        return None
    mark = Mark.WAITING if items[0].releasable else Mark.BROKEN
    return mark, f"held: {items[0].describe()}", release(sight, items[0])


def release(sight: Sight, item: HeldAction) -> str:
    """The command that lets a held action go; "" when it goes by itself, or never."""
    return f"agent guard release {sight.plan.held_checksum}" if "agent guard release" in item.reason else ""


def _present(sight: Sight, room: Room, there: Sequence[Association], history: History) -> _Found | None:
    if not there:
        return None
    user = there[0].user
    partitions = sorted(one.partition for one in there if one.partition)
    parts = [
        _whose(sight, room, user, history),
        f"in {', '.join(partitions)} only" if partitions else "",
        "a coordinator of it" if user in sight.coordinators.get(room.account, ()) else "",
        "the user's default account" if sight.default_accounts.get(user) == room.account else "",
    ]
    return Mark.OK, ", ".join(filter(None, parts)), ""


def _whose(sight: Sight, room: Room, user: str, history: History) -> str:
    if f"{room.account}/{user}" in sight.strangers or not _ours(sight, room):
        return f"{user} was added by an administrator, not by the agent: left alone"
    made = [stay.made for stay in history.stays if (stay.account, stay.user) == (room.account, user)]
    return f"{user} is in it since {moment(made[0])}" if made else f"{user} is in it"


def _ours(sight: Sight, room: Room) -> bool:
    policies = {policy.default_account for policy in sight.policies}
    return bool(room.resource) or room.account in policies or room.account in sight.known.journaled


def _coming(sight: Sight, who: Subject, keys: Sequence[str], room: Room) -> _Found | None:
    if any(isinstance(action, _JOINING) for key in keys for action in sight.planned.get(key, ())):
        return Mark.WAITING, "the next sync adds it", ""
    held = _held(sight, keys, _JOINING)
    if held:
        return held
    why = sight.waiting.get((who.offering, who.uuid), {}).get(room.account, "")
    return (Mark.WAITING, f"not yet: {why}", "") if why else None


def _absent(sight: Sight, names: Sequence[str], room: Room, history: History, role: Mark) -> _Found:
    cluster = sight.observed.cluster
    gap = reason(cluster.associations) or reason(cluster.accounts)
    if gap:
        return Mark.UNKNOWN, f"not known: {gap}", ""
    if role is Mark.UNKNOWN:
        return Mark.UNKNOWN, "none, and whether there should be one is not known", ""
    return _missed(sight, room) if role is Mark.OK else (Mark.NONE, _gone(sight, names, room, history), "")


def _missed(sight: Sight, room: Room) -> _Found:
    """None, though there is a right to it and nothing of the plan says why."""
    offering, resource = sight.resources.get(room.resource, ("", None))
    if resource is not None and resource.restrict_member_access:
        return Mark.BROKEN, f"none: {RESTRICTED}", "lift the restriction of the resource in the marketplace"
    if room.account not in sight.slurm_accounts:
        return _without_account(sight, room)
    if offering and not complete(sight.offering(offering).users):
        return Mark.UNKNOWN, f"none, and why is not known: {reason(sight.offering(offering).users)}", ""
    return Mark.BROKEN, "none, and none is planned", f"agent why {room.account} says how the account stands"


def _without_account(sight: Sight, room: Room) -> _Found:
    if any(isinstance(action, CreateAccount) for action in sight.planned.get(room.account, ())):
        return Mark.WAITING, "none before the next sync makes the account", ""
    return (
        Mark.WAITING,
        "none before there is the account",
        f"agent why {room.account or room.resource} says what it waits for",
    )


def _gone(sight: Sight, names: Sequence[str], room: Room, history: History) -> str:
    """None, as it should be; and since when and why, where the journal remembers it."""
    removals = [one for one in history.outcomes if one.result == "done" and _took(one, room.account, names)]
    if removals:
        return f"none any more: {moment(removals[0].at)} {removals[0].what}"
    ended = [stay.removed for stay in history.stays if stay.account == room.account and stay.user in names]
    when = next((moment(at) for at in ended if at is not None), "")
    if when:
        return f"none any more since {when}; the journal does not say why"
    if any((room.account, name) in sight.known.aside for name in names):
        return f"none: {RESTRICTED}"
    return "none, as it should be"


def _took(past: Past, account: str, names: Sequence[str]) -> bool:
    """Whether it took somebody out, alone or with the whole account."""
    whole = past.subject == account and past.key.startswith(_ENDING)
    return whole or (past.key.startswith(f"{RemoveAssociation.kind} ") and past.about(account, names))
