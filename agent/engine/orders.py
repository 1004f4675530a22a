"""Orders as an administrator asks for them: those that are open or erred, each with what keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.known import Known
from agent.core.model.marketplace import Order, OrderState
from agent.core.place import marks
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, Observed, value_or
from agent.engine.observe import section
from agent.engine.world import World
from agent.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An order and its offering."""

    offering: OfferingPolicy
    order: Order


def read_orders(world: World) -> list[Listed]:
    """Every open and erred order of every offering. Raises Unavailable."""
    return [
        Listed(offering=policy, order=order)
        for policy in world.policies
        for order in (*world.marketplace.orders(policy.uuid), *world.marketplace.erred_orders(policy.uuid))
    ]


def seen_orders(world: World, observed: Observed) -> tuple[list[Listed], str]:
    """The same from what was observed, with the erred ones read now; and why some may be left out ("" when none)."""
    found: list[Listed] = []
    outage = ""
    for policy in world.policies:
        erred = section(lambda uuid=policy.uuid: world.marketplace.erred_orders(uuid))  # type: ignore[misc]
        outage = outage or (erred.reason if isinstance(erred, Missing) else "")
        orders: Sequence[Order] = (*value_or(observed.offerings[policy.uuid].orders, ()), *value_or(erred, ()))
        found += [Listed(offering=policy, order=order) for order in orders]
    return found, outage


def accounts_of(observed: Observed, known: Known, policies: Iterable[OfferingPolicy]) -> Mapping[str, str]:
    """Resource → its account: by its marker, else as the journal or the marketplace names it."""
    found: dict[str, str] = {}
    for policy in policies:
        resources = value_or(observed.offerings[policy.uuid].resources, ())
        found |= {one.uuid: one.backend_id.lower() for one in resources if one.backend_id}
    found |= known.accounts
    for policy in policies:
        found |= marks(value_or(observed.cluster.accounts, {}), policy.uuid)
    return found


def retry(world: World, order: Order) -> None:
    """Erred → executing. Raises Rejected when it is not erred."""
    if order.state is not OrderState.ERRED:
        raise Rejected(f"order {order.uuid} is {order.state}, and only an erred order can be tried again")
    world.marketplace.set_order_executing(order.uuid)


def reject(world: World, order: Order, reason: str) -> None:
    """pending-provider → rejected. Raises Rejected when it does not wait for the provider."""
    if order.state is not OrderState.PENDING_PROVIDER:
        raise Rejected(
            f"order {order.uuid} is {order.state}, and only one that is pending-provider can be rejected;"
            " nothing of it was done yet"
        )
    world.marketplace.reject_order(order.uuid, reason)
