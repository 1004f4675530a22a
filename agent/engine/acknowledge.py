"""Tell the marketplace what Slurm shows: only what was read back is acknowledged."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from agent.core.actions import AddQos, CreateAccount, FinishOrder, SetLimits
from agent.core.diff.scene import by_account
from agent.core.limits import SLURM_WORDS, limits_of
from agent.core.model.cluster import Account, ClusterFacts, Qos
from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.names import marked
from agent.core.place import is_ours, terminated_on
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Missing, Observed, Section, complete, value_or
from agent.core.snapshot import reason as why_incomplete
from agent.engine.batches import concurrently, of_type
from agent.engine.outcomes import WAITING, Outcomes
from agent.engine.world import World
from agent.errors import AgentError

HOUR = 3600.0


def finish(plan: Plan, cluster: ClusterSnapshot, outcomes: Outcomes, kinds: Collection[OrderType]) -> None:
    """Acknowledge the orders of some types whose account is as ordered; ``cluster`` was read after the last change.

    The account's name and metadata go first, then order and resource are read again, then the order is done.
    """
    actions = [action for action in of_type(plan.actions, FinishOrder) if action.order.type in kinds]
    if not actions or outcomes.world.stopping():
        return
    asked = Asked(plan, outcomes)
    ready = [action for action in actions if _as_ordered(action, asked, cluster, outcomes)]
    market, now = outcomes.world.marketplace, outcomes.world.clock.now()

    def name(action: FinishOrder) -> None:
        metadata = resource_metadata(_accounts(cluster)[action.account], value_or(cluster.qos, {}))
        if action.order.type is not OrderType.UPDATE:
            market.set_backend_id(action.order.resource_uuid, action.account)
        market.set_resource_metadata(action.order.resource_uuid, metadata)
        outcomes.world.journal.tell_metadata(action.order.resource_uuid, _checksum(metadata), now)

    if OrderType.TERMINATE not in kinds:
        ready = concurrently(ready, outcomes, name)
    still = _still_executing(ready, outcomes)
    outcomes.done(*concurrently(still, outcomes, lambda action: market.set_order_done(action.order.uuid)))


class Asked:
    """What the orders of a plan ask of their accounts, and whether it is still under way."""

    def __init__(self, plan: Plan, outcomes: Outcomes) -> None:
        changes = of_type(plan.actions, SetLimits)
        self._outcomes = outcomes
        self._changes = {action.resource: action for action in changes}
        self._accounts = {one.resource: one.account for one in of_type(plan.actions, CreateAccount)}
        self._accounts |= {action.resource: action.after for action in changes}
        self._qos = {action.resource: action.qos for action in of_type(plan.actions, AddQos)}
        self._qos |= {action.resource: action.qos[1] for action in changes if action.qos}

    def met(self, resource: str, account: Account, cluster: ClusterSnapshot) -> bool:
        """Whether Slurm shows the account, and the QOS that carries its limits, as they are asked for."""
        wanted, qos = self._accounts.get(resource), self._qos.get(resource)
        there = value_or(cluster.qos, {}).get(qos.name) if qos else None
        same = wanted is None or (limits_of(wanted) == limits_of(account) and wanted.qos == account.qos)
        return same and (qos is None or (there is not None and limits_of(there) == limits_of(qos)))

    def waits(self, resource: str) -> bool:
        """Whether the limits wait for running jobs to finish."""
        action = self._changes.get(resource)
        return action is not None and self._outcomes.result(action) == WAITING


def standing_metadata(world: World, observed: Observed, cluster: ClusterSnapshot) -> list[str]:
    """The metadata of every resource that stands, where it is not what was told last: a crash may lie in between.

    Slurm is right already: gives a notice of each that could not be told.
    """
    notices: list[str] = []
    if world.stopping() or not (complete(cluster.accounts) and complete(cluster.qos)):
        return notices
    for resource, account in _standing(observed, cluster):
        metadata = resource_metadata(account, value_or(cluster.qos, {}))
        if world.journal.told_metadata(resource)[1] == _checksum(metadata):
            continue
        try:
            _tell(world, resource, metadata, resource=True)
        except AgentError as error:
            notices.append(f"account {account.name}: its metadata could not be written: {error}")
    return notices


def _standing(observed: Observed, cluster: ClusterSnapshot) -> Iterable[tuple[str, Account]]:
    """The resources in use, each with the account that carries its marker."""
    for offering, snapshot in observed.offerings.items():
        for resource in value_or(snapshot.resources, ()):
            account = _accounts(cluster).get(resource.backend_id.lower())
            if resource.state is not ResourceState.OK or account is None or not is_ours(account, offering):
                continue
            if marked(account.description) == resource.uuid:
                yield resource.uuid, account


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


def resource_metadata(account: Account, qos: Mapping[str, Qos]) -> dict[str, object]:
    """What a resource's page shows: the account, and its limits in Slurm's words and units (TRES-minutes, MiB).

    The limits are its own and those of the QOS made for it, which has its name.
    """
    shown: dict[str, Any] = {"account": account.name, "parent": account.parent, "GrpTRESMins": {}}
    carried = limits_of(qos[account.name]) if account.name in set(account.qos) & set(qos) else {}
    for (name, tres), value in sorted({**carried, **limits_of(account)}.items()):
        if tres:
            shown.setdefault(SLURM_WORDS[name], {})[tres] = value
        else:
            shown[SLURM_WORDS[name]] = value
    return {**shown, "QOS": list(account.qos)} if account.qos else shown


def _tell(world: World, subject: str, metadata: Mapping[str, object], *, resource: bool) -> None:
    write = world.marketplace.set_resource_metadata if resource else world.marketplace.set_offering_metadata
    write(subject, metadata)
    world.journal.tell_metadata(subject, _checksum(metadata), world.clock.now())


def _as_ordered(action: FinishOrder, asked: Asked, cluster: ClusterSnapshot, outcomes: Outcomes) -> bool:
    """Whether Slurm shows what the order asks for; if not, the order stays and says why."""
    if not (complete(cluster.accounts) and complete(cluster.associations)):
        unknown = why_incomplete(cluster.accounts) or why_incomplete(cluster.associations)
        outcomes.failed(action, f"not read back: {unknown}")
        return False
    if action.order.type is OrderType.TERMINATE:
        return _ended(action, cluster, outcomes)
    account, resource = _accounts(cluster).get(action.account), action.order.resource_uuid
    if asked.waits(resource):
        outcomes.waiting(action, f"account {action.account} waits for its running jobs")
        return False
    if account is None or not asked.met(resource, account, cluster):
        outcomes.failed(action, f"account {action.account} is not in Slurm as it was ordered; it is tried again")
        return False
    return True


def _ended(action: FinishOrder, cluster: ClusterSnapshot, outcomes: Outcomes) -> bool:
    account, users = _accounts(cluster).get(action.account), by_account(value_or(cluster.associations, ()))
    kept = action.keeps and account is not None and bool(terminated_on(account))
    if (account is not None and not kept) or action.account in users:
        outcomes.waiting(action, f"account {action.account} is still there")
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
            elif action.order.type in {OrderType.CREATE, OrderType.RESTORE} and not named:
                outcomes.failed(action, f"the resource does not show backend_id {action.account} when read again")
            else:
                still.append(action)
    return still


def _accounts(cluster: ClusterSnapshot) -> Mapping[str, Account]:
    return value_or(cluster.accounts, {})


def _checksum(metadata: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()[:16]
