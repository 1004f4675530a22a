"""Accounts: made for an order, kept as ordered, changed and taken away for one."""

from collections.abc import Iterable

from agent.core.actions import Action, ApproveOrder, CreateAccount, FinishOrder, RefuseOrder, RemoveAccount, SetLimits
from agent.core.desired import Wanted
from agent.core.diff.associations import additions, removals
from agent.core.diff.ending import abandoned, below, terminate
from agent.core.diff.limits import limit_actions, qos_to_add, qos_unknown
from agent.core.diff.scene import Scene
from agent.core.diff.standing import foreign, lost, missing_parent, refused_above, taken
from agent.core.flags import replaced
from agent.core.model.marketplace import Order, OrderState
from agent.core.orders import Step
from agent.core.snapshot import SectionName


def account_actions(scene: Scene) -> Iterable[Action]:
    """Everything that concerns one offering's accounts and the associations in them."""
    for wanted in scene.desired.wanted:
        if wanted.step is Step.TERMINATE:
            yield from _terminate(scene, wanted)
        elif wanted.step.makes:
            yield from _ordered(scene, wanted)
        else:
            yield from _keep(scene, wanted)
    yield from abandoned(scene)


def blocked_orders(scene: Scene) -> Iterable[str]:
    """Why an order stays where it is although nothing is wrong with it, a line each."""
    for wanted in scene.desired.wanted:
        if wanted.order is None:
            continue
        why = _why_blocked(scene, wanted)
        if why:
            yield f"order {wanted.order.uuid[:8]} ({wanted.order.type} {wanted.order.resource_name}) waits: {why}"


def _why_blocked(scene: Scene, wanted: Wanted) -> str:
    if not scene.may(ApproveOrder):
        return "Slurm's accounts could not be read"
    return _why_not_made(scene, wanted) if wanted.step.makes else _why_not_ended(scene, wanted)


def _why_not_made(scene: Scene, wanted: Wanted) -> str:
    if taken(scene, wanted):
        return f"{wanted.place.refused}; agent adopt {wanted.place.name} takes it under management"
    if above := refused_above(wanted):
        return above
    if qos_unknown(scene, wanted):
        return "Slurm's QOS could not be read"
    parent = missing_parent(scene, wanted)
    return f"its parent account {parent} does not exist; make it: sacctmgr add account {parent}" if parent else ""


def _why_not_ended(scene: Scene, wanted: Wanted) -> str:
    if wanted.step is not Step.TERMINATE:
        return ""
    if foreign(scene, wanted):
        return f"{wanted.place.refused}; remove that account by hand, or give it its marker back"
    children = below(scene, wanted)
    return f"account {wanted.place.name} has accounts below it: {', '.join(children)}; move them" if children else ""


def _ordered(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """A Create, Update or Restore order: the account as ordered, then the order done."""
    order = wanted.order
    if order is None or not scene.may(CreateAccount) or scene.desired.problem or taken(scene, wanted):
        return
    refused = wanted.place.refused or wanted.limits.refused
    if refused:
        yield RefuseOrder(offering=scene.offering, order=order, reason=_for_customer(wanted), detail=refused)
        return
    if missing_parent(scene, wanted) or refused_above(wanted) or SectionName.OFFERING not in scene.complete:
        return
    if (wanted.place.ours and not scene.may(SetLimits)) or qos_unknown(scene, wanted):
        return
    yield from _approve(scene, order)
    if wanted.place.ours:
        yield from limit_actions(scene, wanted)
    else:
        yield from _made(scene, wanted)
    yield from additions(scene, wanted)
    if wanted.place.ours and wanted.step is not Step.CREATE:
        yield from removals(scene, wanted)
    yield FinishOrder(offering=scene.offering, order=order, account=wanted.place.name)


def _keep(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    if wanted.place.ours:
        yield from limit_actions(scene, wanted)
        yield from additions(scene, wanted)
        yield from removals(scene, wanted)
    elif lost(scene, wanted) and not qos_unknown(scene, wanted):
        yield from _made(scene, wanted)
        yield from additions(scene, wanted)


def _made(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """A new account, with the QOS that carries its limits. It may be paused from its first moment."""
    yield from qos_to_add(scene, wanted)
    usual = wanted.shape.usual
    yield CreateAccount(
        offering=scene.offering,
        account=wanted.account,
        resource=wanted.resource.uuid,
        replaces=replaced(usual, wanted.account, usual, {}).replaces,
    )


def _terminate(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    order = wanted.order
    if order is None or not scene.may(RemoveAccount) or foreign(scene, wanted) or below(scene, wanted):
        return
    yield from _approve(scene, order)
    yield from terminate(scene, wanted, order)


def _approve(scene: Scene, order: Order) -> Iterable[Action]:
    if order.state is OrderState.PENDING_PROVIDER:
        policy = scene.desired.policy
        asking = policy.ask_command if policy.approval == "ask" else ()
        yield ApproveOrder(offering=scene.offering, order=order, asking=asking)


def _for_customer(wanted: Wanted) -> str:
    if wanted.place.refused:
        return "The name of this allocation is taken on the cluster. Please contact the provider."
    what = "made" if wanted.step is Step.CREATE else "changed"
    return f"This allocation cannot be {what}: {wanted.limits.refused}."
