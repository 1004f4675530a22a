"""Everybody the agent knows, and where from."""

from dataclasses import replace

from agent.core.explain import Sight
from agent.core.model.marketplace import AccountKind, ServiceAccount
from agent.core.roster import Entry, roster
from agent.core.snapshot import Complete
from tests.fixtures.worlds import OFFERING, World, offering_user, uuid_of


def entries(world: World, *services: ServiceAccount) -> dict[str, Entry]:
    observed = world.observed()
    snapshots = {uuid: replace(one, services=Complete(services)) for uuid, one in observed.offerings.items()}
    seen = Sight(
        observed=replace(observed, offerings=snapshots), known=world.known, plan=world.plan(), policies=[world.policy]
    )
    return {one.username or one.uuid: one for one in roster(seen)}


def test_a_member_is_listed_with_state_and_accounts() -> None:
    world = World()
    world.allocation("weather", "ada")
    assert entries(world)["ada"] == Entry(
        kind="person",
        offering=OFFERING,
        uuid=uuid_of("ada"),
        username="ada",
        state="OK",
        source="marketplace",
        accounts=("weather",),
    )


def test_who_waits_is_listed_with_the_reason_once() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.allocation("ocean", "ada")
    world.member("weather", "zoe")
    world.member("ocean", "zoe")
    world.users["zoe"] = offering_user("zoe", username="", state="Creating")
    zoe = entries(world)[uuid_of("zoe")]
    assert (zoe.state, zoe.accounts) == ("Creating", ())
    assert zoe.waiting == "has no username yet; no table offerings.username says who names people"


def test_everybody_says_where_they_are_known_from() -> None:
    world = World()
    world.allocation("weather", "ada", "left", "zoe")
    world.leaves("weather", "left")
    del world.users["left"], world.users["zoe"]
    world.remember(usernames={key: name for key, name in world.known.usernames.items() if name != "zoe"}, holders={})
    world.locally_added("weather", "local")
    robot = ServiceAccount(kind=AccountKind.ROBOT, uuid=uuid_of("robot"), username="robot", state="OK")
    found = entries(world, robot)
    assert {name: one.source for name, one in found.items()} == {
        "ada": "marketplace",
        "left": "journal",
        "local": "Slurm",
        "robot": "marketplace",
        uuid_of("zoe"): "team",
        "zoe": "Slurm",
    }
    assert (found["robot"].kind, found["local"].kind) == ("robot account", "user")
    assert found["local"].accounts == ("weather",)


def test_a_restricted_person_is_listed_as_such() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.users["ada"] = offering_user("ada", restricted=True)
    assert entries(world)["ada"].state == "restricted"


def test_the_order_is_by_name_with_the_nameless_after_and_strangers_last() -> None:
    world = World()
    world.allocation("weather", "zoe", "ada")
    world.member("weather", "new")
    world.users["new"] = offering_user("new", username="")
    world.locally_added("weather", "aaa")
    assert list(entries(world)) == ["ada", "zoe", uuid_of("new"), "aaa"]
