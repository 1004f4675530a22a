"""Take accounts under management: find out everything that follows, then write the marker and nothing else.

Each step can be the last one before a crash: calling it again finds what is there and does the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agent.core.adoption import AdoptAccount, Consequences, Sight, adoption, candidates, consequences, imagined
from agent.core.plan import Plan
from agent.core.snapshot import Observed, Section, reason, value_or
from agent.engine.closer import with_counted
from agent.engine.observe import observe
from agent.engine.outcomes import Outcomes
from agent.engine.world import World
from agent.errors import AgentError, NotConverged, Rejected, Unavailable


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An adoption with everything that follows from it."""

    adopted: AdoptAccount
    follows: Consequences
    unwritten: tuple[str, ...] = ()
    """Users that become the agent's own and are not in the journal yet."""

    @property
    def empty(self) -> bool:
        """Whether the account is the resource's already, and both sides and the journal know it."""
        return self.adopted.before == self.adopted.after and not self.adopted.renames and not self.unwritten


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An unmarked account that could be a resource's: what follows from adopting it, or why it cannot be."""

    account: str
    resource: str
    name: str
    like: str
    proposal: Proposal | None = None
    refused: str = ""


def look(world: World) -> Sight:
    """Both sides, whole. Raises Unavailable when a part is not known for sure: nothing is adopted on half a view."""
    observed = observe(world, world.policies)
    if unknown := _unknown(world, observed):
        raise Unavailable(f"what adopting would change cannot be said now: {unknown}")
    return Sight(
        observed=observed,
        policies=world.policies,
        guard=world.guard,
        known=world.journal.known(observed.at),
        makers=world.makers,
    )


def propose(world: World, sight: Sight, account: str, resource: str) -> Proposal:
    """What adopting would change. Raises Rejected when it may not be done."""
    found = adoption(sight, account, resource)
    if isinstance(found, str):
        raise Rejected(f"account {account} is not adopted: {found}")
    return _proposals(world, sight, [found])[0]


def scan(world: World, sight: Sight) -> list[Candidate]:
    """Every account that could be adopted, in the order of the resources; nothing is written."""
    found: list[Candidate] = []
    for _, resource, account in candidates(sight):
        like = "the backend_id" if resource.backend_id.lower() == account else "the name it would get"
        adopted = adoption(sight, account, resource.uuid)
        refused = adopted if isinstance(adopted, str) else ""
        found.append(Candidate(account=account, resource=resource.uuid, name=resource.name, like=like, refused=refused))
    return list(_with_proposals(world, sight, found))


def adopt(world: World, proposal: Proposal) -> None:
    """Write the marker, read it back, and tell the journal and the marketplace; under the caller's turn.

    Raises NotConverged when Slurm refused it or does not show it, Unavailable when a side is away.
    """
    if proposal.empty:
        return
    adopted, now = proposal.adopted, world.clock.now()
    run = world.journal.begin("adopt", now)
    world.journal.intend(run, [adopted], now)
    outcomes = Outcomes(world, run)
    try:
        _carry_out(world, proposal, now)
    except AgentError as error:
        outcomes.failed(adopted, str(error))
        world.journal.end(run, world.clock.now(), "1 failed")
        raise
    outcomes.done(adopted)
    world.journal.end(run, world.clock.now(), "done")


def _carry_out(world: World, proposal: Proposal, now: float) -> None:
    adopted, name = proposal.adopted, proposal.adopted.after.name
    world.journal.remember_accounts({adopted.resource.uuid: name}, now)
    if adopted.before != adopted.after:
        _mark(world, adopted)
    if proposal.unwritten:
        world.journal.remember_associations([(name, user) for user in proposal.unwritten], now)
    if adopted.renames:
        world.marketplace.set_backend_id(adopted.resource.uuid, name)


def _mark(world: World, adopted: AdoptAccount) -> None:
    name = adopted.after.name
    refusals = world.cluster.change([(adopted.before, adopted.after)])
    if refusals:
        raise NotConverged(f"account {name} is not adopted, Slurm refused it: {refusals[0].reason}")
    there = value_or(world.cluster.observe_accounting().accounts, {}).get(name)
    if there is None or (there.organization, there.description) != (
        adopted.after.organization,
        adopted.after.description,
    ):
        raise NotConverged(f"account {name} was given its marker and does not show it when read again; call it again")


def _proposals(world: World, sight: Sight, adoptions: Sequence[AdoptAccount]) -> list[Proposal]:
    """All of them in one imagined world; their accounts are different ones."""
    seen = imagined(sight, adoptions)
    plan = seen.plan()
    closer = with_counted(world, seen.observed, plan)
    if closer is not seen.observed:
        plan = replace(seen, observed=closer).plan()
    return [_proposal(seen, plan, one) for one in adoptions]


def _proposal(seen: Sight, plan: Plan, adopted: AdoptAccount) -> Proposal:
    follows = consequences(seen, plan, adopted)
    name = adopted.after.name
    unwritten = tuple(user for user in follows.own if (name, user) not in seen.known.associations)
    return Proposal(adopted=adopted, follows=follows, unwritten=unwritten)


def _with_proposals(world: World, sight: Sight, found: Sequence[Candidate]) -> Iterable[Candidate]:
    """In as few imagined worlds as there are resources for one account."""
    proposals: dict[tuple[str, str], Proposal] = {}
    left = [one for one in found if not one.refused]
    while left:
        now = {one.account: one for one in reversed(left)}
        left = [one for one in left if now[one.account] is not one]
        adoptions = [adoption(sight, one.account, one.resource) for one in now.values()]
        for proposal in _proposals(world, sight, [one for one in adoptions if isinstance(one, AdoptAccount)]):
            proposals[proposal.adopted.after.name, proposal.adopted.resource.uuid] = proposal
    for one in found:
        yield replace(one, proposal=proposals.get((one.account, one.resource)))


def _unknown(world: World, observed: Observed) -> str:
    """The first reason why a section that adopting rests on is not known for sure; "" when all are."""
    cluster = observed.cluster
    needed: list[Section[object]] = [cluster.accounts, cluster.associations]
    if any(policy.limits_on == "qos" for policy in world.policies):
        needed.append(cluster.qos)
    for one in observed.offerings.values():
        needed += [one.offering, one.orders, one.resources, one.teams, one.users]
    return next(filter(None, map(reason, needed)), "")
