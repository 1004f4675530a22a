"""Removals on the word of absence: two looks, budgets, and no account emptied at once."""

from collections import Counter
from collections.abc import Iterable, Sequence

from agent.core.actions import Action, AddAssociation, Evidence, RemoveAssociation, RemoveOrphan
from agent.core.guard.verdict import HeldAction, History, last_day, objects, since
from agent.core.policy import GuardPolicy


def unconfirmed(actions: Iterable[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
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


def emptied(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
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
                yield HeldAction(action=action, reason=reason, since=since(action, history))


def over_budget(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    """Absence beyond the budget: of one offering, of all, and of a day."""
    absent = [action for action in actions if action.evidence is Evidence.ABSENCE]
    count = Counter(action.offering for action in absent for _ in objects(action))
    total = count.total()
    today = total + sum(not removal.by_order for removal in last_day(history))
    everywhere = max(policy.total_floor, int(policy.total_share * sum(history.managed.values())))
    for action in absent:
        mine = max(policy.offering_floor, int(policy.offering_share * history.managed.get(action.offering, 0)))
        reason = (
            _too_many(count[action.offering], mine, "of this offering")
            or _too_many(total, everywhere, "of all offerings")
            or _too_many(today, policy.per_day, "in 24 hours")
        )
        if reason:
            yield HeldAction(action=action, reason=reason, since=since(action, history))


def _too_many(count: int, limit: int, whose: str) -> str:
    return f"{count} removals {whose} is over {limit}; agent guard release lets them go" if count > limit else ""
