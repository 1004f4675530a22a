"""An account from the resource it is for to the people in it."""

from collections.abc import Iterator, Sequence

from agent.core.about import noted
from agent.core.actions import CreateAccount, MoveAccount, RemoveAccount
from agent.core.explain.allowance import limits_link
from agent.core.explain.association import release
from agent.core.explain.history import History
from agent.core.explain.lately import last_link
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.membership import member_links
from agent.core.explain.rooms import Room
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Kind, Subject
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Order, Resource, ResourceState
from agent.core.place import is_ours, level, terminated_on
from agent.core.snapshot import Missing, complete, reason, value_or
from agent.core.standing import why_here


def holding_links(sight: Sight, what: Subject, history: History) -> Iterator[Link]:
    """Resource, orders, account, limits, members, and what was last done."""
    room = Room(account=what.name, resource=what.uuid if what.kind is Kind.RESOURCE else "")
    if what.kind is Kind.RESOURCE:
        yield _resource(sight, room)
        yield from _orders(sight, room)
    yield _account(sight, room)
    if room.account in sight.slurm_accounts:
        yield limits_link(sight, room)
    yield from member_links(sight, room, history)
    yield last_link(sight, room, history)


def _link(step: Step, room: Room, mark: Mark, text: str, remedy: str = "") -> Link:
    return Link(step=step, mark=mark, text=text, remedy=remedy, account=room.account, resource=room.resource)


def _resource(sight: Sight, room: Room) -> Link:
    offering, resource = sight.resources.get(room.resource, ("", None))
    if resource is None:
        gap = next(
            (reason(one.resources) for one in sight.observed.offerings.values() if not complete(one.resources)), ""
        )
        if gap:
            return _link(Step.RESOURCE, room, Mark.UNKNOWN, f"{room.resource[:8]} is not known: {gap}")
        return _link(Step.RESOURCE, room, Mark.BROKEN, f"{room.resource[:8]} is not in the marketplace any more")
    flags = [word for word in ("paused", "downscaled", "restrict_member_access") if getattr(resource, word)]
    text = ", ".join([f"{resource.name} of offering {sight.policy[offering].name} is {resource.state}", *flags])
    return _link(Step.RESOURCE, room, _standing(resource), text)


def _standing(resource: Resource) -> Mark:
    if resource.restrict_member_access or resource.state in {ResourceState.TERMINATED, ResourceState.OTHER}:
        return Mark.BROKEN
    return Mark.OK if resource.state in {ResourceState.OK, ResourceState.ERRED} else Mark.WAITING


def _orders(sight: Sight, room: Room) -> Iterator[Link]:
    offering, _ = sight.resources.get(room.resource, ("", None))
    if not offering:
        return
    section = sight.offering(offering).orders
    if not complete(section):
        yield _link(Step.ORDER, room, Mark.UNKNOWN, f"not known: {reason(section)}")
    orders: Sequence[Order] = value_or(section, ())
    for order in orders:
        if order.resource_uuid == room.resource:
            text = f"{order.type} {order.uuid[:8]} is {order.state}: {why_here(order, sight.plan, room.account)}"
            yield _link(Step.ORDER, room, Mark.WAITING, text)


def _account(sight: Sight, room: Room) -> Link:
    section, account = sight.observed.cluster.accounts, sight.slurm_accounts.get(room.account)
    if isinstance(section, Missing):
        return _link(Step.ACCOUNT, room, Mark.UNKNOWN, f"not known: {section.reason}")
    for action in sight.planned.get(room.account, ()):
        if isinstance(action, CreateAccount | MoveAccount | RemoveAccount):
            return _link(Step.ACCOUNT, room, Mark.WAITING, f"the next sync would {action.describe()}")
    for item in sight.held.get(room.account, ()):
        if isinstance(item.action, CreateAccount | MoveAccount | RemoveAccount):
            mark = Mark.WAITING if item.releasable else Mark.BROKEN
            return _link(Step.ACCOUNT, room, mark, f"held: {item.describe()}", release(sight, item))
    if account is None:
        return _without(sight, room)
    return _there(sight, room, account)


def _without(sight: Sight, room: Room) -> Link:
    """An account that is not in Slurm, and the plan's notice about that."""
    offering, resource = sight.resources.get(room.resource, ("", None))
    if resource is None:
        return _link(Step.ACCOUNT, room, Mark.NONE, f"{room.account} is not in Slurm")
    orders = [
        order.uuid for order in value_or(sight.offering(offering).orders, ()) if order.resource_uuid == resource.uuid
    ]
    notices = noted(sight.plan, resource.uuid, orders)
    if not complete(sight.observed.cluster.accounts):
        return _link(Step.ACCOUNT, room, Mark.UNKNOWN, f"not known: {reason(sight.observed.cluster.accounts)}")
    text = "; ".join((f"{room.account or 'it'} is not in Slurm", *notices))
    waits = resource.state is ResourceState.CREATING
    return _link(Step.ACCOUNT, room, Mark.WAITING if waits else Mark.BROKEN, text)


def _there(sight: Sight, room: Room, account: Account) -> Link:
    offering = next((policy for policy in sight.policies if is_ours(account, policy.uuid)), None)
    text = f"{account.name} under {account.parent or 'nothing'}"
    if offering is None:
        if room.resource in sight.resources:
            remedy = f"agent adopt {account.name} --resource {room.resource}"
            return _link(Step.ACCOUNT, room, Mark.BROKEN, f"{text} belongs to somebody else: it has no marker", remedy)
        return _link(Step.ACCOUNT, room, Mark.NONE, f"{text} is not the agent's: it has no marker")
    if terminated_on(account):
        return _link(Step.ACCOUNT, room, Mark.BROKEN, f"{text} is disabled since {terminated_on(account)}")
    if level(account):
        return _link(Step.ACCOUNT, room, Mark.OK, f"{text} is that of a {level(account)} of offering {offering.name}")
    return _link(Step.ACCOUNT, room, Mark.OK, text)
