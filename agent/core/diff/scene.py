"""One offering's desired state beside what the cluster shows: what every part of the diff looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from agent.core.actions import Action
from agent.core.desired import DesiredOffering
from agent.core.known import Known
from agent.core.model.cluster import Account, Association, Qos
from agent.core.place import is_ours
from agent.core.snapshot import ClusterSnapshot, OfferingSnapshot, Section, SectionName, complete, value_or
from agent.core.tree import Above


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``users``: account → user → its association; ``partitions``: those that are good for one partition only.

    ``complete``: the sections that can be trusted to be everything. ``parents``: the accounts there are or will be once
    this plan is carried out. ``usernames``: the names of the offering's people and service accounts, past ones too.
    ``own_names``: those that have an association of the agent's own in an account of the offering.
    """

    desired: DesiredOffering
    snapshot: OfferingSnapshot
    cluster: ClusterSnapshot
    now: float
    known: Known
    accounts: Mapping[str, Account]
    users: Mapping[str, Mapping[str, Association]]
    partitions: Mapping[tuple[str, str], Mapping[str, Association]]
    qos: Mapping[str, Qos]
    parents: frozenset[str]
    complete: frozenset[SectionName]
    usernames: frozenset[str] = frozenset()
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own_names: frozenset[str] = field(default_factory=frozenset)

    @property
    def offering(self) -> str:
        """The offering's UUID."""
        return self.desired.policy.uuid

    def may(self, action: type[Action]) -> bool:
        """Whether every section this type of action rests on is complete."""
        return action.needs <= self.complete

    def ours(self, account: str, user: str) -> bool:
        """Whether an association is the agent's own.

        The journal says so; or, for an account it has never heard of, the name belongs to an offering user. A lost
        journal therefore never takes what an administrator added.
        """
        if (account, user) in self.known.associations:
            return True
        return account not in self.known.journaled and user in self.usernames

    def own_users(self, account: str) -> frozenset[str]:
        """The users of an account whose associations are the agent's own."""
        return self.own.get(account, frozenset())

    def our_accounts(self) -> Iterable[Account]:
        """Every account with this offering's marker."""
        return (account for account in self.accounts.values() if is_ours(account, self.offering))

    def managed(self) -> int:
        """How many objects of this offering the agent manages: accounts and associations."""
        return sum(1 + len(self.own_users(account.name)) for account in self.our_accounts())


def scene(
    desired: DesiredOffering, snapshot: OfferingSnapshot, cluster: ClusterSnapshot, known: Known, now: float
) -> Scene:
    """The scene of one offering."""
    accounts, associations = value_or(cluster.accounts, {}), value_or(cluster.associations, ())
    found = Scene(
        cluster=cluster,
        now=now,
        qos=value_or(cluster.qos, {}),
        parents=_parents(desired.above, accounts),
        desired=desired,
        snapshot=snapshot,
        known=known,
        accounts=accounts,
        users=by_account(associations),
        partitions=by_partition(associations),
        complete=_complete(snapshot, cluster),
        usernames=_usernames(desired, snapshot),
    )
    own = {name: frozenset(user for user in users if found.ours(name, user)) for name, users in found.users.items()}
    names = (user for account in found.our_accounts() for user in own.get(account.name, ()))
    return replace(found, own=own, own_names=frozenset(names))


def _usernames(desired: DesiredOffering, snapshot: OfferingSnapshot) -> frozenset[str]:
    shown = (name for user, naming in desired.people for name in (user.username, naming.held))
    services = (account.username for account in value_or(snapshot.services, ()))
    return frozenset(filter(None, (*shown, *services)))


def _parents(above: Iterable[Above], accounts: Iterable[str]) -> frozenset[str]:
    """The accounts there are, and those that can be made above others; ``above`` has parents first."""
    found = set(accounts)
    for one in above:
        if not one.place.refused and one.account.parent in found:
            found.add(one.place.name)
    return frozenset(found)


def ended_blocks(scene: Scene) -> Iterable[str]:
    """The agent's own blocks that do not stand any more on what the offering wants, whoever took them back."""
    for wanted in scene.desired.wanted if scene.known.blocked else ():
        name, users = wanted.place.name, scene.users.get(wanted.place.name, {})
        if not wanted.place.ours:
            continue
        if name in scene.known.blocked and scene.accounts[name].grp_submit_jobs != 0:
            yield name
        for user, one in users.items():
            all_of_them = (one, *scene.partitions.get((name, user), {}).values())
            if f"{name}/{user}" in scene.known.blocked and all(each.max_submit_jobs != 0 for each in all_of_them):
                yield f"{name}/{user}"


def by_account(associations: Iterable[Association]) -> dict[str, dict[str, Association]]:
    """Account → user → association; of several partition associations of one user, the one for all partitions."""
    found: dict[str, dict[str, Association]] = {}
    for association in sorted(associations, key=lambda association: association.partition, reverse=True):
        found.setdefault(association.account, {})[association.user] = association
    return found


def by_partition(associations: Iterable[Association]) -> dict[tuple[str, str], dict[str, Association]]:
    """(account, user) → partition → association, of those who have one that is good for a partition only."""
    found: dict[tuple[str, str], dict[str, Association]] = {}
    for association in associations:
        if association.partition:
            found.setdefault((association.account, association.user), {})[association.partition] = association
    return found


def _complete(snapshot: OfferingSnapshot, cluster: ClusterSnapshot) -> frozenset[SectionName]:
    sections: dict[SectionName, Section[object]] = {
        SectionName.OFFERING: snapshot.offering,
        SectionName.ORDERS: snapshot.orders,
        SectionName.RESOURCES: snapshot.resources,
        SectionName.TEAMS: snapshot.teams,
        SectionName.USERS: snapshot.users,
        SectionName.SERVICES: snapshot.services,
        SectionName.FEED: snapshot.feed,
        SectionName.ACCOUNTS: cluster.accounts,
        SectionName.ASSOCIATIONS: cluster.associations,
        SectionName.PARTITIONS: cluster.partitions,
        SectionName.QOS: cluster.qos,
        SectionName.COORDINATORS: cluster.coordinators,
        SectionName.DEFAULT_ACCOUNTS: cluster.default_accounts,
    }
    return frozenset(name for name, section in sections.items() if complete(section))
