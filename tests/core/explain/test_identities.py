"""Whose a name is, what its source said, and how the directory's record stands."""

from dataclasses import replace

import pytest

from agent.core.actions import PutDirectoryUser
from agent.core.admission import RefusedRecord
from agent.core.explain import Kind, Mark, Step, find
from agent.core.guard import HeldAction
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.people import Proposal
from agent.core.snapshot import Complete, Partial
from tests.core.explain.asking import one, sight, why
from tests.fixtures.worlds import NOW, World, offering_user, service_account, uuid_of

ADA = DirectoryUser(name="ada", uidnumber=10_001, primarygroup=10_001)
PUT = PutDirectoryUser(offering="", user=ADA)


@pytest.fixture
def world() -> World:
    made = World()
    made.allocation("weather", "ada", project_name="Climate")
    return made


def test_a_name_that_the_source_refuses_is_broken_and_one_it_does_not_know_yet_waits(world: World) -> None:
    world.member("weather", "zoe")
    world.users["zoe"] = offering_user("zoe", username="")
    world.named_by(zoe=Proposal(reason="no such person in the registry"))
    refused = one(why(world, uuid_of("zoe")), Step.USERNAME)
    assert (refused.mark, refused.text) == (Mark.BROKEN, "has no username: no such person in the registry")
    assert refused.remedy == "see to it that the source of names in offerings.username has a usable one for this person"
    world.named_by(zoe="ada")
    taken = one(why(world, uuid_of("zoe")), Step.USERNAME)
    assert taken.mark is Mark.BROKEN
    assert taken.text.startswith("cannot be named 'ada'")


def test_a_name_that_is_about_to_be_given_waits_for_the_next_sync_and_is_looked_up_already(world: World) -> None:
    world.member("weather", "zoe")
    world.users["zoe"] = offering_user("zoe", username="")
    world.named_by(zoe="zoe1")
    links = why(world, uuid_of("zoe"), directory=Complete(Directory(users=(replace(ADA, name="zoe1"),))))
    assert one(links, Step.USERNAME).text == "zoe1 is given by the next sync"
    assert one(links, Step.RECORD).text == "uid 10001, published"


def test_a_name_of_the_journal_is_nobodys_whom_an_offering_knows(world: World) -> None:
    world.remember(holders={"old": "f" * 32})
    (found,) = find(sight(world), "old")
    assert found.kind is Kind.NAME
    assert (
        one(why(world, "old"), Step.USERNAME).text
        == f"old was given to user {'f' * 32}, of whom no offering says anything now"
    )


def test_a_name_that_the_journal_gave_to_another_is_not_the_first_of_a_person(world: World) -> None:
    world.users["ada"] = offering_user("ada", username="lovelace")
    world.remember(holders={"ada": uuid_of("emmy"), "lovelace": uuid_of("ada")})
    (found,) = find(sight(world), uuid_of("ada"))
    assert found.name == "lovelace"


def test_names_are_asked_for_in_any_case(world: World) -> None:
    assert find(sight(world), " ADA ") == find(sight(world), "ada") != ()


@pytest.mark.parametrize(
    ("fields", "mark", "end"),
    [
        ({"ends": NOW - 60}, Mark.BROKEN, ", ended on 2027-01-15 07:59 UTC"),
        ({"ends": NOW + 60}, Mark.OK, "OK"),
        ({"starts": NOW + 60}, Mark.WAITING, ", starts on 2027-01-15 08:01 UTC"),
        ({"starts": NOW - 60}, Mark.OK, "OK"),
        ({"state": "Erred"}, Mark.BROKEN, "Erred"),
    ],
)
def test_a_service_account_stands_as_its_days_and_state_say(
    world: World, fields: dict[str, object], mark: Mark, end: str
) -> None:
    world.services = [service_account("robot", project_uuid=uuid_of("project of weather"), **fields)]
    link = one(why(world, "robot"), Step.SERVICE)
    assert link.mark is mark
    assert link.text.endswith(end)


def test_a_service_account_without_a_name_is_found_by_uuid_and_waits_for_one(world: World) -> None:
    world.services = [service_account("", project_uuid=uuid_of("project of weather"))]
    link = one(why(world, world.services[0].uuid), Step.USERNAME)
    assert (link.mark, link.text) == (Mark.WAITING, "has none yet; the marketplace gives it")


def test_a_record_that_the_next_sync_puts_or_the_guard_holds_waits(world: World) -> None:
    directory = Complete(Directory())
    coming = replace(world.plan(), actions=(PUT,))
    link = one(why(world, "ada", directory=directory, plan=coming), Step.RECORD)
    assert (link.mark, link.text) == (Mark.WAITING, "the next sync would add ada (uid 10001) to the directory")
    held = replace(world.plan(), held=(HeldAction(action=PUT, reason="too many"),))
    link = one(why(world, "ada", directory=directory, plan=held), Step.RECORD)
    assert (link.mark, link.text) == (Mark.WAITING, "held: add ada (uid 10001) to the directory (too many)")


def test_a_published_record_whose_change_may_not_be_served_is_broken(world: World) -> None:
    plan = replace(world.plan(), refused=(RefusedRecord(name="ada", reason="its uid is 7"),))
    link = one(why(world, "ada", directory=Complete(Directory(users=(ADA,))), plan=plan), Step.RECORD)
    assert (link.mark, link.text) == (
        Mark.BROKEN,
        "uid 10001, published as it was: what is new is not served: its uid is 7",
    )


def test_orders_that_were_read_by_half_are_not_all(world: World) -> None:
    world.sections["orders"] = Partial((), "half of it")
    assert one(why(world, "weather"), Step.ORDER).mark is Mark.UNKNOWN


def test_an_account_above_is_no_resource(world: World) -> None:
    world.remember(accounts={**world.known.accounts, f"{uuid_of('p')}@o": "climate"})
    assert find(sight(world), "climate") == ()


def test_of_two_resources_that_claim_an_account_the_one_in_the_marketplace_has_it(world: World) -> None:
    world.remember(accounts={"a" * 32: "weather", **world.known.accounts, "f" * 32: "weather"})
    (found,) = find(sight(world), "weather")
    assert found.uuid == uuid_of("weather")
