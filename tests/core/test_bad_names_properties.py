"""Whatever a marketplace suddenly says of names: nobody who is in an account is taken out for it."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import Evidence, RemoveAssociation, SetUsername
from agent.core.model.marketplace import OfferingUser
from agent.core.names import is_username
from agent.core.naming import GOING, NAMEABLE
from tests.fixtures import wild_people
from tests.fixtures.carried_out import settle, settled_worlds
from tests.fixtures.wild_worlds import Wild, examples
from tests.fixtures.worlds import GENEROUS, uuid_of

SHOWN = st.sampled_from(wild_people.USERNAMES)
"""Blank, doubled, upper-case, quoted, multi-line, 300 characters, those of other people and those of the system."""


def renamed(world: Wild, names: Mapping[str, str]) -> None:
    """The server shows other names, for everybody who is not on the way out."""
    for side in world.sides.values():
        side.users = [replace(one, username=_name(one, names)) for one in side.users]


def _name(user: OfferingUser, names: Mapping[str, str]) -> str:
    return user.username if user.restricted or user.state in GOING else names.get(user.user_uuid, user.username)


def leaving(world: Wild) -> dict[str, RemoveAssociation]:
    """Everybody whom a plan would take out of an account, held or not, by the action's key."""
    plan = world.plan(GENEROUS)
    actions = (*plan.actions, *(item.action for item in plan.held))
    return {action.key: action for action in actions if isinstance(action, RemoveAssociation)}


@examples(60)
@given(settled_worlds(), st.dictionaries(st.sampled_from([uuid_of(one) for one in wild_people.PEOPLE]), SHOWN))
def test_names_that_go_bad_take_nobody_out_whose_name_the_journal_has(world, names):
    """Whom it does not know may be missed, but only on the word of a silence."""
    before, had = leaving(world), set(world.known.usernames.values())
    renamed(world, names)
    new = [action for key, action in leaving(world).items() if key not in before]
    assert [action.key for action in new if action.user in had] == []
    assert [action.key for action in new if action.evidence is Evidence.POSITIVE] == []


@examples(40)
@given(settled_worlds())
def test_a_change_of_the_offering_that_blanks_every_name_takes_nobody_out_and_they_are_put_back(world):
    before, had = leaving(world), set(world.known.usernames.values())
    renamed(world, dict.fromkeys((uuid_of(one) for one in wild_people.PEOPLE), ""))
    assert [key for key, action in leaving(world).items() if action.user in had and key not in before] == []
    for action in world.plan(GENEROUS).actions:
        if isinstance(action, SetUsername) and action.back:
            assert action.name == world.known.usernames[action.offering, action.user.user_uuid]
    settle(world)
    for uuid, side in world.sides.items():
        for user in side.users:
            name = world.known.usernames.get((uuid, user.user_uuid), "")
            named = user.state in NAMEABLE and not user.restricted and side.username_naming != "full_name"
            if named and name != "root" and is_username(name) and world.known.holders[name] == user.user_uuid:
                assert user.username == name


@examples(40)
@given(settled_worlds(), st.data())
def test_sources_that_say_something_else_and_names_that_are_reserved_now_take_nobody_out(world, data):
    before = leaving(world)
    sources = data.draw(wild_people.sources(world.policies))
    world.sources = replace(sources, reserved=sources.reserved | {"alice", "bob"}, local=frozenset({"carol"}))
    assert leaving(world).keys() == before.keys()


@examples(40)
@given(settled_worlds())
def test_a_team_that_lists_everybody_twice_changes_nothing(world):
    for side in world.sides.values():
        side.roles = [*side.roles, *side.roles]
    assert world.plan(GENEROUS).actions == ()


@examples(40)
@given(settled_worlds(), st.integers(0, 6))
def test_a_team_that_is_empty_or_cut_short_takes_nobody_out_at_first_sight(world, most):
    """Only what a record says of somebody goes at once, a role that has expired: silence has to be heard twice."""
    for side in world.sides.values():
        side.roles = side.roles[:most]
    plan = world.plan(GENEROUS, confirmed=False)
    gone = [action for action in plan.actions if isinstance(action, RemoveAssociation)]
    assert [action.key for action in gone if not action.why.endswith("has expired")] == []
