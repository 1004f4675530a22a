"""Is this plan safe to run unattended? Pure: the actions, the journal's history and the policy in, a verdict out.

Additions always proceed. What is held is shown with its reason and released by a person, once, by checksum.
"""

from collections.abc import Iterable, Mapping, Sequence

from agent.core.actions import (
    Action,
    AddAssociation,
    AddCoordinator,
    ApproveOrder,
    CreateAccount,
    DisableDirectoryUser,
    FinishOrder,
    MoveAccount,
    PutDirectoryUser,
    RemoveAccount,
    RemoveAssociation,
    RemoveCoordinator,
    RemoveDirectoryUser,
    ResetUsage,
    SetAssociation,
    SetDefaultAccount,
    SetLimits,
    SetUsername,
)
from agent.core.guard.absence import emptied, over_budget, unconfirmed
from agent.core.guard.brakes import over_disablings, over_endings, over_terminations
from agent.core.guard.verdict import HeldAction, History, Verdict, held_checksum
from agent.core.policy import GuardPolicy

_OF_DIRECTORY_USER = (PutDirectoryUser, DisableDirectoryUser, RemoveDirectoryUser)


def judge(actions: Sequence[Action], history: History, policy: GuardPolicy) -> Verdict:
    """Which of ``actions`` may run now."""
    held: dict[str, HeldAction] = {}
    for rule in RULES:
        left = [action for action in actions if action.key not in held]
        found = rule(left, history, policy)
        held.update({item.action.key: item for item in found if not (item.releasable and _begun(item.action, history))})
    if held_checksum(held.values()) in history.known.released:
        held = {key: item for key, item in held.items() if not item.releasable}
    return Verdict(
        allowed=tuple(action for action in _without_dependents(actions, held) if action.key not in held),
        held=tuple(held[action.key] for action in actions if action.key in held),
    )


def _begun(action: Action, history: History) -> bool:
    """Whether a removal was let go before and is under way: its block stands, and only its jobs are waited for."""
    return isinstance(action, RemoveAssociation | RemoveAccount) and action.subject in history.known.blocked


def _protected(actions: Iterable[Action], _: History, policy: GuardPolicy) -> Iterable[HeldAction]:
    for action in actions:
        touched = _names(action) & policy.protected
        if touched:
            yield HeldAction(action=action, reason=_untouchable(sorted(touched)), releasable=False)


def _untouchable(names: Sequence[str]) -> str:
    said = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} protected"
    own = GuardPolicy().protected
    if own.intersection(names):
        return f"{said}: the agent never touches {' and '.join(sorted(own))}, whatever the settings say"
    return f"{said} by guard.protected in the settings; take out there what the agent may touch"


def _names(action: Action) -> set[str]:
    """The accounts and users an action would touch."""
    match action:
        case AddAssociation() | RemoveAssociation() | AddCoordinator() | RemoveCoordinator() | SetDefaultAccount():
            return {action.account, action.user}
        case SetUsername():
            return {action.name}
        case SetAssociation():
            return {action.after.account, action.after.user}
        case CreateAccount() | SetLimits() | MoveAccount() | ResetUsage():
            return {action.subject}
        case RemoveAccount():
            return {action.account, *action.users}
    return {action.user.name} if isinstance(action, _OF_DIRECTORY_USER) else set()


def _without_dependents(actions: Iterable[Action], held: Mapping[str, HeldAction]) -> Iterable[Action]:
    """Not the orders whose account may not be made, changed or go: taken up, they would wait half done."""
    kinds = (CreateAccount, SetLimits, RemoveAccount)
    stuck = {item.action.resource for item in held.values() if isinstance(item.action, kinds)}
    for action in actions:
        order = action.order if isinstance(action, ApproveOrder | FinishOrder) else None
        if order is None or order.resource_uuid not in stuck:
            yield action


RULES = (_protected, unconfirmed, emptied, over_budget, over_terminations, over_endings, over_disablings)
