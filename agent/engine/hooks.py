"""The site's own commands about users and resources: each event is told once, and again only after a failure."""

from collections.abc import Collection, Sequence

from agent.core.actions import FinishOrder
from agent.core.events import RESOURCE_READY, RESOURCE_REMOVED, commands, due, happened, of_resource, reversed_key
from agent.core.model.marketplace import OrderType
from agent.core.model.people import Event
from agent.core.place import terminated_on
from agent.core.plan import Plan
from agent.core.snapshot import ClusterSnapshot, Observed, complete, value_or
from agent.engine.batches import of_type
from agent.engine.world import World
from agent.ports import HookRunner

BUDGET = 120.0
"""Seconds that commands may take in one cycle; what is left is told in the next."""


def note_ready(world: World, observed: Observed, cluster: ClusterSnapshot) -> None:
    """Note what is ready and was not before; nothing is written when there is nothing new."""
    kinds = commands(world.hooks).keys()
    if not kinds:
        return
    now = world.clock.now()
    noted, known = world.journal.noted(), world.journal.known(now)
    new = {event.key: event for event in happened(observed, cluster, known, kinds) if event.key not in noted}
    _note(world, list(new.values()), now, kinds)


def note_removed(world: World, observed: Observed, plan: Plan, cluster: ClusterSnapshot) -> None:
    """Note the resources whose account is gone, or out of use, before their order is reported done.

    Also where only the command of ready ones is set: a resource that is restored is ready anew.
    """
    ending = [one for one in of_type(plan.actions, FinishOrder) if one.order.type is OrderType.TERMINATE]
    kinds = commands(world.hooks).keys() & {RESOURCE_READY, RESOURCE_REMOVED}
    if not ending or not kinds or not complete(cluster.accounts):
        return
    accounts = value_or(cluster.accounts, {})
    resources = {one.uuid: one for each in observed.offerings.values() for one in value_or(each.resources, ())}
    events: list[Event] = []
    for action in ending:
        resource, account = resources.get(action.order.resource_uuid), accounts.get(action.account)
        if resource is not None and action.account and (account is None or terminated_on(account)):
            facts = of_resource(resource, action.account)
            events.append(Event(kind=RESOURCE_REMOVED, about=resource.uuid, offering=action.offering, facts=facts))
    _note(world, events, world.clock.now(), kinds)


def tell_hooks(world: World) -> list[str]:
    """Run the commands of the events that are due, one after the other; gives a notice of each that failed."""
    found, started, runner = commands(world.hooks), world.clock.now(), world.hook_runner
    notices: list[str] = []
    if not found or runner is None:
        return notices
    for event in due(world.journal.events(), started):
        if event.kind not in found:
            continue
        if world.stopping() or world.clock.now() - started > BUDGET:
            break
        trouble = _tell(world, runner, event, found[event.kind])
        if trouble:
            notices.append(f"{event.key}: {found[event.kind][0]} failed and is run again: {trouble}")
    return notices


def _note(world: World, events: Sequence[Event], now: float, kinds: Collection[str]) -> None:
    """Note the events of these kinds; what each of all of them undoes is forgotten, and is news when it comes again."""
    if events:
        world.journal.forget_events([key for key in map(reversed_key, events) if key])
        world.journal.note_events([event for event in events if event.kind in kinds], now)


def _tell(world: World, runner: HookRunner, event: Event, command: tuple[str, ...]) -> str:
    """Run, then remember: a crash between the two runs the command once more, so it has to bear that."""
    said = {"event": event.kind, "offering": event.offering, **event.facts}
    trouble = runner.run(command, said)
    world.journal.told_event(event.key, trouble, world.clock.now())
    return trouble
