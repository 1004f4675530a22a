"""Is this plan safe to run unattended? Pure: the actions, the journal's history and the policy in, a verdict out.

Additions always proceed. What is held is shown with its reason and released by a person, once, by checksum.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.actions import (
    Action,
    AddAssociation,
    ApproveOrder,
    CreateAccount,
    DisableAccount,
    Evidence,
    FinishOrder,
    MoveAccount,
    PurgeAccount,
    PutDirectoryUser,
    RemoveAccount,
    RemoveAssociation,
    RemoveDirectoryUser,
    RemoveOrphan,
    ResetUsage,
    SetAssociation,
    SetLimits,
)
from agent.core.known import Known, Removal
from agent.core.moments import moment
from agent.core.policy import GuardPolicy

DAY = 86_400.0
_TERMINATIONS = tuple(f"{kind.kind} " for kind in (RemoveAccount, DisableAccount, PurgeAccount))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAction:
    """An action the guard holds. ``since``: UTC seconds it was first seen, if known. Not every one can be released."""

    action: Action
    reason: str
    since: float | None = None
    releasable: bool = True

    def describe(self) -> str:
        """One line for a person: the action, why it is held, and since when it is missing, if that is known."""
        since = f"; missing since {moment(self.since)}" if self.since is not None else ""
        return f"{self.action.describe()} ({self.reason}{since})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may run, and what is held."""

    allowed: tuple[Action, ...]
    held: tuple[HeldAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the guard needs to judge.

    ``managed``: offering → objects; ``own``: offering → its accounts → their users that are the agent's own.
    """

    known: Known
    managed: Mapping[str, int]
    own: Mapping[str, Mapping[str, frozenset[str]]]
    now: float
    confirmed: bool = False


def judge(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Verdict:
    """Which of ``actions`` may run now."""
    held: dict[str, HeldAction] = {}
    for rule in (_protected, _unconfirmed, _emptied, _over_budget, _over_terminations, _over_disablings):
        left = [action for action in actions if action.key not in held]
        found = rule(left, history, policy)
        held.update({item.action.key: item for item in found if not (item.releasable and _begun(item.action, history))})
    if held_checksum(held.values()) in history.known.released:
        held = {key: item for key, item in held.items() if not item.releasable}
    return Verdict(
        allowed=tuple(action for action in _without_dependents(actions, held) if action.key not in held),
        held=tuple(held[action.key] for action in actions if action.key in held),
    )


def held_checksum(held: Iterable[HeldAction]) -> str:
    """The checksum that releases these actions: of the held ones only, so that other work does not change it."""
    lines = sorted(f"{item.action.key} {item.action.describe()}" for item in held if item.releasable)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12] if lines else ""


def objects(action: Action) -> tuple[str, ...]:
    """The keys of what an action takes away: an account on the word of absence counts with each of its users."""
    below = action.users if isinstance(action, RemoveOrphan) else ()
    return (action.key, *(f"{action.key}/{user}" for user in below))


def _begun(action: Action, history: History) -> bool:
    """Whether a removal was let go before and is under way: its block stands, and only its jobs are waited for."""
    return isinstance(action, RemoveAssociation | RemoveAccount) and action.subject in history.known.blocked


def _protected(actions: Iterable[Action], _: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    for action in actions:
        touched = _names(action) & policy.protected
        if touched:
            yield HeldAction(action=action, reason=f"{', '.join(sorted(touched))} is protected", releasable=False)


def _unconfirmed(actions: Iterable[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """Absence seen once is held until a second look; a risk is held until a person says yes."""
    if history.confirmed:
        return
    for action in actions:
        since = history.known.first_missing.get(action.key)
        if action.evidence is Evidence.RISK:
            yield HeldAction(
                action=action,
                since=since,
                reason="what is used is not known, and a limit below it kills running jobs;"
                " agent sync --confirm-removals sets it",
            )
        elif action.evidence is Evidence.ABSENCE and (
            since is None or history.now - since < policy.removal_confirm_after
        ):
            yield HeldAction(action=action, since=since, reason=_waiting(since, history.now, policy))


def _waiting(since: float | None, now: float, policy: GuardPolicy) -> str:
    minutes = round(policy.removal_confirm_after / 60)
    seen = "first seen missing now" if since is None else f"missing for {round((now - since) / 60)} min"
    return f"{seen}; goes when still missing after {minutes} min, or by agent sync --confirm-removals"


def _emptied(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """An account of some size that would lose everybody, and one of them at least on the word of absence alone."""
    joining = {action.account for action in actions if isinstance(action, AddAssociation)}
    leaving: dict[str, set[str]] = {}
    for action in actions:
        if isinstance(action, RemoveAssociation):
            leaving.setdefault(action.account, set()).add(action.user)
        elif isinstance(action, RemoveOrphan):
            leaving.setdefault(action.account, set()).update(action.users)
    for action in actions:
        if action.evidence is Evidence.ABSENCE and isinstance(action, RemoveAssociation | RemoveOrphan):
            own = history.own.get(action.offering, {}).get(action.account, frozenset())
            emptied = len(own) >= policy.small_account and own <= leaving[action.account]
            if emptied and action.account not in joining:
                reason = f"it would empty an account of {len(own)} users; agent guard release lets them go"
                yield HeldAction(action=action, reason=reason, since=_since(action, history))


def _over_budget(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """Absence beyond the budget: of one offering, of all, and of a day."""
    absent = [action for action in actions if action.evidence is Evidence.ABSENCE]
    count = Counter(action.offering for action in absent for _ in objects(action))
    total = count.total()
    today = total + sum(not removal.by_order for removal in _last_day(history))
    everywhere = max(policy.total_floor, int(policy.total_share * sum(history.managed.values())))
    for action in absent:
        mine = max(policy.offering_floor, int(policy.offering_share * history.managed.get(action.offering, 0)))
        reason = (
            _too_many(count[action.offering], mine, "of this offering")
            or _too_many(total, everywhere, "of all offerings")
            or _too_many(today, policy.per_day, "in 24 hours")
        )
        if reason:
            yield HeldAction(action=action, reason=reason, since=_since(action, history))


def _over_terminations(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """Terminations by order have a brake of their own: one object each, whatever hangs below."""
    ordered = [
        action for action in actions if isinstance(action, RemoveAccount) and action.evidence is Evidence.POSITIVE
    ]
    recent = [removal.offering for removal in _last_day(history) if _is_termination(removal)]
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


def _over_disablings(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """A feed that disables many at once locks them out as surely as a removal; the same brake as for terminations."""
    disabling = [action for action in actions if isinstance(action, PutDirectoryUser) and action.evidence]
    recent = sum(removal.key.startswith(f"{PutDirectoryUser.kind} ") for removal in _last_day(history))
    limit = max(policy.terminations_floor, int(policy.terminations_share * history.managed.get("", 0)))
    number = recent + len(disabling)
    if number > limit:
        reason = f"{number} users disabled in a day is over {limit}; agent guard release lets them go"
        yield from (HeldAction(action=action, reason=reason) for action in disabling)


def _is_termination(removal: Removal) -> bool:
    return removal.by_order and removal.key.startswith(_TERMINATIONS)


def _too_many(count: int, limit: int, whose: str) -> str:
    return f"{count} removals {whose} is over {limit}; agent guard release lets them go" if count > limit else ""


def _last_day(history: History) -> Iterable[Removal]:
    return (removal for removal in history.known.removals if history.now - removal.at < DAY)


def _since(action: Action, history: History) -> float | None:
    return history.known.first_missing.get(action.key)


def _names(action: Action) -> set[str]:
    """The accounts and users an action would touch."""
    match action:
        case AddAssociation() | RemoveAssociation():
            return {action.account, action.user}
        case SetAssociation():
            return {action.after.account, action.after.user}
        case CreateAccount():
            return {action.account.name}
        case SetLimits() | MoveAccount() | ResetUsage():
            return {action.subject}
        case RemoveAccount():
            return {action.account, *action.users}
    return {action.user.name} if isinstance(action, PutDirectoryUser | RemoveDirectoryUser) else set()


def _without_dependents(actions: Iterable[Action], held: Mapping[str, HeldAction]) -> Iterable[Action]:
    """Not the orders whose account may not be made, changed or go: taken up, they would wait half done."""
    kinds = (CreateAccount, SetLimits, RemoveAccount)
    stuck = {item.action.resource for item in held.values() if isinstance(item.action, kinds)}
    for action in actions:
        order = action.order if isinstance(action, ApproveOrder | FinishOrder) else None
        if order is None or order.resource_uuid not in stuck:
            yield action
