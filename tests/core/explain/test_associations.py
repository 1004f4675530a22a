"""What keeps somebody in an account or out of it, and what stops jobs there."""

from dataclasses import replace

import pytest

from agent.core.explain import History, Mark, Past, Stay, Step, verdict
from agent.core.model.cluster import Association
from agent.core.snapshot import Partial
from tests.core.explain.asking import one, why
from tests.fixtures.worlds import GENEROUS, NOW, World, account, service_account, uuid_of


@pytest.fixture
def world() -> World:
    made = World()
    made.allocation("weather", "ada", project_name="Climate")
    return made


def gone(world: World, user: str) -> None:
    world.leaves("weather", user)
    world.associations = [it for it in world.associations if it.user != user]
    world.remember(associations=world.known.associations - {("weather", user)})


def test_who_is_not_in_an_account_whose_team_is_not_known_is_not_told_so(world: World) -> None:
    gone(world, "ada")
    world.sections["teams"] = Partial((), "half of it")
    links = why(world, "ada", History(stays=(Stay(account="weather", user="ada", made=NOW - 9),)))
    link = one(links, Step.ASSOCIATION)
    assert (link.mark, link.text) == (Mark.UNKNOWN, "none, and whether there should be one is not known")


def test_who_is_gone_already_does_not_leave_with_the_account(world: World) -> None:
    gone(world, "ada")
    world.associations.append(Association(account="weather", user="emmy"))
    world.remember(associations=frozenset({("weather", "emmy")}))
    del world.resources["weather"]
    world.guard = GENEROUS
    world.seen_missing("remove orphan weather")
    link = one(
        why(world, "ada", History(stays=(Stay(account="weather", user="ada", made=0.0, removed=NOW),))),
        Step.ASSOCIATION,
    )
    assert link.text.startswith("none any more since")


def test_an_account_that_was_removed_whole_is_why_somebody_is_not_in_it(world: World) -> None:
    gone(world, "ada")
    past = Past(at=NOW, key="remove account weather", what="remove account weather: ordered", result="done")
    stays = (Stay(account="weather", user="ada", made=0.0, removed=NOW),)
    text = one(why(world, "ada", History(outcomes=(past,), stays=stays)), Step.ASSOCIATION).text
    assert text == "none any more: 2027-01-15 08:00 UTC remove account weather: ordered"
    made = replace(past, key="create account weather")
    assert "does not say why" in one(why(world, "ada", History(outcomes=(made,), stays=stays)), Step.ASSOCIATION).text


def test_what_nothing_releases_is_broken_not_waiting(world: World) -> None:
    world.member("weather", "boss")
    world.guard = replace(world.guard, protected=frozenset({"weather"}))
    link = one(why(world, "boss"), Step.ASSOCIATION)
    assert link.mark is Mark.BROKEN
    assert link.text.startswith("held: add user boss to account weather (weather is protected")
    assert link.remedy == ""


def test_what_a_person_can_release_has_the_command(world: World) -> None:
    for user in ("bob", "carol", "dave", "erin", "frank", "gina"):
        world.allocation(f"of {user}".replace(" ", "-"), user)
        world.leaves(f"of-{user}", user)
        world.seen_missing(f"remove association of-{user}/{user}")
    link = one(why(world, "bob"), Step.ASSOCIATION)
    assert link.mark is Mark.WAITING
    assert link.remedy == f"agent guard release {world.plan().held_checksum}"


def test_who_is_blocked_before_leaving_is_told_since_when(world: World) -> None:
    world.leaves("weather", "ada")
    world.member("weather", "ada", expires=NOW - 60)
    world.by_hand("weather", "ada", max_submit_jobs=0)
    world.remember(blocked={"weather/ada": NOW - 60})
    links = why(world, "ada")
    assert one(links, Step.ASSOCIATION).text == (
        "leaves: the role PROJECT.MEMBER has expired; blocked since 2027-01-15 07:59 UTC"
    )


def test_a_block_that_the_agent_set_is_told_from_one_by_hand(world: World) -> None:
    world.sections["resources"] = Partial(tuple(world.resources.values()), "half of it")
    world.in_slurm("weather", grp_submit_jobs=0)
    by_hand = one(why(world, "ada"), Step.LIMITS)
    assert (by_hand.mark, by_hand.text) == (
        Mark.BROKEN,
        "no job starts: somebody set GrpSubmitJobs=0 on account weather",
    )
    world.remember(replaced={"weather": {"GrpSubmitJobs": ""}})
    ours = one(why(world, "ada"), Step.LIMITS)
    assert (ours.mark, ours.text) == (
        Mark.WAITING,
        "no job starts: the agent set GrpSubmitJobs=0 on account weather for a time",
    )


def test_a_members_own_limits_and_partitions_are_shown(world: World) -> None:
    world.by_hand("weather", "ada", partition="long", qos=("slow",), default_qos="slow")
    links = why(world, "ada")
    assert one(links, Step.ASSOCIATION).text == "ada is in it, in long only"
    assert one(links, Step.LIMITS).text.endswith("; ada@long: QOS=slow DefaultQOS=slow")


def test_a_coordinator_with_the_account_as_default_is_told_as_such(world: World) -> None:
    world.coordinators = {"weather": frozenset({"ada"})}
    world.default_accounts = {"ada": "weather"}
    assert (
        one(why(world, "ada"), Step.ASSOCIATION).text == "ada is in it, a coordinator of it, the user's default account"
    )


def test_a_resource_that_ended_is_not_one_to_be_in(world: World) -> None:
    gone(world, "ada")
    world.member("weather", "ada")
    world.flag("weather", state="Terminated")
    assert not [link for link in why(world, "ada") if link.account]


def test_a_robot_works_in_its_resource_and_in_no_other(world: World) -> None:
    world.resource("ocean", backend_id="ocean", project_uuid=uuid_of("project of weather"))
    world.accounts["ocean"] = account("ocean", "ocean")
    world.services = [
        service_account("robot", resource_uuid=uuid_of("weather"), project_uuid=uuid_of("project of weather"))
    ]
    assert {link.account for link in why(world, "robot") if link.account} == {"weather"}


def test_an_expired_role_in_one_project_is_told_though_another_gives_access(world: World) -> None:
    world.allocation("ocean", "ada")
    gone(world, "ada")
    world.member("weather", "ada", expires=NOW - 60)
    links = why(world, "ada")
    assert verdict(links) is Mark.BROKEN
    assert {link.account: link.mark for link in links if link.step is Step.ROLE} == {
        "ocean": Mark.OK,
        "weather": Mark.BROKEN,
    }
