"""What a marketplace should never say of people, and sometimes does: nobody is removed for it, and a person reads why."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, Evidence, MoveOfferingUser, RemoveAssociation, SetUsername
from agent.core.known import Known
from agent.core.model.marketplace import OfferingUser
from agent.core.naming import Sources
from agent.core.plan import Plan
from agent.core.snapshot import Missing, Partial
from tests.fixtures.worlds import GENEROUS, World, held, keys, offering_user, uuid_of

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank")
ALICE = uuid_of("alice")[:8]
SYSTEM = "munge"
UNUSABLE = {
    "quoted": "al\"i'ce",
    "on several lines": "alice\nroot",
    "of 300 characters": "a" * 300,
    "in upper case": "Alice",
    "not in ASCII": "älice",
    "like an option": "-alice",
    "with a blank": "alice ",
    "with a comma": "alice,bob",
    "with a colon": "alice:x",
    "like a number": "1alice",
}
REFUSED = {
    **{how: f"has a username that cannot be used on the cluster: {name[:40]!r}" for how, name in UNUSABLE.items()},
    "of the system": f"has the username {SYSTEM}, which is one of the system's",
    "of another person": f"has the username bob, which is that of somebody else ({uuid_of('bob')[:8]})",
}
BAD = {**UNUSABLE, "of the system": SYSTEM, "of another person": "bob"}
BAD_NAMES = pytest.mark.parametrize("name", BAD.values(), ids=BAD)
TOLD = pytest.mark.parametrize(("name", "why"), [(BAD[how], REFUSED[how]) for how in BAD], ids=BAD)


def site(*people: str) -> World:
    """A resource whose members are all in, a guard that lets everything go, and a name that is the system's."""
    world = World(guard=GENEROUS, sources=Sources(reserved=frozenset({SYSTEM})))
    world.allocation("alloc", *(people or PEOPLE))
    return world


def leaving(plan: Plan) -> list[RemoveAssociation]:
    """Everybody whom the plan would take out of an account, held or not."""
    actions = (*plan.actions, *(item.action for item in plan.held))
    return [action for action in actions if isinstance(action, RemoveAssociation)]


def waiting(plan: Plan) -> dict[str, str]:
    """Person → what they wait for."""
    return {one.user_uuid: one.reason for one in plan.waiting}


def strict(plan: Plan) -> Sequence[str]:
    """The keys of what is planned, after it was looked at that nobody leaves."""
    assert leaving(plan) == []
    return keys(plan)


def surname(_person: OfferingUser, _number: int) -> str:
    return "Lovelace"


@BAD_NAMES
def test_a_bad_name_for_somebody_whose_name_is_known_changes_nothing_and_is_noted(name):
    world = site()
    world.shown("alice", username=name)
    plan = world.plan(confirmed=True)
    assert (strict(plan), plan.waiting) == ([], ())
    (notice,) = plan.notices
    assert notice == (
        f"user {ALICE} is {name[:40]!r} in the marketplace and stays alice here; to change the name:"
        " agent users release alice"
    )
    assert "\n" not in notice


def test_a_name_that_became_null_is_put_back():
    world = site()
    world.shown("alice", username="")
    plan = world.plan(confirmed=True)
    (action,) = plan.actions
    assert (type(action), action.user.user_uuid, action.name, action.back) == (
        SetUsername,
        uuid_of("alice"),
        "alice",
        True,
    )
    assert (leaving(plan), plan.waiting) == ([], ())


@TOLD
def test_a_newcomer_with_a_bad_name_waits_and_everybody_else_is_served(name, why):
    world = site("bob", "carol")
    world.member("alloc", "alice", "newcomer")
    world.shown("alice", username=name)
    plan = world.plan(confirmed=True)
    assert (strict(plan), waiting(plan)) == (["add association alloc/newcomer"], {uuid_of("alice"): why})


@TOLD
def test_a_newcomer_reads_in_the_marketplace_what_is_wrong_with_the_name(name, why):
    world = site("bob")
    world.member("alloc", "alice")
    world.shown("alice", username=name, state="Creating")
    (action,) = world.plan(confirmed=True).actions
    assert isinstance(action, MoveOfferingUser)
    assert (action.to, action.comment) == ("Error creating", f"The account {why}.")


def test_a_newcomer_without_a_name_waits_for_whoever_gives_it():
    world = site("bob")
    world.member("alloc", "alice")
    world.shown("alice", username="")
    plan = world.plan(confirmed=True)
    assert strict(plan) == []
    assert list(waiting(plan)) == [uuid_of("alice")]
    assert "no username yet" in waiting(plan)[uuid_of("alice")]


@pytest.mark.parametrize("name", ["", *BAD.values()], ids=["null", *BAD])
def test_a_bad_name_takes_nobody_out_when_the_journal_was_lost_as_well(name):
    world = site()
    world.shown("alice", username=name)
    world.known = Known()
    plan = world.plan(confirmed=True)
    assert leaving(plan) == []
    assert uuid_of("alice") in waiting(plan)
    assert "alloc/alice" in plan.strangers


def test_a_name_that_two_people_show_is_added_for_neither_and_taken_from_neither():
    world = site("carol")
    world.member("alloc", "alice", "bob")
    for person in ("alice", "bob"):
        world.shown(person, username="sam")
    said = "has the username sam, which is another person's too"
    plan = world.plan(confirmed=True)
    assert (strict(plan), waiting(plan)) == ([], {uuid_of("alice"): said, uuid_of("bob"): said})
    world.locally_added("alloc", "sam")
    world.known = Known()
    assert "add association alloc/sam" not in strict(world.plan(confirmed=True))


def test_two_people_whose_names_would_be_the_same_get_two_and_keep_them():
    world = site("carol")
    people = sorted(("alice", "bob"), key=uuid_of)
    world.member("alloc", *people)
    for person in people:
        world.shown(person, username="")
    world.named_by(surname, **dict.fromkeys(people, "Lovelace"))
    plan = world.plan(confirmed=True)
    assert leaving(plan) == []
    assert names_given(plan) == {uuid_of(people[0]): "lovelace", uuid_of(people[1]): "lovelace2"}
    assert joining(plan) == ["lovelace", "lovelace2"]
    world.users = dict(reversed(world.users.items()))
    assert names_given(world.plan()) == names_given(plan)
    world.learnt(plan)
    assert names_given(world.plan()) == names_given(plan)


def test_of_two_people_for_whom_a_command_says_one_name_the_second_reads_why():
    world = site("carol")
    first, second = sorted(("alice", "bob"), key=uuid_of)
    world.member("alloc", first, second)
    for person in (first, second):
        world.shown(person, username="")
    world.named_by(alice="ada", bob="ada")
    plan = world.plan(confirmed=True)
    assert leaving(plan) == []
    assert (names_given(plan), joining(plan)) == ({uuid_of(first): "ada"}, ["ada"])
    assert waiting(plan)[uuid_of(second)] == "cannot be named 'ada': the name is in use on this cluster or host"


def test_a_name_that_is_proposed_and_somebody_has_is_given_to_nobody_else():
    world = site("bob")
    world.member("alloc", "alice")
    world.shown("alice", username="")
    world.named_by(alice="bob")
    plan = world.plan(confirmed=True)
    assert strict(plan) == []
    assert waiting(plan)[uuid_of("alice")].startswith("cannot be named 'bob': it is that of somebody else")
    world.leaves("alloc", "bob")
    del world.users["bob"]
    world.associations.clear()
    assert strict(world.plan(confirmed=True)) == []


def test_a_person_renamed_in_the_marketplace_keeps_the_name_here_until_it_is_released():
    world = site()
    world.shown("alice", username="anna")
    plan = world.plan(confirmed=True)
    assert strict(plan) == []
    assert plan.notices == (
        f"user {ALICE} is 'anna' in the marketplace and stays alice here; to change the name:"
        " agent users release alice",
    )


def test_a_released_name_lets_the_new_one_in_before_the_old_one_goes():
    world = site("alice")
    world.shown("alice", username="anna")
    world.remember(usernames={}, holders={}, let_go={"alice": 1.0})
    plan = world.plan(confirmed=True)
    assert keys(plan) == ["add association alloc/anna", "remove association alloc/alice"]
    assert [action.evidence for action in leaving(plan)] == [Evidence.ABSENCE]


def test_when_everybody_is_renamed_five_are_named_and_the_others_counted():
    world = site(*PEOPLE, "grace")
    for person in world.users:
        world.shown(person, username=f"walduruser_{person}")
    plan = world.plan(confirmed=True)
    assert strict(plan) == []
    assert [notice[:5] for notice in plan.notices[:5]] == ["user "] * 5
    assert plan.notices[5:] == ("2 more users have another name in the marketplace than here: agent users list",)


def test_a_name_given_before_it_became_the_system_s_stays_with_its_person():
    world = site()
    world.sources = Sources(reserved=frozenset(PEOPLE), local=frozenset(PEOPLE))
    plan = world.plan(confirmed=True)
    assert (strict(plan), plan.waiting) == ([], ())
    world.known = Known()
    assert leaving(world.plan(confirmed=True)) == []


def test_nobody_is_given_a_name_of_the_system_or_of_this_host():
    world = site("bob")
    world.member("alloc", "alice", "carol")
    for person in ("alice", "carol"):
        world.shown(person, username="")
    world.sources = replace(world.sources, local=frozenset({"admin"}))
    world.named_by(alice=SYSTEM, carol="admin")
    plan = world.plan(confirmed=True)
    assert (strict(plan), waiting(plan)) == (
        [],
        {
            uuid_of("alice"): "cannot be named 'munge': it is one of the system's",
            uuid_of("carol"): "cannot be named 'admin': the name is in use on this cluster or host",
        },
    )


@pytest.mark.parametrize("name", ["root", "slurm"])
def test_a_person_called_like_a_protected_account_is_refused_however_the_name_came(name):
    world = World()
    world.allocation("alloc")
    world.member("alloc", "alice")
    world.shown("alice", username=name)
    plan = world.plan(confirmed=True)
    assert (strict(plan), held(plan)) == ([], {})
    assert waiting(plan) == {uuid_of("alice"): f"has the username {name}, which is one of the system's"}


def test_a_team_answer_that_is_empty_takes_nobody_out_at_once_and_never_empties_an_account():
    world = World()
    world.allocation("alloc", *PEOPLE)
    world.roles = []
    plan = world.plan()
    assert (keys(plan), len(plan.held)) == ([], len(PEOPLE))
    assert {action.evidence for action in leaving(plan)} == {Evidence.ABSENCE}
    world.seen_missing(*(action.key for action in leaving(plan)))
    for again in (world.plan(), world.plan(confirmed=True)):
        assert keys(again) == []
        assert set(held(again).values()) == {"it would empty an account of 6 users; agent guard release lets them go"}


def test_a_team_answer_that_is_halved_takes_nobody_out_at_once():
    world = World()
    world.allocation("alloc", *PEOPLE)
    world.roles = world.roles[::2]
    plan = world.plan()
    assert keys(plan) == []
    assert set(held(plan)) == {f"remove association alloc/{person}" for person in PEOPLE[1::2]}
    assert {reason.partition(";")[0] for reason in held(plan).values()} == {"first seen missing now"}
    assert {action.evidence for action in leaving(plan)} == {Evidence.ABSENCE}


def test_a_team_answer_that_is_halved_and_stays_so_is_over_the_budget_of_an_offering_with_many():
    world = World()
    people = [f"user{number}" for number in range(20)]
    world.allocation("alloc", *people)
    world.roles = world.roles[:10]
    world.seen_missing(*(action.key for action in leaving(world.plan())))
    plan = world.plan()
    assert keys(plan) == []
    assert set(held(plan).values()) == {"10 removals of this offering is over 5; agent guard release lets them go"}


@pytest.mark.parametrize("most", [0, 1, 5])
def test_a_team_answer_that_broke_off_takes_nobody_out_and_is_told(most):
    world = site()
    for section in (Partial(tuple(world.roles[:most]), "a page was lost"), Missing("a page was lost")):
        world.sections["teams"] = section
        plan = world.plan(confirmed=True)
        assert plan.empty
        assert plan.notices == ("offering HPC: teams not known for sure, so nothing is removed on it: a page was lost",)


def test_a_team_answer_that_lists_everybody_twice_changes_nothing():
    world = site()
    world.roles = [*world.roles, *reversed(world.roles)]
    plan = world.plan(confirmed=True)
    assert (strict(plan), plan.waiting, plan.notices) == ([], (), ())
    world.member("alloc", "newcomer")
    world.member("alloc", "newcomer")
    assert strict(world.plan(confirmed=True)) == ["add association alloc/newcomer"]


def test_an_offering_user_that_is_listed_twice_is_one_person():
    world = site()
    world.users["alice again"] = world.users["alice"]
    assert strict(world.plan(confirmed=True)) == []
    world.shown("alice", username="")
    world.users["alice again"] = replace(offering_user("alice", username=""), uuid=uuid_of("another"))
    assert leaving(world.plan(confirmed=True)) == []


@pytest.mark.parametrize("naming", ["", "service_provider"])
def test_a_change_of_the_offering_that_blanks_every_name_is_undone(naming):
    world = site()
    world.username_naming = naming
    for person in world.users:
        world.shown(person, username="")
    world.named_by(surname, **dict.fromkeys(PEOPLE, "Lovelace"))
    plan = world.plan(confirmed=True)
    assert leaving(plan) == []
    assert {(action.user.user_uuid, action.name, action.back) for action in plan.actions} == {
        (uuid_of(person), person, True) for person in PEOPLE
    }
    assert plan.usernames == {}
    for action in plan.actions:
        world.shown(action.name, username=action.name)
    assert world.plan(confirmed=True).empty


def test_where_the_marketplace_names_people_now_blank_names_are_not_written_and_everybody_stays():
    world = site()
    world.username_naming = "anonymized"
    for person in world.users:
        world.shown(person, username="")
    plan = world.plan(confirmed=True)
    assert (strict(plan), plan.waiting) == ([], ())


def test_blank_names_with_a_lost_journal_take_nobody_out_and_nobody_gets_what_is_in_use():
    """Nobody can say any more whose the old names were: they are strangers', and left."""
    world = site()
    names = {uuid_of(person): person for person in PEOPLE}
    for person in PEOPLE:
        world.shown(person, username="")
    world.known = Known()
    world.named_by(lambda person, _number: names[person.user_uuid], **dict.fromkeys(PEOPLE, "x"))
    plan = world.plan(confirmed=True)
    assert leaving(plan) == []
    assert set(plan.strangers) == {f"alloc/{person}" for person in PEOPLE}
    assert names_given(plan) == {uuid: f"{person}2" for uuid, person in names.items()}


def names_given(plan: Plan) -> dict[str, str]:
    """Person → the name that is told to the marketplace."""
    return {action.user.user_uuid: action.name for action in _of(plan.actions, SetUsername)}


def joining(plan: Plan) -> list[str]:
    return [action.user for action in _of(plan.actions, AddAssociation)]


def _of(actions: Iterable[object], kind: type) -> list:
    return [action for action in actions if isinstance(action, kind)]
