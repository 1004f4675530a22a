"""What the journal must know before anything changes: names, what is ours, absences, and what is settled."""

from agent.core.actions import Action, DisableDirectoryUser, Evidence, RemoveCoordinator, RemoveDirectoryUser
from agent.core.known import Known
from agent.core.plan import Plan
from agent.core.snapshot import NO_DIRECTORY, NOT_READ, Complete, Observed, complete, reason
from agent.engine.world import World


def remember(world: World, observed: Observed, known: Known, plan: Plan) -> None:
    """What the journal must know before anything changes: names, inherited associations, absences."""
    _remember_names(world, observed, plan)
    if vanished := _vanished(observed, known):
        world.journal.forget_associations(vanished, observed.at)
    if gone := _gone(observed, known):
        world.journal.unblock(gone)
        world.journal.put_back([(key, word) for key in gone for word in known.replaced.get(key, ())])
    if plan.inherited:
        world.journal.remember_associations(plan.inherited, observed.at)
    _note_settled(world, observed, plan)
    absent = _absent(observed, known, plan)
    if absent != set(known.first_missing) and of_all_offerings(world, observed) and looked_everywhere(observed):
        world.journal.missing(sorted(absent), observed.at)


def of_all_offerings(world: World, observed: Observed) -> bool:
    """Whether this run is about every offering of the settings."""
    return set(observed.offerings) == {policy.uuid for policy in world.policies}


def looked_everywhere(observed: Observed) -> bool:
    """Whether this cycle's absences in Slurm are all there are: an outage neither dates an absence nor forgets one."""
    cluster = complete(observed.cluster.accounts) and complete(observed.cluster.associations)
    return cluster and all(
        complete(section)
        for snapshot in observed.offerings.values()
        for section in (snapshot.resources, snapshot.teams, snapshot.users, snapshot.services, snapshot.orders)
    )


def directory_seen(observed: Observed) -> bool:
    """Whether the published directory and every feed were read whole, where there is a directory."""
    if reason(observed.directory) == NO_DIRECTORY:
        return True
    return complete(observed.directory) and all(complete(one.feed) for one in observed.offerings.values())


def _remember_names(world: World, observed: Observed, plan: Plan) -> None:
    """Whose each name is, before the marketplace or Slurm hears of it."""
    holders = {**plan.holders, **{name: person for (_, person), name in plan.usernames.items()}}
    if holders:
        world.journal.hold_usernames(holders, observed.at)
    for offering in sorted({offering for offering, _ in plan.usernames}):
        mine = {person: name for (where, person), name in plan.usernames.items() if where == offering}
        world.journal.remember_usernames(offering, mine)


def _note_settled(world: World, observed: Observed, plan: Plan) -> None:
    """What is back without our doing. Written only when there is something: an idle cycle writes nothing."""
    settled = plan.settled
    if settled.fields:
        world.journal.put_back(settled.fields)
    if settled.aside:
        world.journal.taken_up(settled.aside)
    if settled.blocks:
        world.journal.unblock(settled.blocks)
    if settled.coordinators:
        world.journal.forget_coordinators(settled.coordinators)
    if settled.periods:
        world.journal.remember_resets(settled.periods, observed.at)


def _absent(observed: Observed, known: Known, plan: Plan) -> set[str]:
    """The keys of everything that is missing; of what could not be looked at, what was missing before."""
    actions = (*plan.actions, *(item.action for item in plan.held))
    found = {action.key for action in actions if action.evidence is Evidence.ABSENCE}
    unseen: list[type[Action]] = []
    if not directory_seen(observed):
        unseen += [DisableDirectoryUser, RemoveDirectoryUser]
    if observed.cluster.coordinators != NOT_READ and not complete(observed.cluster.coordinators):
        unseen.append(RemoveCoordinator)
    kinds = tuple(f"{each.kind} " for each in unseen)
    return found | {key for key in known.first_missing if key.startswith(kinds)}


def _vanished(observed: Observed, known: Known) -> list[tuple[str, str]]:
    """Associations the journal holds and Slurm does not: whoever adds such a pair now is somebody else."""
    section = observed.cluster.associations
    if not isinstance(section, Complete):
        return []
    return sorted(known.associations - {(one.account, one.user) for one in section.value})


def _gone(observed: Observed, known: Known) -> list[str]:
    """Accounts and associations with a block or a replaced value that are not in Slurm: there is nothing to put back.

    Whoever makes one of the same name means it as it is made.
    """
    accounts, associations = observed.cluster.accounts, observed.cluster.associations
    if not isinstance(accounts, Complete) or not isinstance(associations, Complete):
        return []
    pairs = {f"{one.account}/{one.user}" for one in associations.value}
    single = {f"{one.account}/{one.user}@{one.partition}" for one in associations.value if one.partition}
    there = {*accounts.value, *pairs, *single}
    return sorted({*known.blocked, *known.replaced} - there)
