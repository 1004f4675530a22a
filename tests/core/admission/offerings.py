"""Two offerings with their people, their feeds and a published directory: what the intake looks at."""

from dataclasses import dataclass, field
from typing import Any

from agent.core.admission import Admitted
from agent.core.admission.feeds import believed, wants_last_good
from agent.core.admission.intake import admit_feeds
from agent.core.known import Known
from agent.core.model.directory import Directory, DirectoryUser, Feed
from agent.core.model.marketplace import ProjectRole, Resource, ResourceState, ServiceAccount
from agent.core.policy import AdmissionPolicy, OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Complete, Missing, Observed, OfferingSnapshot, Section
from tests.core.admission.slices import A, B, feed
from tests.fixtures.worlds import NOW, offering_user, uuid_of

NOTHING = Missing("not read")
CLUSTER = ClusterSnapshot(accounts=NOTHING, associations=NOTHING, partitions=NOTHING, facts=NOTHING)
AT_A = OfferingPolicy(uuid=A, name="HPC", parent_account="waldur")
AT_B = OfferingPolicy(uuid=B, name="GPU", parent_account="waldur")


@dataclass
class Side:
    """One offering: ``people`` are its offering users, name → person; ``roles`` and ``resources`` say who may work."""

    feed: Section[Feed] = field(default_factory=lambda: Complete(Feed()))
    people: dict[str, str] = field(default_factory=dict)
    services: list[ServiceAccount] = field(default_factory=list)
    roles: list[ProjectRole] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    sections: dict[str, Section[Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    restricted: set[str] = field(default_factory=set)

    def lists(self, *users: DirectoryUser, tells_disabled: bool = True, **fields: Any) -> None:
        """The feed holds these users with their own groups."""
        self.feed = Complete(Feed(directory=feed(*users, **fields), tells_disabled=tells_disabled))

    def works_in(self, *people: str, state: ResourceState = ResourceState.OK, expires: float | None = None) -> None:
        """These have a role in a project with a resource in this state."""
        project = uuid_of(f"project {len(self.resources)}")
        self.resources.append(Resource(uuid=project, name="r", slug="r", state=state, project_uuid=project))
        self.roles += [
            ProjectRole(project_uuid=project, user_uuid=uuid_of(one), role="PROJECT.MEMBER", expires=expires)
            for one in people
        ]

    def snapshot(self) -> OfferingSnapshot:
        users = [
            offering_user(
                person, username=name, state=self.states.get(person, "OK"), restricted=person in self.restricted
            )
            for name, person in self.people.items()
        ]
        values: dict[str, Section[Any]] = {
            "offering": NOTHING,
            "orders": Complete(()),
            "resources": Complete(tuple(self.resources)),
            "teams": Complete(tuple(self.roles)),
            "users": Complete(tuple(users)),
            "services": Complete(tuple(self.services)),
            "feed": self.feed,
        }
        return OfferingSnapshot(**{**values, **self.sections})


@dataclass
class Offerings:
    """``a`` comes before ``b`` in the settings. ``last_good``: what the journal holds of their feeds."""

    a: Side = field(default_factory=Side)
    b: Side = field(default_factory=Side)
    known: Known = field(default_factory=Known)
    published: Directory = field(default_factory=Directory)
    last_good: dict[str, Feed] = field(default_factory=dict)
    policy: AdmissionPolicy = field(default_factory=AdmissionPolicy)

    def observed(self) -> Observed:
        return Observed(
            at=NOW,
            offerings={A: self.a.snapshot(), B: self.b.snapshot()},
            cluster=CLUSTER,
            directory=Complete(self.published),
        )

    def admitted(self, *, confirmed: bool = False) -> Admitted:
        observed = self.observed()
        good = {uuid: feed for uuid, feed in self.last_good.items() if wants_last_good(observed.offerings[uuid].feed)}
        found = admit_feeds([AT_A, AT_B], believed(observed, good, confirmed=confirmed), self.known, good, self.policy)
        assert found is not None
        return found

    def publish(self) -> None:
        """What is admitted now is published, the journal knows it, and the feeds are the last good ones."""
        found = self.admitted()
        users = {user.name: user.uidnumber for user in found.directory.users}
        usernames = {
            (offering, uuid_of(person)): name
            for offering, side in ((A, self.a), (B, self.b))
            for name, person in side.people.items()
        }
        self.published = found.directory
        self.known = Known(
            uids={**self.known.uids, **users},
            gids={**self.known.gids, **found.own_groups},
            groups={**found.groups, **self.known.groups},
            persons={**self.known.persons, **found.persons},
            usernames={**self.known.usernames, **usernames},
            holders={**{name: who for (_, who), name in reversed(usernames.items())}, **self.known.holders},
        )
        self.last_good = {
            uuid: side.feed.value for uuid, side in ((A, self.a), (B, self.b)) if isinstance(side.feed, Complete)
        }

    def user(self, name: str) -> DirectoryUser:
        """One user as it would be served."""
        (found,) = [user for user in self.admitted().directory.users if user.name == name]
        return found
