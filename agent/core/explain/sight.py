"""All that an answer is made of, found by name: both sides, the journal, the plan, and who resolves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.core.actions import Action, CreateAccount
from agent.core.explain.people import People
from agent.core.guard import HeldAction
from agent.core.model.cluster import Account, Association
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.marketplace import Resource
from agent.core.model.people import Identity
from agent.core.place import marks
from agent.core.plan import Plan
from agent.core.snapshot import Section, value_or


@dataclass(frozen=True, kw_only=True)
class Sight(People):
    """``identities``: "nss" and "ldap", where they can be asked → the names asked for that resolve."""

    plan: Plan
    identities: Mapping[str, Section[Mapping[str, Identity]]] = field(default_factory=dict)

    @cached_property
    def other_names(self) -> frozenset[str]:
        """Usernames that are known without a person: of Slurm, of the directory, of the journal."""
        known = self.known
        return frozenset(
            {*self.of_user, *self.records, *known.holders, *known.let_go, *known.uids}
            | {user for _, user in known.associations}
        )

    @cached_property
    def resources(self) -> Mapping[str, tuple[str, Resource]]:
        """Resource → (offering, resource)."""
        return {
            one.uuid: (uuid, one)
            for uuid, snapshot in self.observed.offerings.items()
            for one in value_or(snapshot.resources, ())
        }

    @cached_property
    def slurm_accounts(self) -> Mapping[str, Account]:
        """The accounts in Slurm."""
        return value_or(self.observed.cluster.accounts, {})

    @cached_property
    def accounts(self) -> Mapping[str, str]:
        """Resource → its account: by its marker, else as it is to be made, else as journal or marketplace name it."""
        found = {uuid: one.backend_id.lower() for uuid, (_, one) in self.resources.items() if one.backend_id}
        found |= self.known.accounts
        found |= {one.resource: one.account.name for one in self.plan.actions if isinstance(one, CreateAccount)}
        for policy in self.policies:
            found |= marks(self.slurm_accounts, policy.uuid)
        return {uuid: name for uuid, name in found.items() if "@" not in uuid}

    @cached_property
    def resource_of(self) -> Mapping[str, str]:
        """Account → the resource that has it; of several that claim it, one the marketplace lists."""
        listed = sorted(self.accounts.items(), key=lambda pair: pair[0] in self.resources)
        return {account: resource for resource, account in listed if account}

    @cached_property
    def of_user(self) -> Mapping[str, Sequence[Association]]:
        """Username → the associations in Slurm."""
        found: dict[str, list[Association]] = defaultdict(list)
        for one in value_or(self.observed.cluster.associations, ()):
            found[one.user].append(one)
        return dict(found)

    @cached_property
    def of_account(self) -> Mapping[str, Sequence[Association]]:
        """Account → the associations of its users."""
        found: dict[str, list[Association]] = defaultdict(list)
        for one in value_or(self.observed.cluster.associations, ()):
            found[one.account].append(one)
        return dict(found)

    @cached_property
    def coordinators(self) -> Mapping[str, frozenset[str]]:
        """Account → who coordinates it, where that is read."""
        return value_or(self.observed.cluster.coordinators, {})

    @cached_property
    def default_accounts(self) -> Mapping[str, str]:
        """Username → the default account, where that is read."""
        return value_or(self.observed.cluster.default_accounts, {})

    @cached_property
    def strangers(self) -> frozenset[str]:
        """``account/user`` of the associations in our accounts that somebody else made."""
        return frozenset(self.plan.strangers)

    @cached_property
    def records(self) -> Mapping[str, DirectoryUser]:
        """Username → its published record."""
        return {user.name: user for user in value_or(self.observed.directory, Directory()).users}

    @cached_property
    def planned(self) -> Mapping[str, Sequence[Action]]:
        """Subject (``account``, ``account/user``, a username, an offering user) → what the next sync does about it."""
        found: dict[str, list[Action]] = defaultdict(list)
        for action in self.plan.actions:
            found[action.subject.partition("@")[0]].append(action)
        return dict(found)

    @cached_property
    def held(self) -> Mapping[str, Sequence[HeldAction]]:
        """Subject → what the guard holds of it."""
        found: dict[str, list[HeldAction]] = defaultdict(list)
        for item in self.plan.held:
            found[item.action.subject.partition("@")[0]].append(item)
        return dict(found)

    @cached_property
    def waiting(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """(offering, marketplace user) → account → why this person cannot be in it yet."""
        found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for item in self.plan.waiting:
            found[item.offering, item.user_uuid][item.account] = item.reason
        return dict(found)
