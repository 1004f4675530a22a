"""Whatever the feeds hold, what is admitted keeps every rule."""

import re
import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.admission import admit
from agent.core.admission.ledger import Ledger
from agent.core.admission.listings import Slice
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.policy import AdmissionPolicy
from tests.core.admission.slices import book, sliced
from tests.fixtures.wild_worlds import examples

POLICY = AdmissionPolicy(
    uid_range=(10_000, 10_040),
    gid_range=(10_000, 10_040),
    reserved_names=frozenset({"Local"}),
    reserved_uids=frozenset({10_007}),
    reserved_group_names=frozenset({"staff2"}),
    reserved_gids=frozenset({10_008}),
)
NUMBERS = st.integers(9_998, 10_042) | st.integers(-5, 70_000)
NAMES = st.sampled_from(
    ["alice", "bob", "carol", "local", "root", "sudo", "ALICE", "x-1", "10001", "staff2"]
) | st.text(max_size=6)
KEYS = st.sampled_from(
    [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me",
        'from="x" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]
)
USERS = st.builds(
    DirectoryUser,
    name=NAMES,
    uidnumber=NUMBERS,
    primarygroup=NUMBERS,
    othergroups=st.lists(NUMBERS, max_size=4).map(tuple),
    givenname=st.text(max_size=8),
    sn=st.text(max_size=8),
    mail=st.text(max_size=8) | st.just("a@b.c"),
    loginshell=st.sampled_from(["", "/bin/zsh", "/bin/evil"]) | st.text(max_size=4),
    homedir=st.sampled_from(["", "/home/", "/home/alice", "/etc", "/home/../etc/alice"]) | st.text(max_size=6),
    sshkeys=st.lists(KEYS | st.text(max_size=9), max_size=3).map(tuple),
    disabled=st.booleans(),
)
GROUPS = st.builds(DirectoryGroup, name=NAMES, gidnumber=NUMBERS)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    users = draw(st.lists(USERS, max_size=6))
    personal = [DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in users if draw(st.booleans())]
    return Directory(
        users=tuple(users), groups=tuple(draw(st.permutations([*personal, *draw(st.lists(GROUPS, max_size=5))])))
    )


PEOPLE = ["p1", "p2", "p3", "robot account r1"]
SAID = st.dictionaries(st.sampled_from(["alice", "bob", "carol", "x-1"]), st.sampled_from(PEOPLE), max_size=4)


@st.composite
def feeds_of_names(draw: st.DrawFn) -> list[Slice]:
    """Feeds of which nothing but the names is known."""
    return [sliced(str(number), one) for number, one in enumerate(draw(st.lists(directories(), max_size=3)))]


@st.composite
def feeds_of_people(draw: st.DrawFn) -> list[Slice]:
    """Feeds with some of the people known; one person may have several names, and one name several people."""
    found = draw(st.lists(st.tuples(directories(), SAID, st.booleans()), max_size=3))
    return [sliced(str(number), one, said, fresh=fresh) for number, (one, said, fresh) in enumerate(found)]


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    names = st.sampled_from(["alice", "bob", "carol", "dave"])
    numbers = st.integers(10_000, 10_040)
    uids = draw(st.dictionaries(names, numbers, max_size=3).filter(_one_each))
    gids = draw(st.dictionaries(names, numbers, max_size=3).filter(_one_each))
    return book(
        uids,
        gids={name: gid for name, gid in gids.items() if name in uids},
        groups=draw(st.dictionaries(st.integers(10_000, 10_040), st.sampled_from(["x-1", "chem"]), max_size=2)),
        holders=draw(st.dictionaries(names, st.sampled_from(PEOPLE), max_size=3)),
        persons=draw(st.dictionaries(names, st.sampled_from(PEOPLE), max_size=1)),
        let_go=dict.fromkeys(draw(st.sets(names, max_size=1)), 1.0),
    )


def _one_each(numbers: dict[str, int]) -> bool:
    return len(set(numbers.values())) == len(numbers)


FEEDS = feeds_of_names() | feeds_of_people()


@examples(80)
@given(FEEDS, ledgers())
def test_every_name_and_number_is_allowed_unique_and_the_ledger_s(feeds, known):
    result = admit(feeds, POLICY, known)
    found = result.directory
    assert all(re.fullmatch(r"[a-z_][a-z0-9_.-]{0,31}", one.name) for one in found.users)
    assert all(one.name.isdecimal() <= (one.name == str(one.gidnumber)) for one in found.groups)
    assert not {one.name for one in found.users} & {"root", "local"}
    assert not {one.name for one in found.groups} & {"sudo", "staff2", "root"}
    for numbers, reserved in (
        ([u.uidnumber for u in found.users], 10_007),
        ([g.gidnumber for g in found.groups], 10_008),
    ):
        assert all(10_000 <= number <= 10_040 and number != reserved for number in numbers)
        assert numbers == sorted(set(numbers))
    for records in (found.users, found.groups):
        assert len({one.name.casefold() for one in records}) == len(records)
    assert all(known.uids.get(one.name, one.uidnumber) == one.uidnumber for one in found.users)
    assert all(known.gids.get(one.name, one.primarygroup) == one.primarygroup for one in found.users)
    assert all(known.uid_names.get(one.uidnumber, one.name) == one.name for one in found.users)
    assert all(known.gid_names.get(one.gidnumber, one.name) == one.name for one in found.groups)
    own = known.gids.items()
    others = [one for one in found.groups if (one.name, one.gidnumber) not in own]
    assert all(known.group_names.get(one.gidnumber, one.name) == one.name for one in others)
    served = {group.gidnumber: group.name for group in found.groups}
    assert all(served[one.primarygroup] == one.name for one in found.users if one.name in result.own_groups)


@examples(80)
@given(FEEDS, ledgers())
def test_one_person_is_one_record_and_nobody_has_the_name_of_another(feeds, known):
    persons = admit(feeds, POLICY, known).persons
    assert len(set(persons.values())) == len(persons)
    for name, person in persons.items():
        for owner in (known.holders.get(name, person), known.served_to.get(name, person)):
            assert owner == person or (person == f"name {name}" and owner == "robot account r1")
        theirs = [other for other in known.names.get(person, ()) if not known.stranger(other, person)]
        assert not theirs or name in theirs


@examples(80)
@given(FEEDS, ledgers())
def test_nobody_is_locked_out_under_a_name_whose_owner_is_let_in_somewhere(feeds, known):
    let_in = {one.person for each in feeds for one in each.listings if not one.user.disabled}
    for record in admit(feeds, POLICY, known).refused:
        owners = {known.holders.get(record.name), known.served_to.get(record.name)}
        assert not (record.locked and (record.stranger or owners & let_in))


@examples(80)
@given(FEEDS, ledgers())
def test_every_membership_is_one_that_an_offering_gives_that_person_in_a_group_of_its_own(feeds, known):
    result = admit(feeds, POLICY, known)
    served = {one.gidnumber: one.name for one in result.directory.groups}
    users = {one.name for one in result.directory.users}
    for user in result.directory.users:
        person = result.persons.get(user.name, f"name {user.name}")
        given_gids = {
            gid
            for one in feeds
            for listing in one.listings
            if listing.person == person
            for gid in (listing.user.primarygroup, *listing.user.othergroups)
            if gid in {group.gidnumber for group in one.groups}
        }
        assert set(user.othergroups) <= served.keys() & given_gids
        assert user.primarygroup in served
        assert user.primarygroup not in user.othergroups
        assert list(user.othergroups) == sorted(set(user.othergroups))
        assert all(served[gid] not in users - {user.name} for gid in (user.primarygroup, *user.othergroups))


@examples(60)
@given(FEEDS)
def test_every_other_field_is_clean(feeds):
    users = admit(feeds, POLICY, book()).directory.users
    for user in users:
        assert user.loginshell in POLICY.shells
        assert user.homedir.startswith("/home/")
        assert user.homedir.endswith(f"/{user.name}")
        assert ".." not in user.homedir
        assert all(re.fullmatch(r"\S+ [A-Za-z0-9+/=]+ \S+@waldur", key) for key in user.sshkeys)
        for text in (user.givenname, user.sn, user.mail):
            assert text == unicodedata.normalize("NFC", text)
            assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in text)
        if user.disabled:
            assert (user.sshkeys, user.loginshell) == ((), "/usr/sbin/nologin")
    mails = [user.mail for user in users if user.mail]
    assert len(set(mails)) == len(mails)


@examples(80)
@given(feeds_of_names(), ledgers())
def test_what_was_admitted_is_admitted_again_unchanged(feeds, known):
    once = admit(feeds, POLICY, known).directory
    again = admit([sliced("0", once)], POLICY, known)
    assert (again.directory, again.refused) == (once, ())


@examples(80)
@given(FEEDS, ledgers())
def test_every_person_is_either_served_or_refused(feeds, known):
    result = admit(feeds, POLICY, known)
    served = {*result.persons.values(), *(f"name {one.name}" for one in result.directory.users)}
    listed = {listing.person for one in feeds for listing in one.listings}
    assert len(listed - served) <= len([record for record in result.refused if record.kind == "user"])


@examples(60)
@given(FEEDS, ledgers())
def test_with_a_shared_group_it_is_everybody_s_primary_group_and_the_only_one_that_is_no_project_s(feeds, known):
    policy = replace(POLICY, shared_group=("people", 20_000))
    found = admit(feeds, policy, known).directory
    assert {one.primarygroup for one in found.users} <= {20_000}
    assert [one.name for one in found.groups if one.gidnumber == 20_000] == ["people"] * bool(found.users)
    assert not {one.name for one in found.groups} & {one.name for one in found.users}
    assert not admit(feeds, policy, known).own_groups
