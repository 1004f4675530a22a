"""Orders as a person reads them: a line for each, or everything about one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.cli.plan_text import sign, together
from agent.core.about import held_back, planned
from agent.core.limits import limits_of, shown_limits
from agent.core.model.marketplace import Resource
from agent.core.moments import moment
from agent.core.plan import Plan
from agent.core.snapshot import Observed, value_or
from agent.core.standing import why_here
from agent.engine.orders import Listed
from agent.journal.outcomes import Past


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All there is to say about the orders now. ``accounts``: resource → account.

    ``last``: key of an action → what its last outcome said. ``outage``: why this is not everything, "" when it is.
    """

    orders: Sequence[Listed]
    observed: Observed
    plan: Plan
    accounts: Mapping[str, str]
    last: Mapping[str, str]
    outage: str

    def why(self, one: Listed) -> str:
        """What keeps an order."""
        order = one.order
        said = [self.last.get(f"{step} order {order.uuid}", "") for step in ("finish", "approve")]
        return why_here(order, self.plan, self.accounts.get(order.resource_uuid, ""), next(filter(None, said), ""))


def values(desk: Desk) -> list[dict[str, object]]:
    """The orders for a machine; times are UTC seconds, ages seconds."""
    return [
        {
            "order": one.order.uuid,
            "offering": one.offering.uuid,
            "type": one.order.type.value,
            "state": one.order.state.value,
            "resource": one.order.resource_uuid,
            "resource_name": one.order.resource_name,
            "account": desk.accounts.get(one.order.resource_uuid, ""),
            "created": one.order.created,
            "age": round(desk.observed.at - one.order.created),
            "why": desk.why(one),
        }
        for one in desk.orders
    ]


def table(desk: Desk) -> Iterable[str]:
    """A line for each order."""
    if not desk.orders:
        yield "There are no open or erred orders."
    for one in desk.orders:
        order, old = one.order, age(desk.observed.at - one.order.created)
        yield f"{order.uuid[:8]}  {order.type:<9}  {order.state:<16}  {old:>6}  {order.resource_name}: {desk.why(one)}"


def age(seconds: float) -> str:
    """An age in its largest whole unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(max(0.0, seconds))} s"


def everything(desk: Desk, one: Listed, resource: Resource | str, past: Sequence[Past]) -> Iterable[str]:
    """One order whole. ``resource`` is a text when it could not be read; ``past``: outcomes, newest first."""
    order, account = one.order, desk.accounts.get(one.order.resource_uuid, "")
    yield f"order {order.uuid}: {order.type}, {order.state}"
    yield from (f"  {word:<9} {text}" for word, text in _facts(desk, one, resource).items() if text)
    yield f"  {'account':<9} {_account(desk, account)}"
    yield from _coming(desk, order.resource_uuid, account)
    if past:
        yield "what became of it so far, newest first:"
    for was in past:
        detail = f": {was.detail}" if was.detail else ""
        yield f"  {moment(was.at)}  {was.result or 'cut off':<8} {was.what}{detail}"


def _facts(desk: Desk, one: Listed, resource: Resource | str) -> Mapping[str, str]:
    order = one.order
    return {
        "why": desk.why(one),
        "offering": f"{one.offering.name} ({one.offering.uuid})",
        "resource": f"{order.resource_name} ({order.resource_uuid}), {_resource(resource)}",
        "limits": " ".join(f"{name}={amount}" for name, amount in sorted(order.limits.items())),
        "plan": order.plan_uuid,
        "created": moment(order.created),
        "force": "running jobs get no grace" if order.forced else "",
    }


def _resource(resource: Resource | str) -> str:
    if isinstance(resource, str):
        return f"which cannot be read: {resource}"
    flags = [name for name in ("paused", "downscaled", "restrict_member_access") if getattr(resource, name)]
    project = f"project {resource.project_name or resource.project_slug or resource.project_uuid}"
    return ", ".join([resource.state, f"backend_id {resource.backend_id or 'none'}", project, *flags])


def _account(desk: Desk, name: str) -> str:
    account = value_or(desk.observed.cluster.accounts, {}).get(name)
    if account is None:
        return f"{name}, which is not in Slurm" if name else "none yet"
    users = sorted(one.user for one in value_or(desk.observed.cluster.associations, ()) if one.account == name)
    qos = f"QOS={','.join(account.qos)}" if account.qos else ""
    limits = " ".join(filter(None, (shown_limits(limits_of(account)), qos))) or "no limits"
    return f"{name} under {account.parent}, {limits}, users: {', '.join(users) or 'none'}"


def _coming(desk: Desk, resource: str, account: str) -> Iterable[str]:
    actions = planned(desk.plan, resource, account)
    if actions:
        yield "the next sync would:"
    yield from (f"  {sign(first)} {text}" for first, text in together(actions))
    for item in held_back(desk.plan, resource, account):
        yield f"  ⏸ held: {item.describe()}"
