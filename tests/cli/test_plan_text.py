"""A plan as text: one line for each thing, gathered where many are alike, and nothing that plays with a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from agent.cli.plan_text import SHOWN, plan_lines, printed, summary
from agent.core.actions import Evidence, RemoveAssociation
from agent.core.guard import HeldAction
from agent.core.known import SetAside
from agent.core.model.cluster import Association
from agent.core.model.marketplace import OrderType
from agent.core.moments import moment
from agent.core.plan import Plan
from tests.fixtures.worlds import NOW, World


def lines(world: World) -> list[str]:
    return list(plan_lines(world.plan()))


def test_additions_to_one_account_are_one_line_with_the_first_names_and_a_number() -> None:
    world = World()
    people = [f"user{number:02}" for number in range(SHOWN + 3)]
    world.order("weather")
    world.member("weather", *people)
    (line,) = [line for line in lines(world) if "add user" in line]
    assert line == f"  + add users {', '.join(people[:SHOWN])} and 3 more to account weather"


def test_a_user_who_is_put_back_has_a_line_that_says_as_what() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.associations.clear()
    visitor = Association(account="weather", user="visitor", fairshare=7)
    world.remember(aside={("weather", "visitor"): SetAside(association=visitor, own=False)})
    assert [line for line in lines(world) if "user" in line] == [
        "  + add user ada to account weather",
        "  + put user visitor back into account weather with Fairshare=7",
    ]


def test_removals_are_never_gathered() -> None:
    world = World()
    world.allocation("weather", "ada", "emmy", "kurt")
    world.leaves("weather", "ada", "emmy")
    world.seen_missing("remove association weather/ada", "remove association weather/emmy")
    assert [line[:22] for line in lines(world)[:2]] == ["  - remove user ada fr", "  - remove user emmy f"]


def test_a_held_action_has_its_reason_since_when_and_the_word_that_releases_it() -> None:
    world = World()
    world.allocation("weather", "ada", "emmy")
    world.leaves("weather", "ada")
    world.seen_missing("remove association weather/ada", minutes=5)
    plan = world.plan()
    text = printed(plan_lines(plan))
    assert (
        f"missing for 5 min; goes when still missing after 30 min, or by agent sync --confirm-removals; missing since {moment(NOW - 300)})"
        in text
    )
    assert text.splitlines()[-2:] == [
        f"    release them as they stand: agent guard release {plan.held_checksum}",
        "Nothing to do now, 1 held.",
    ]


def test_what_cannot_be_released_has_no_word_that_releases_it() -> None:
    gone = RemoveAssociation(offering="o", account="a", user="root", why="left", evidence=Evidence.ABSENCE)
    plan = Plan(at=NOW, actions=(), managed={}, held=(HeldAction(action=gone, reason="no", releasable=False),))
    assert list(plan_lines(plan)) == [
        "  ⏸ held: remove user root from account a: left (no)",
        "Nothing to do now, 1 held.",
    ]


def test_who_waits_what_is_not_handled_and_what_is_left_alone_is_said_beside_the_actions() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.locally_added("weather", "visitor")
    world.allocation("ocean")
    order = world.order("ocean", OrderType.OTHER)
    text = printed(plan_lines(world.plan()))
    assert "  · weather/visitor was not made by the agent: left alone" in text
    assert f"  … order {order.uuid[:8]} (other ocean) is not handled yet; it stays pending" in text


def test_nothing_to_do_is_only_said_when_nothing_is_held() -> None:
    assert summary(Plan(at=NOW, actions=(), managed={})) == "Nothing to do."
    gone = RemoveAssociation(offering="o", account="a", user="u", why="left", evidence=Evidence.ABSENCE)
    held = Plan(at=NOW, actions=(), managed={}, held=(HeldAction(action=gone, reason="no"),))
    assert summary(held) == "Nothing to do now, 1 held."


def test_an_action_whose_absence_has_no_date_is_shown_without_one() -> None:
    gone = RemoveAssociation(offering="o", account="a", user="u", why="left", evidence=Evidence.ABSENCE)
    assert HeldAction(action=gone, reason="no").describe() == "remove user u from account a: left (no)"
    assert moment(0.0) == "1970-01-01 00:00 UTC"


@given(st.lists(st.text()))
def test_printed_lines_are_as_many_as_there_were_and_all_printable(texts: list[str]) -> None:
    shown = printed(texts).split("\n")
    assert len(shown) == max(1, len(texts))
    assert all(line.isprintable() for line in shown)
    assert [line for line in texts if line.isprintable()] == [
        new for old, new in zip(texts, shown, strict=False) if old.isprintable()
    ]


def test_a_plan_made_from_a_part_does_not_say_that_there_is_nothing_to_do():
    plan = Plan(at=NOW, actions=(), managed={})
    assert list(plan_lines(plan, whole=False)) == ["As far as could be read: Nothing to do."]
