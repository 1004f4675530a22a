"""Whatever the world looks like, there is an answer, and it never says no where it does not know."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.explain import (
    History,
    Kind,
    Mark,
    Past,
    Sight,
    Stay,
    Step,
    Subject,
    explain,
    find,
    near,
    traces,
    verdict,
)
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.marketplace import AccountKind, ServiceAccount
from agent.core.model.people import Identity
from agent.core.place import is_ours
from agent.core.policy import GuardPolicy
from agent.core.snapshot import Complete, Missing, Partial
from tests.fixtures.wild_worlds import NAMES, NOW, OFFERINGS, PEOPLE, PROJECTS, USERNAMES, Wild, examples, wild_worlds
from tests.fixtures.worlds import uuid_of

RESOLVED = st.just({"alice": Identity(name="alice", uid=10_001), "bob": Identity(name="bob", uid=7)})
SECTIONS = st.none() | RESOLVED.map(Complete) | st.just(Missing("no answer"))
RECORDS = tuple(
    DirectoryUser(name=name, uidnumber=uid, primarygroup=uid, disabled=name == "carol")
    for uid, name in enumerate(("alice", "carol", "local"), 10_001)
)
DIRECTORIES = st.sampled_from([Complete(Directory(users=RECORDS)), Missing("away"), Partial(Directory(), "half")])


@st.composite
def services(draw: st.DrawFn) -> ServiceAccount:
    where = draw(st.sampled_from([{"project_uuid": PROJECTS[0]}, {"customer_uuid": uuid_of("lab")}, {}]))
    kind = draw(st.sampled_from(list(AccountKind)))
    return ServiceAccount(
        kind=kind,
        uuid=uuid_of(f"{kind} {draw(st.integers(0, 2))}"),
        username=draw(st.sampled_from(("robot", *USERNAMES))),
        state=draw(st.sampled_from(["", "OK", "Closed", "Erred"])),
        ends=draw(st.sampled_from([None, NOW - 1])),
        **where,
    )


@st.composite
def sights(draw: st.DrawFn) -> tuple[Wild, Sight, History]:
    wild = draw(wild_worlds())
    holders = draw(
        st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from([uuid_of(one) for one in (*PEOPLE, "nobody")]))
    )
    let_go = dict.fromkeys(draw(st.sets(st.sampled_from(("gone", "local")))), NOW - 5)
    wild = replace(wild, known=replace(wild.known, holders=holders, let_go=let_go, uids={"alice": 10_001}))
    wild = replace(
        wild, policies=tuple(replace(one, gate=draw(st.sampled_from(["none", "nss", "ldap"]))) for one in wild.policies)
    )
    observed, found = wild.observed(), draw(st.lists(services(), max_size=3))
    snapshots = {uuid: replace(one, services=Complete(tuple(found))) for uuid, one in observed.offerings.items()}
    sight = Sight(
        observed=replace(observed, offerings=snapshots, directory=draw(DIRECTORIES)),
        known=wild.known,
        policies=wild.policies,
        plan=wild.plan(GuardPolicy(), confirmed=draw(st.booleans())),
        identities={which: said for which in ("nss", "ldap") if (said := draw(SECTIONS)) is not None},
    )
    return wild, sight, draw(histories())


@st.composite
def histories(draw: st.DrawFn) -> History:
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from((*PEOPLE, "local")))
    outcomes = [
        Past(
            at=NOW - number,
            key=f"{kind} {account}/{user}",
            what=kind,
            result=draw(st.sampled_from(["done", "failed", "waiting", ""])),
        )
        for number, (account, user) in enumerate(draw(st.lists(pairs, max_size=3)))
        for kind in ("add association", "remove association")
    ]
    stays = [
        Stay(account=account, user=user, made=NOW - 9, removed=draw(st.sampled_from([None, NOW - 1])))
        for account, user in draw(st.lists(pairs, max_size=3))
    ]
    return History(outcomes=tuple(outcomes), stays=tuple(stays))


def everything(sight: Sight) -> list[str]:
    """All that could be asked about."""
    people = [uuid for _, uuid in sight.known_people]
    return [
        *people,
        *sight.people,
        *sight.other_names,
        *sight.resources,
        *sight.accounts,
        *sight.slurm_accounts,
        "robot",
    ]


@examples(150)
@given(sights())
def test_whatever_is_known_has_an_answer_of_at_least_one_link(world: tuple[Wild, Sight, History]) -> None:
    _, sight, history = world
    for name in everything(sight):
        found = find(sight, name)
        assert found or name == "robot", name
        for subject in found:
            assert explain(sight, subject, history)
        traces(sight, found)


@examples(100)
@given(sights(), st.text(max_size=40) | st.sampled_from(["alic", "alpha-3", "", " ", "*", "0" * 8]))
def test_any_text_at_all_can_be_asked_about(world: tuple[Wild, Sight, History], text: str) -> None:
    _, sight, history = world
    assert all(explain(sight, subject, history) for subject in find(sight, text))
    assert all(find(sight, name) for name in near(sight, text))


@examples(150)
@given(sights())
def test_of_a_side_that_was_not_read_nothing_is_denied(world: tuple[Wild, Sight, History]) -> None:
    """Where teams, users or Slurm were not read whole, a link that rests on them is "not known", or what was read."""
    wild, sight, history = world
    for offering in OFFERINGS:
        for person in PEOPLE:
            links = explain(sight, Subject(kind=Kind.PERSON, offering=offering, uuid=uuid_of(person)), history)
            mine = [link for link in links if sight.resources.get(link.resource, (offering,))[0] == offering]
            roles = [link for link in mine if link.step is Step.ROLE]
            if not wild.trusted(offering, "teams"):
                assert not [link for link in roles if link.mark is Mark.BROKEN]
            if not wild.trusted(offering, "users"):
                broken = [link for link in links if link.step is Step.OFFERING_USER and link.mark is Mark.WAITING]
                assert not [link for link in broken if "none yet" in link.text]
            if wild.trust.get("associations", 2) < 2:
                association = [link for link in links if link.step is Step.ASSOCIATION]
                assert not [link for link in association if link.mark is Mark.BROKEN and "none" in link.text]


@examples(100)
@given(sights())
def test_who_has_a_role_a_name_and_an_association_and_waits_for_nothing_is_well(
    world: tuple[Wild, Sight, History],
) -> None:
    """The verdict is made of the marks, and a person whose every link holds has the associations the links speak of."""
    _, sight, history = world
    for offering, person in sight.known_people:
        links = explain(sight, Subject(kind=Kind.PERSON, offering=offering, uuid=person), history)
        if verdict(links) is Mark.OK and any(link.step is Step.ROLE and link.mark is Mark.OK for link in links):
            there = {(one.account, one.user) for users in sight.of_user.values() for one in users}
            names = sight.names[offering, person]
            held = [link.account for link in links if link.step is Step.ASSOCIATION and link.mark is Mark.OK]
            assert held
            assert all(any((account, name) in there for name in names) for account in held)


@examples(100)
@given(sights())
def test_a_chain_at_one_offering_does_not_tell_of_the_accounts_of_another(world: tuple[Wild, Sight, History]) -> None:
    _, sight, history = world
    mine = {
        uuid: {name for one, name in sight.accounts.items() if sight.resources.get(one, ("",))[0] == uuid}
        for uuid in OFFERINGS
    }
    defaults = {policy.uuid: {policy.default_account} for policy in sight.policies}
    for offering, person in sight.known_people:
        links = explain(sight, Subject(kind=Kind.PERSON, offering=offering, uuid=person), history)
        (other,) = set(OFFERINGS) - {offering}
        theirs = mine[other] - mine[offering] - defaults[offering]
        foreign = {name for name in theirs if not _marked_for(sight, name, offering)}
        assert not foreign & {link.account for link in links if link.account}


def _marked_for(sight: Sight, name: str, offering: str) -> bool:
    account = sight.slurm_accounts.get(name)
    return account is not None and is_ours(account, offering)
