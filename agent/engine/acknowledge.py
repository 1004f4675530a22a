"""Tell the marketplace what Slurm shows: only what was read back is acknowledged."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from agent.core.actions import CreateAccount, FinishOrder, SetLimits
from agent.core.diff.scene import by_account
from agent.core.model.cluster import Account, ClusterFacts
from agent.core.model.marketplace import OrderState, OrderType
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Missing, Section, complete, value_or
from agent.core.snapshot import reason as why_incomplete
from agent.engine.apply import concurrently, of_type
from agent.engine.outcomes import Outcomes
from agent.engine.world import World
from agent.errors import AgentError

HOUR = 3600.0


def finish(plan: Plan, cluster: ClusterSnapshot, outcomes: Outcomes, kind: OrderType) -> None:
    """Acknowledge the orders of one type whose account is as ordered; ``cluster`` was read after the last change.

    The account's name and metadata go first, then order and resource are read again, then the order is done.
    """
    actions = [action for action in of_type(plan.actions, FinishOrder) if action.order.type is kind]
    if not actions or outcomes.world.stopping():
        return
    wanted = {action.resource: action.account for action in of_type(plan.actions, CreateAccount)}
    wanted |= {action.resource: action.after for action in of_type(plan.actions, SetLimits)}
    ready = [action for action in actions if _as_ordered(action, wanted, cluster, outcomes)]
    market, now = outcomes.world.marketplace, outcomes.world.clock.now()

    def name(action: FinishOrder) -> None:
        account = _accounts(cluster)[action.account]
        metadata = resource_metadata(account)
        market.set_backend_id(action.order.resource_uuid, action.account)
        market.set_resource_metadata(action.order.resource_uuid, metadata)
        outcomes.world.journal.tell_metadata(action.order.resource_uuid, _checksum(metadata), now)

    if kind is OrderType.CREATE:
        ready = concurrently(ready, outcomes, name)
    still = _still_executing(ready, outcomes)
    done = concurrently(still, outcomes, lambda action: market.set_order_done(action.order.uuid))
    for action in done:
        outcomes.done(action)


def update_metadata(plan: Plan, cluster: ClusterSnapshot, outcomes: Outcomes) -> None:
    """The metadata of resources whose limits this cycle changed. Slurm is right already: a failure is a notice."""
    finishing = {action.order.resource_uuid for action in of_type(plan.actions, FinishOrder)}
    for action in of_type(plan.actions, SetLimits):
        account = _accounts(cluster).get(action.after.name)
        if outcomes.succeeded(action) and account is not None and action.resource not in finishing:
            try:
                _tell(outcomes.world, action.resource, resource_metadata(account), resource=True)
            except AgentError as error:
                outcomes.notices.append(f"account {account.name}: its metadata could not be written: {error}")


def offering_metadata(
    world: World, policies: Iterable[OfferingPolicy], facts: Section[ClusterFacts], plan: Plan, changed: bool
) -> list[str]:
    """The offering's metadata: after a change, else at most hourly. Gives the notices of what could not be told."""
    notices = []
    for policy in policies:
        told, _ = world.journal.told_metadata(policy.uuid)
        if isinstance(facts, Missing) or not (changed or world.clock.now() - told >= HOUR):
            continue
        metadata = {
            "cluster": facts.value.name,
            "slurm_version": facts.value.version,
            "nodes": facts.value.nodes,
            "tres": dict(facts.value.tres),
            "agent_version": world.agent_version,
            "last_cycle": int(plan.at),
            "warnings": list(plan.notices),
        }
        try:
            _tell(world, policy.uuid, metadata, resource=False)
        except AgentError as error:
            notices.append(f"offering {policy.name}: its metadata could not be written: {error}")
    return notices


def resource_metadata(account: Account) -> dict[str, object]:
    """What a resource's page shows: the account, and its limits in Slurm's units (TRES-minutes)."""
    return {
        "account": account.name,
        "parent": account.parent,
        "GrpTRESMins": dict(sorted(account.grp_tres_mins.items())),
    }


def _tell(world: World, subject: str, metadata: Mapping[str, object], *, resource: bool) -> None:
    write = world.marketplace.set_resource_metadata if resource else world.marketplace.set_offering_metadata
    write(subject, metadata)
    world.journal.tell_metadata(subject, _checksum(metadata), world.clock.now())


def _as_ordered(
    action: FinishOrder, wanted: Mapping[str, Account], cluster: ClusterSnapshot, outcomes: Outcomes
) -> bool:
    """Whether Slurm shows what the order asks for; if not, the order stays and says why."""
    if not (complete(cluster.accounts) and complete(cluster.associations)):
        unknown = why_incomplete(cluster.accounts) or why_incomplete(cluster.associations)
        outcomes.failed(action, f"not read back: {unknown}")
        return False
    account = _accounts(cluster).get(action.account)
    if action.order.type is OrderType.TERMINATE:
        there = action.account in _accounts(cluster) or action.account in by_account(value_or(cluster.associations, ()))
        if there:
            outcomes.waiting(action, f"account {action.account} is still there")
        return not there
    asked = wanted.get(action.order.resource_uuid)
    if account is None or (asked is not None and account.grp_tres_mins != asked.grp_tres_mins):
        outcomes.failed(action, f"account {action.account} is not in Slurm as it was ordered; it is tried again")
        return False
    return True


def _still_executing(actions: Sequence[FinishOrder], outcomes: Outcomes) -> list[FinishOrder]:
    """The orders that the marketplace still shows as executing, read again in one request an offering."""
    still: list[FinishOrder] = []
    for offering in sorted({action.offering for action in actions}):
        mine = [action for action in actions if action.offering == offering]
        try:
            orders = {order.uuid: order for order in outcomes.world.marketplace.orders(offering)}
            resources = {resource.uuid: resource for resource in outcomes.world.marketplace.resources(offering)}
        except AgentError as error:
            outcomes.lost(mine, error)
            continue
        for action in mine:
            order, resource = orders.get(action.order.uuid), resources.get(action.order.resource_uuid)
            named = resource is not None and resource.backend_id == action.account
            if order is None or order.state is not OrderState.EXECUTING:
                outcomes.failed(action, "the order is not executing any more; somebody else moved it")
            elif action.order.type is OrderType.CREATE and not named:
                outcomes.failed(action, f"the resource does not show backend_id {action.account} when read again")
            else:
                still.append(action)
    return still


def _accounts(cluster: ClusterSnapshot) -> Mapping[str, Account]:
    return value_or(cluster.accounts, {})


def _checksum(metadata: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()[:16]
