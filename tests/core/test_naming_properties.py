"""What holds of names whatever the marketplace, the journal and the sources say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.known import Known
from agent.core.model.cluster import Association, ClusterFacts
from agent.core.model.directory import Feed
from agent.core.model.marketplace import Offering, OfferingUser
from agent.core.names import is_username
from agent.core.naming import CREATED, LINKING, Namer, Naming, Sources
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Complete, Observed, OfferingSnapshot
from agent.core.usernames import claims
from tests.fixtures import wild_people
from tests.fixtures.wild_worlds import OFFERINGS, examples
from tests.fixtures.worlds import NOW, POLICY

Named = Mapping[tuple[str, str], Naming]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The people of two offerings, and everything their names depend on."""

    users: Mapping[str, Sequence[OfferingUser]]
    policies: tuple[OfferingPolicy, ...]
    known: Known
    sources: Sources
    associated: frozenset[str]

    def named(self) -> Named:
        """(offering, person) → naming."""
        observed = self._observed()
        found = claims(observed, self.known, self.sources.reserved, self.sources.local)
        namer = Namer(self.known, found, self.sources, {})
        return {
            (policy.uuid, person): naming
            for policy in self.policies
            for person, naming in namer.of(policy, _offering(policy.uuid), self.users[policy.uuid]).items()
        }

    def learnt(self, named: Named) -> "Crowd":
        """The journal notes the names; it does before anything is told."""
        names = {key: naming.name for key, naming in named.items() if naming.name}
        holders = {name: person for (_, person), name in names.items()}
        known = replace(
            self.known,
            usernames={**self.known.usernames, **names},
            holders={**holders, **self.known.holders},
            let_go={name: at for name, at in self.known.let_go.items() if name not in holders},
        )
        return replace(self, known=known)

    def told(self, named: Named) -> "Crowd":
        """The marketplace takes the names, and reports those people as ready."""
        return replace(
            self,
            users={
                uuid: [self._told(one, named[uuid, one.user_uuid]) for one in users]
                for uuid, users in self.users.items()
            },
        )

    def _told(self, user: OfferingUser, naming: Naming) -> OfferingUser:
        state = "OK" if user.state in CREATED | {LINKING} else user.state
        return replace(user, username=naming.write, state=state) if naming.write else user

    def _observed(self) -> Observed:
        associations = tuple(Association(account="waldur", user=name) for name in sorted(self.associated))
        cluster = ClusterSnapshot(
            accounts=Complete({}),
            associations=Complete(associations),
            partitions=Complete({}),
            facts=Complete(ClusterFacts(name="c1", version="25.11", nodes=1)),
        )
        return Observed(at=NOW, offerings={uuid: self._snapshot(uuid) for uuid in OFFERINGS}, cluster=cluster)

    def _snapshot(self, uuid: str) -> OfferingSnapshot:
        return OfferingSnapshot(
            offering=Complete(_offering(uuid)),
            orders=Complete(()),
            resources=Complete(()),
            teams=Complete(()),
            users=Complete(tuple(self.users[uuid])),
            feed=Complete(Feed()),
        )


def _offering(uuid: str) -> Offering:
    return Offering(uuid=uuid, name=uuid, state="Active", customer_uuid="c")


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    policies = tuple(replace(POLICY, uuid=uuid, username=draw(wild_people.username_policies())) for uuid in OFFERINGS)
    return Crowd(
        users={uuid: draw(wild_people.offering_users(uuid)) for uuid in OFFERINGS},
        policies=policies,
        known=draw(wild_people.remembered_names(OFFERINGS, Known())),
        sources=draw(wild_people.sources(policies)),
        associated=frozenset(draw(st.sets(st.sampled_from((*wild_people.PEOPLE, "hpc1", "hpc2")), max_size=2))),
    )


def names(named: Named) -> dict[tuple[str, str], str]:
    return {key: naming.name for key, naming in named.items() if naming.name}


@examples(80)
@given(crowds())
def test_every_name_is_a_username_and_whoever_has_none_reads_why(crowd):
    for naming in crowd.named().values():
        assert bool(naming.name) != bool(naming.reason)
        assert naming.write in {"", naming.name}
        assert not naming.name or is_username(naming.name)


@examples(80)
@given(crowds())
def test_no_two_people_have_one_name_and_nobody_one_that_another_ever_held(crowd):
    holder = dict(crowd.known.holders)
    for (_, person), name in names(crowd.named()).items():
        assert holder.setdefault(name, person) == person


@examples(80)
@given(crowds())
def test_a_new_name_is_none_of_the_system_s_none_of_this_host_s_and_none_in_use(crowd):
    shown = {one.username for users in crowd.users.values() for one in users}
    for (_, person), naming in crowd.named().items():
        if naming.write and not naming.back and naming.write not in crowd.known.holders.keys() | shown:
            assert naming.write not in wild_people.RESERVED | wild_people.LOCAL
            assert naming.write not in crowd.associated | crowd.known.uids.keys() - crowd.known.let_go.keys(), person


@examples(80)
@given(crowds())
def test_who_gets_a_name_in_two_offerings_gets_the_same_one(crowd):
    given_names: dict[str, str] = {}
    for (_, person), naming in crowd.named().items():
        if naming.write and not naming.back:
            assert given_names.setdefault(person, naming.write) == naming.write


@examples(80)
@given(crowds(), st.data())
def test_the_order_of_the_lists_does_not_matter(crowd, data):
    mixed = {uuid: data.draw(st.permutations(users)) for uuid, users in crowd.users.items()}
    assert replace(crowd, users=mixed).named() == crowd.named()


@examples(80)
@given(crowds())
def test_what_was_remembered_holds_in_a_second_plan_whether_the_marketplace_heard_of_it_or_not(crowd):
    first = crowd.named()
    for after in (crowd.learnt(first), crowd.learnt(first).told(first)):
        assert names(after.named()).items() >= names(first).items()


@examples(80)
@given(crowds())
def test_once_the_marketplace_has_heard_of_every_name_there_is_none_to_tell(crowd):
    for _ in OFFERINGS:
        named = crowd.named()
        crowd = crowd.learnt(named).told(named)
    assert [naming for naming in crowd.named().values() if naming.write] == []
