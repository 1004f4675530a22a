"""An account's chain, from its resource to the people in it."""

from dataclasses import replace

import pytest

from agent.core.explain import History, Kind, Link, Mark, Past, Step, find, near, traces, verdict
from agent.core.model.cluster import Account
from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.names import description
from tests.core.explain.asking import sight, why
from tests.fixtures.worlds import NOW, OFFERING, OUTAGE, World, account, offering_user, uuid_of


def texts(links: tuple[Link, ...], step: Step) -> list[tuple[Mark, str]]:
    return [(link.mark, link.text) for link in links if link.step is step]


@pytest.fixture
def world() -> World:
    made = World()
    made.allocation("weather", "ada", "emmy", project_name="Climate")
    return made


def test_an_allocation_in_use_is_well_and_names_its_members(world: World) -> None:
    links = why(
        world, "weather", History(outcomes=(Past(at=NOW, key="create account weather", what="made", result="done"),))
    )
    assert verdict(links) is Mark.OK
    assert [(link.step, link.text) for link in links] == [
        (Step.RESOURCE, "weather of offering HPC is OK"),
        (Step.ACCOUNT, "weather under waldur"),
        (Step.LIMITS, "account weather: GrpTRESMins=cpu=600"),
        (Step.MEMBER, "ada: ada is in it"),
        (Step.MEMBER, "emmy: emmy is in it"),
        (Step.LAST, "2027-01-15 08:00 UTC done: made"),
    ]


def test_a_resource_is_found_by_name_uuid_and_account_and_is_one_thing(world: World) -> None:
    for text in ("weather", "WEATHER", uuid_of("weather"), uuid_of("weather")[:8]):
        (found,) = find(sight(world), text)
        assert (found.kind, found.uuid, found.name) == (Kind.RESOURCE, uuid_of("weather"), "weather")


def test_a_name_of_two_things_means_both(world: World) -> None:
    world.member("weather", "weather")
    assert [one.kind for one in find(sight(world), "weather")] == [Kind.PERSON, Kind.RESOURCE]


def test_each_member_that_waits_has_a_reason(world: World) -> None:
    world.member("weather", "zoe", "yan")
    world.users["yan"] = offering_user("yan", username="")
    world.locally_added("weather", "local")
    links = texts(why(world, "weather"), Step.MEMBER)
    assert (Mark.WAITING, "zoe: the next sync adds it") in links
    assert (Mark.OK, "local: local was added by an administrator, not by the agent: left alone") in links
    (yan,) = [
        text
        for mark, text in links
        if mark is Mark.WAITING and text.startswith(f"user {uuid_of('yan')[:8]}: not yet: ")
    ]
    assert "has no username yet" in yan


def test_who_leaves_is_a_member_until_gone(world: World) -> None:
    world.leaves("weather", "ada")
    (ada, emmy) = [link for link in why(world, "weather") if link.step is Step.MEMBER][::-1]
    assert (ada.mark, emmy.mark) == (Mark.WAITING, Mark.OK)
    assert ada.text.startswith("ada: held: remove user ada from account weather")


def test_a_team_that_was_not_read_is_not_an_empty_one(world: World) -> None:
    world.sections["teams"] = OUTAGE
    links = texts(why(world, "weather"), Step.MEMBER)
    assert links == [
        (Mark.UNKNOWN, "the team is not known: an outage"),
        (Mark.OK, "ada: ada is in it"),
        (Mark.OK, "emmy: emmy is in it"),
    ]


def test_an_open_order_says_what_keeps_it(world: World) -> None:
    world.order("weather", OrderType.UPDATE, limits={"cpu": 20}, state=OrderState.EXECUTING)
    (order,) = texts(why(world, "weather"), Step.ORDER)
    assert order == (
        Mark.WAITING,
        f"Update {uuid_of('Update weather')[:8]} is executing: the next sync goes on with it",
    )


def test_a_new_resource_waits_for_its_account() -> None:
    world = World()
    world.order("weather")
    links = why(world, "weather")
    assert texts(links, Step.ACCOUNT) == [
        (Mark.WAITING, "the next sync would create account weather under waldur with GrpTRESMins=cpu=600")
    ]
    assert texts(links, Step.RESOURCE) == [(Mark.WAITING, "weather of offering HPC is Creating")]


def test_an_account_that_somebody_deleted_is_made_again_and_an_unread_one_is_not_gone(world: World) -> None:
    del world.accounts["weather"]
    world.associations = []
    assert texts(why(world, "weather"), Step.ACCOUNT) == [
        (Mark.WAITING, "the next sync would create account weather under waldur with GrpTRESMins=cpu=600")
    ]
    world.sections["accounts"] = OUTAGE
    assert texts(why(world, "weather"), Step.ACCOUNT) == [(Mark.UNKNOWN, "not known: an outage")]


def test_an_account_of_somebody_else_is_none_of_ours(world: World) -> None:
    world.accounts["physics"] = Account(name="physics", parent="root")
    links = why(world, "physics")
    assert verdict(links) is Mark.OK
    assert texts(links, Step.ACCOUNT) == [(Mark.NONE, "physics under root is not the agent's: it has no marker")]


def test_an_account_of_somebody_else_that_a_resource_names_can_be_adopted(world: World) -> None:
    world.resource("ocean", backend_id="physics")
    world.accounts["physics"] = Account(name="physics", parent="root")
    (link,) = [link for link in why(world, "physics") if link.step is Step.ACCOUNT]
    assert link.mark is Mark.BROKEN
    assert link.remedy == f"agent adopt physics --resource {uuid_of('ocean')}"


def test_an_orphan_says_that_its_resource_is_gone(world: World) -> None:
    del world.resources["weather"]
    links = why(world, "weather")
    assert texts(links, Step.RESOURCE) == [
        (Mark.BROKEN, f"{uuid_of('weather')[:8]} is not in the marketplace any more")
    ]
    assert texts(links, Step.ACCOUNT)[0][1].startswith("held: remove account weather and its 2 user(s)")
    world.sections["resources"] = OUTAGE
    assert texts(why(world, "weather"), Step.RESOURCE)[0][0] is Mark.UNKNOWN


def test_an_account_above_says_what_it_is_for(world: World) -> None:
    above = account("climate")
    marker = {"organization": f"waldur-{OFFERING}", "description": description(uuid_of("p"), "climate", "project")}
    world.accounts["climate"] = replace(above, **marker)
    assert texts(why(world, "climate"), Step.ACCOUNT) == [
        (Mark.OK, "climate under waldur is that of a project of offering HPC")
    ]


def test_a_disabled_account_says_since_when(world: World) -> None:
    text = description(uuid_of("weather"), "weather", "terminated 2026-11-24")
    world.in_slurm("weather", description=text, grp_submit_jobs=0)
    del world.resources["weather"]
    assert texts(why(world, "weather"), Step.ACCOUNT) == [
        (Mark.BROKEN, "weather under waldur is disabled since 2026-11-24")
    ]


@pytest.mark.parametrize(
    ("fields", "mark"), [({"paused": True}, Mark.OK), ({"restrict_member_access": True}, Mark.BROKEN)]
)
def test_the_flags_of_a_resource_are_shown(world: World, fields: dict[str, bool], mark: Mark) -> None:
    world.flag("weather", **fields)
    assert texts(why(world, "weather"), Step.RESOURCE) == [
        (mark, f"weather of offering HPC is OK, {next(iter(fields))}")
    ]


def test_a_resource_that_is_terminating_is_on_its_way(world: World) -> None:
    world.flag("weather", state=ResourceState.TERMINATING)
    world.order("weather", OrderType.TERMINATE)
    assert texts(why(world, "weather"), Step.RESOURCE) == [(Mark.WAITING, "weather of offering HPC is Terminating")]


def test_names_that_look_like_it_are_found_among_users_accounts_and_resources(world: World) -> None:
    world.resource("Ozean")
    assert near(sight(world), "waether") == ["weather"]
    assert near(sight(world), "emy") == ["emmy"]
    assert near(sight(world), "ozean") == ["Ozean"]
    assert near(sight(world), "qqqqqq") == []


def test_the_journal_is_asked_under_every_name_of_somebody(world: World) -> None:
    world.users["ada"] = offering_user("ada", username="ada2")
    world.remember(holders={"ada": uuid_of("ada"), "before": uuid_of("ada")})
    seen = sight(world)
    users, accounts, uuids = traces(seen, find(seen, uuid_of("ada")))
    assert users == {"ada", "ada2", "before"}
    assert accounts == frozenset()
    assert uuids == {uuid_of("ada"), uuid_of("offering user ada")}
    assert traces(seen, find(seen, "weather")) == (frozenset(), {"weather"}, {uuid_of("weather")})
