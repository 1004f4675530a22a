"""Accounts: made for an order, kept as ordered, taken away for an order or when nothing asks for them any more."""

from collections.abc import Iterable

from agent.core.actions import (
    Action,
    ApproveOrder,
    CreateAccount,
    Evidence,
    FinishOrder,
    RefuseOrder,
    RemoveAccount,
    RemoveOrphan,
    SetLimits,
    Unblock,
)
from agent.core.desired import Wanted
from agent.core.diff.associations import additions, removals
from agent.core.diff.scene import Scene
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Order, OrderState, ResourceState
from agent.core.names import marked
from agent.core.orders import Step
from agent.core.snapshot import SectionName, value_or

_LIVING = frozenset({ResourceState.OK, ResourceState.UPDATING})


def account_actions(scene: Scene) -> Iterable[Action]:
    """Everything that concerns one offering's accounts and the associations in them."""
    for wanted in scene.desired.wanted:
        if wanted.step is Step.TERMINATE:
            yield from _terminate(scene, wanted)
        elif wanted.step is Step.CREATE:
            yield from _create(scene, wanted)
        else:
            yield from _keep(scene, wanted)
    yield from _orphans(scene)


def blocked_orders(scene: Scene) -> Iterable[str]:
    """Why an order stays where it is although nothing is wrong with it, a line each."""
    for wanted in scene.desired.wanted:
        if wanted.order is None:
            continue
        name = f"order {wanted.order.uuid[:8]} ({wanted.order.type} {wanted.order.resource_name})"
        if not scene.may(ApproveOrder):
            yield f"{name} waits: Slurm's accounts could not be read"
        elif wanted.step is Step.CREATE and _parent_missing(scene, wanted):
            parent = wanted.account.parent
            yield f"{name} waits: its parent account {parent} does not exist; make it: sacctmgr add account {parent}"
        elif wanted.step is Step.TERMINATE and _foreign(scene, wanted):
            yield f"{name} waits: {wanted.place.refused}; remove that account by hand, or give it its marker back"
        elif wanted.step is Step.TERMINATE and (children := _below(scene, wanted)):
            yield f"{name} waits: account {wanted.place.name} has accounts below it: {', '.join(children)}; move them"


def _create(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    order = wanted.order
    if order is None or not scene.may(CreateAccount) or scene.desired.problem:
        return
    refused = wanted.place.refused or wanted.limits.refused
    if refused:
        yield RefuseOrder(offering=scene.offering, order=order, reason=_for_customer(wanted), detail=refused)
        return
    if _parent_missing(scene, wanted) or SectionName.OFFERING not in scene.complete:
        return
    if wanted.place.ours and not scene.may(SetLimits):
        return
    yield from _approve(scene, order)
    if wanted.place.ours:
        yield from _limits(scene, wanted, None)
    else:
        yield CreateAccount(offering=scene.offering, account=wanted.account, resource=wanted.resource.uuid)
    yield from additions(scene, wanted)
    yield FinishOrder(offering=scene.offering, order=order, account=wanted.place.name)


def _keep(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    if wanted.place.ours:
        if scene.may(SetLimits) and SectionName.OFFERING in scene.complete and not scene.desired.problem:
            yield from _limits(scene, wanted, Evidence.RISK)
        yield from _unblock(scene, wanted)
        yield from additions(scene, wanted)
        yield from removals(scene, wanted)
    elif _lost(scene, wanted):
        yield CreateAccount(offering=scene.offering, account=wanted.account, resource=wanted.resource.uuid)
        yield from additions(scene, wanted)


def _terminate(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    order = wanted.order
    if order is None or not scene.may(RemoveAccount) or _foreign(scene, wanted) or _below(scene, wanted):
        return
    yield from _approve(scene, order)
    if wanted.place.ours:
        yield RemoveAccount(
            offering=scene.offering,
            account=wanted.place.name,
            resource=wanted.resource.uuid,
            users=tuple(sorted(scene.users.get(wanted.place.name, ()))),
            why=f"order {order.uuid[:8]} terminates {wanted.resource.name}",
            evidence=Evidence.POSITIVE,
        )
    never_made = bool(wanted.place.refused)
    yield FinishOrder(offering=scene.offering, order=order, account="" if never_made else wanted.place.name)


def kept_orphans(scene: Scene) -> Iterable[str]:
    """Why an account whose resource is gone stays nevertheless, a line each."""
    for account in _abandoned(scene):
        why = _hold(scene, account.name)
        if why:
            yield f"account {account.name} stays although its resource is gone: {why}"


def _abandoned(scene: Scene) -> Iterable[Account]:
    """The accounts of ours whose resource the marketplace does not list any more."""
    if scene.may(RemoveOrphan):
        listed = {resource.uuid for resource in value_or(scene.snapshot.resources, ())}
        yield from (account for account in scene.our_accounts() if marked(account.description) not in listed)


def _hold(scene: Scene, name: str) -> str:
    """What an absence may never take along: accounts below, and users whom somebody else added."""
    strangers = set(scene.users.get(name, ())) - scene.own_users(name)
    if strangers:
        return f"the agent did not add {', '.join(sorted(strangers))}; take them out by hand"
    children = _children(scene, name)
    return f"it has accounts below it: {', '.join(children)}; move them" if children else ""


def _orphans(scene: Scene) -> Iterable[Action]:
    for account in _abandoned(scene):
        resource = marked(account.description) or ""
        if not _hold(scene, account.name):
            yield RemoveOrphan(
                offering=scene.offering,
                account=account.name,
                resource=resource,
                users=tuple(sorted(scene.users.get(account.name, ()))),
                why=f"the offering has no resource {resource[:8]} any more",
                evidence=Evidence.ABSENCE,
            )


def _approve(scene: Scene, order: Order) -> Iterable[Action]:
    if order.state is OrderState.PENDING_PROVIDER:
        yield ApproveOrder(offering=scene.offering, order=order)


def _limits(scene: Scene, wanted: Wanted, risk: Evidence | None) -> Iterable[Action]:
    before, after = scene.accounts[wanted.place.name], wanted.account
    if before.grp_tres_mins == after.grp_tres_mins:
        return
    evidence = risk if _lowers(before, after) else None
    yield SetLimits(
        offering=scene.offering, before=before, after=after, resource=wanted.resource.uuid, evidence=evidence
    )


def _lowers(before: Account, after: Account) -> bool:
    """Whether any limit gets smaller, or comes where none was: running jobs above it would be killed."""
    return any(minutes < before.grp_tres_mins.get(tres, minutes + 1) for tres, minutes in after.grp_tres_mins.items())


def _unblock(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    name = wanted.place.name
    if name in scene.known.blocked and scene.accounts[name].grp_submit_jobs == 0:
        yield Unblock(offering=scene.offering, account=name)


def _lost(scene: Scene, wanted: Wanted) -> bool:
    """Whether a finished resource's account vanished from Slurm: the one case of making one without an order."""
    if wanted.place.refused or scene.desired.problem or wanted.resource.state not in _LIVING:
        return False
    was_there = bool(wanted.resource.backend_id) or wanted.resource.uuid in scene.known.accounts
    sections = {SectionName.OFFERING, SectionName.ORDERS, SectionName.RESOURCES}
    return was_there and scene.may(CreateAccount) and sections <= scene.complete and not _parent_missing(scene, wanted)


def _parent_missing(scene: Scene, wanted: Wanted) -> bool:
    return wanted.account.parent not in scene.accounts


def _foreign(scene: Scene, wanted: Wanted) -> bool:
    """Whether the account this resource is said to have stands without our marker."""
    was_there = bool(wanted.resource.backend_id) or wanted.resource.uuid in scene.known.accounts
    return was_there and bool(wanted.place.refused) and wanted.place.name in scene.accounts


def _children(scene: Scene, name: str) -> list[str]:
    return sorted(account.name for account in scene.accounts.values() if account.parent == name)


def _below(scene: Scene, wanted: Wanted) -> list[str]:
    """The accounts below the one that is to go."""
    return _children(scene, wanted.place.name) if wanted.place.ours else []


def _for_customer(wanted: Wanted) -> str:
    if wanted.place.refused:
        return "The name of this allocation is taken on the cluster. Please contact the provider."
    return f"This allocation cannot be made: {wanted.limits.refused}."
