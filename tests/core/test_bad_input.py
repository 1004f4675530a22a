"""What a marketplace may say wrongly of people, row by row: none of it takes anybody out of an account."""

from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, Evidence, RemoveAssociation, SetUsername
from agent.core.model.marketplace import OfferingUser
from agent.core.plan import Plan
from agent.core.snapshot import Complete, Missing, Partial
from tests.fixtures.worlds import GENEROUS, OFFERING, World, held, keys, offering_user, role, uuid_of

CREW = ("alice", "bob", "carol")
UNUSABLE = ["Alice", "ünal", 'al"ice', "al\nice", "al ice", "-rf", "1alice", "a" * 300, "alice:x", "alice,bob"]


def site(*people: str) -> World:
    """A resource with members whom the journal knows, under a guard that would let everybody go."""
    world = World(guard=GENEROUS)
    world.allocation("alloc", *(people or CREW))
    return world


def forgotten(world: World) -> World:
    """The journal is lost: all that is known of names is what the marketplace shows."""
    world.remember(usernames={}, holders={}, associations=frozenset(), journaled=frozenset())
    return world


def leaving(plan: Plan) -> dict[str, Evidence | None]:
    """Everybody whom the plan would take out, held or not, and on what word."""
    actions = (*plan.actions, *(item.action for item in plan.held))
    return {one.user: one.evidence for one in actions if isinstance(one, RemoveAssociation)}


def joining(plan: Plan) -> set[str]:
    return {action.user for action in plan.actions if isinstance(action, AddAssociation)}


def reasons(plan: Plan) -> dict[str, str]:
    """Person → why they wait."""
    return {one.user_uuid: one.reason for one in plan.waiting}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_name_that_cannot_be_used_changes_nothing_for_whom_the_journal_knows(name):
    world = site()
    world.shown("alice", username=name)
    plan = world.plan(confirmed=True)
    assert plan.empty
    (notice,) = plan.notices
    assert notice == (
        f"user {uuid_of('alice')[:8]} is {name[:40]!r} in the marketplace and stays alice here; to change the name:"
        " agent users release alice"
    )


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_new_person_with_a_name_that_cannot_be_used_waits_and_joins_nothing(name):
    world = site()
    world.member("alloc", "dave")
    world.shown("dave", username=name)
    plan = world.plan(confirmed=True)
    assert (keys(plan), leaving(plan), plan.usernames) == ([], {}, {})
    assert reasons(plan) == {uuid_of("dave"): f"has a username that cannot be used on the cluster: {name[:40]!r}"}


@pytest.mark.parametrize("name", ["", *UNUSABLE])
def test_a_name_that_goes_bad_after_the_journal_was_lost_removes_on_no_record(name):
    """The association is nobody's that is known: it is a stranger's, and left."""
    world = forgotten(site())
    world.shown("alice", username=name)
    plan = world.plan(confirmed=True)
    assert leaving(plan) == {}
    assert plan.strangers == ("alloc/alice",)


def test_null_names_under_the_provider_s_own_naming_are_put_back_once_and_for_all():
    world = site()
    for person in CREW:
        world.shown(person, username="")
    plan = world.plan(confirmed=True)
    back = {action.name: action for action in plan.actions if isinstance(action, SetUsername)}
    assert set(back) == set(CREW)
    assert all(action.back for action in back.values())
    assert (len(plan.actions), plan.held, plan.waiting, plan.usernames) == (3, (), (), {})
    for person in CREW:
        world.shown(person, username=back[person].name)
    assert world.plan(confirmed=True).empty


def test_null_names_where_the_marketplace_names_people_are_not_written_and_nobody_goes():
    world = site()
    world.username_naming = "full_name"
    for person in CREW:
        world.shown(person, username="")
    assert world.plan(confirmed=True).empty


def test_a_name_shown_for_two_people_is_its_holder_s():
    world = site()
    world.member("alloc", "dave")
    world.shown("dave", username="alice")
    plan = world.plan(confirmed=True)
    assert (keys(plan), leaving(plan)) == ([], {})
    assert reasons(plan) == {
        uuid_of("dave"): f"has the username alice, which is that of somebody else ({uuid_of('alice')[:8]})"
    }


def test_a_name_shown_for_two_people_and_held_by_nobody_is_given_to_neither_and_left_where_it_is():
    world = forgotten(site("alice"))
    world.member("alloc", "dave")
    world.shown("dave", username="alice")
    plan = world.plan(confirmed=True)
    assert (keys(plan), leaving(plan), plan.usernames) == ([], {}, {})
    assert set(reasons(plan)) == {uuid_of("alice"), uuid_of("dave")}
    assert set(reasons(plan).values()) == {"has the username alice, which is another person's too"}


def test_one_person_with_two_rows_is_one_person():
    world = site()
    world.users["alice again"] = replace(offering_user("alice"), uuid=uuid_of("another row"))
    assert world.plan(confirmed=True).empty


def surname(person: OfferingUser, _number: int) -> str:
    return {uuid_of("dave"): "Müller", uuid_of("erin"): "Muller"}[person.user_uuid]


def test_two_people_whose_generated_names_collide_get_one_each_in_every_order():
    plans = []
    for people in (("dave", "erin"), ("erin", "dave")):
        world = site("alice")
        world.member("alloc", *people)
        for person in people:
            world.shown(person, username="")
        world.named_by(surname, dave="Müller", erin="Muller")
        plans.append(world.plan(confirmed=True))
    first, second = plans
    assert first.actions == second.actions
    assert (joining(first), leaving(first)) == ({"muller", "muller2"}, {})
    assert sorted(first.usernames.values()) == ["muller", "muller2"]


def test_a_generated_name_that_somebody_has_already_leaves_that_person_alone():
    world = site("muller")
    world.member("alloc", "dave")
    world.shown("dave", username="")
    world.named_by(surname, dave="Müller")
    plan = world.plan(confirmed=True)
    assert (joining(plan), leaving(plan)) == ({"muller2"}, {})


def test_a_name_that_was_held_before_a_crash_is_given_again_whatever_the_source_says_now():
    world = site("alice")
    world.member("alloc", "dave")
    world.shown("dave", username="")
    world.named_by(None, dave="david")
    world.remember(holders={**world.known.holders, "dave": uuid_of("dave")})
    plan = world.plan(confirmed=True)
    assert (joining(plan), list(plan.usernames.values())) == ({"dave"}, ["dave"])


def test_a_command_that_gives_two_people_one_name_names_the_first_and_refuses_the_other():
    world = site("alice")
    world.member("alloc", "dave", "erin")
    for person in ("dave", "erin"):
        world.shown(person, username="", state="Creating")
    world.named_by(None, dave="sam", erin="sam")
    plan = world.plan(confirmed=True)
    assert (joining(plan), leaving(plan), list(plan.usernames.values())) == ({"sam"}, {}, ["sam"])
    assert list(reasons(plan).values()) == ["cannot be named 'sam': the name is in use on this cluster or host"]


def test_a_person_renamed_in_the_marketplace_keeps_the_name_they_have():
    world = site()
    world.shown("alice", username="alicia")
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert "stays alice here; to change the name: agent users release alice" in plan.notices[0]


def test_people_who_swap_their_names_in_the_marketplace_swap_nothing():
    world = site()
    world.shown("alice", username="bob")
    world.shown("bob", username="alice")
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert len(plan.notices) == 2


def test_a_released_name_lets_the_new_one_in_before_the_old_one_goes():
    world = site()
    world.shown("alice", username="alicia")
    world.remember(
        usernames={key: name for key, name in world.known.usernames.items() if name != "alice"},
        holders={name: person for name, person in world.known.holders.items() if name != "alice"},
        let_go={"alice": 1.0},
    )
    plan = world.plan(confirmed=True)
    assert keys(plan) == ["add association alloc/alicia", "remove association alloc/alice"]
    assert leaving(plan) == {"alice": Evidence.ABSENCE}


@pytest.mark.parametrize("name", ["root", "munge"])
def test_the_name_of_a_local_system_user_is_given_to_nobody(name):
    world = site()
    world.member("alloc", "dave")
    world.shown("dave", username=name)
    world.sources = replace(world.sources, reserved=frozenset({"munge"}))
    plan = world.plan(confirmed=True)
    assert (keys(plan), leaving(plan), plan.usernames) == ([], {}, {})
    assert reasons(plan) == {uuid_of("dave"): f"has the username {name}, which is one of the system's"}
    world.shown("dave", username="")
    world.named_by(None, dave=name)
    plan = world.plan(confirmed=True)
    assert keys(plan) == []
    assert reasons(plan) == {uuid_of("dave"): f"cannot be named {name!r}: it is one of the system's"}


def test_a_name_that_is_reserved_later_takes_nobody_out():
    world = site()
    world.sources = replace(world.sources, reserved=frozenset({"alice"}))
    assert world.plan(confirmed=True).empty
    assert leaving(forgotten(world).plan(confirmed=True)) == {}


def test_an_empty_team_answer_removes_nobody_before_a_second_look():
    world = site()
    world.sections["teams"] = Complete(())
    plan = world.plan()
    assert (plan.actions, set(leaving(plan).values())) == ((), {Evidence.ABSENCE})
    assert all("first seen missing now" in why for why in held(plan).values())


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_team_answer_that_broke_off_removes_nobody_at_all(most):
    world = site()
    for section in (Partial(tuple(world.roles[:most]), "a page was lost"), Missing("a page was lost")):
        world.sections["teams"] = section
        plan = world.plan(confirmed=True)
        assert plan.empty
        assert plan.notices == ("offering HPC: teams not known for sure, so nothing is removed on it: a page was lost",)


def test_a_team_answer_that_is_halved_and_looks_whole_is_heard_twice():
    world = site()
    world.roles = world.roles[:1]
    assert (keys(world.plan()), set(leaving(world.plan()))) == ([], {"bob", "carol"})


def test_a_team_that_lists_a_user_twice_has_one_member():
    world = site()
    world.roles += [*world.roles, role("alice", "project of alloc", kind="PROJECT.ADMIN")]
    assert world.plan(confirmed=True).empty
    world.member("alloc", "dave")
    world.member("alloc", "dave")
    assert keys(world.plan(confirmed=True)) == ["add association alloc/dave"]


def test_a_change_of_plugin_options_that_renames_everybody_anew_changes_nothing():
    """Such a change blanks every name; the source is asked by nobody, for the journal knows all of them."""
    world = site()
    for person in CREW:
        world.shown(person, username="")
    world.named_by(lambda _person, number: f"hpc{number}", **{person: f"hpc{n}" for n, person in enumerate(CREW)})
    plan = world.plan(confirmed=True)
    assert {action.name for action in plan.actions if isinstance(action, SetUsername)} == set(CREW)
    assert (len(plan.actions), plan.usernames) == (3, {})


def test_after_the_journal_was_lost_and_all_names_were_blanked_nobody_gets_what_is_in_use():
    """Nobody can say any more whose the old names were: they are strangers', and left."""
    world = forgotten(site())
    for person in CREW:
        world.shown(person, username="")
    world.named_by(lambda person, _number: names[person.user_uuid], **dict.fromkeys(CREW, "x"))
    names = {uuid_of(person): person for person in CREW}
    plan = world.plan(confirmed=True)
    assert (leaving(plan), joining(plan)) == ({}, {"alice2", "bob2", "carol2"})
    assert plan.strangers == ("alloc/alice", "alloc/bob", "alloc/carol")
    assert set(plan.usernames) == {(OFFERING, uuid_of(person)) for person in CREW}
