"""Removals on somebody's word: each has a brake, for a marketplace that goes wrong says it of everybody at once."""

from collections import Counter
from collections.abc import Iterable, Sequence

from agent.core.actions import (
    Action,
    DisableAccount,
    Evidence,
    PurgeAccount,
    PutDirectoryUser,
    RemoveAccount,
    RemoveAssociation,
)
from agent.core.guard.verdict import HeldAction, History, last_day
from agent.core.known import Removal
from agent.core.policy import GuardPolicy

_TERMINATIONS = tuple(f"{kind.kind} " for kind in (RemoveAccount, DisableAccount, PurgeAccount))


def over_terminations(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """Terminations by order have a brake of their own: one object each, whatever hangs below."""
    ordered = [
        action for action in actions if isinstance(action, RemoveAccount) and action.evidence is Evidence.POSITIVE
    ]
    recent = [removal.offering for removal in last_day(history) if _is_termination(removal)]
    count = Counter([*recent, *(action.offering for action in ordered)])
    for action in ordered:
        accounts = len(history.own.get(action.offering, {}))
        limit = max(policy.terminations_floor, int(policy.terminations_share * accounts))
        number = count[action.offering]
        if number > limit:
            reason = (
                f"{number} terminations of this offering in a day is over {limit}; agent guard release lets them go"
            )
            yield HeldAction(action=action, reason=reason)


def over_endings(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """People whose access ends by a record of their own, an expired role or a deletion: the same brake again.

    A marketplace that cleans up wrongly says it of everybody at once. A person counts once, whatever they are in.
    """
    ending = [
        action
        for action in actions
        if isinstance(action, RemoveAssociation) and action.evidence is Evidence.POSITIVE and not action.aside
    ]
    people: dict[str, set[str]] = {}
    for removal in last_day(history):
        if removal.by_order and removal.key.startswith(f"{RemoveAssociation.kind} "):
            people.setdefault(removal.offering, set()).add(removal.key.rpartition("/")[2])
    for action in ending:
        people.setdefault(action.offering, set()).add(action.user)
    reasons = {offering: _too_many(offering, len(names), history, policy) for offering, names in people.items()}
    for action in ending:
        if reason := reasons[action.offering]:
            yield HeldAction(action=action, reason=reason)


def _too_many(offering: str, number: int, history: History, policy: GuardPolicy) -> str:
    own = frozenset().union(*history.own.get(offering, {}).values())
    limit = max(policy.terminations_floor, int(policy.terminations_share * len(own)))
    if number <= limit:
        return ""
    return f"{number} people of this offering lose access in a day, over {limit}; agent guard release lets them go"


def over_disablings(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """A feed that disables many at once, or leaves them without keys or groups, locks them out as surely as a removal.

    The same brake as for terminations.
    """
    disabling = [action for action in actions if isinstance(action, PutDirectoryUser) and action.evidence]
    recent = sum(removal.key.startswith(f"{PutDirectoryUser.kind} ") for removal in last_day(history))
    limit = max(policy.terminations_floor, int(policy.terminations_share * history.managed.get("", 0)))
    number = recent + len(disabling)
    if number > limit:
        what = f"{number} users disabled, or left without keys or groups, in a day"
        reason = f"{what} is over {limit}; agent guard release lets them go"
        yield from (HeldAction(action=action, reason=reason) for action in disabling)


def _is_termination(removal: Removal) -> bool:
    return removal.by_order and removal.key.startswith(_TERMINATIONS)
