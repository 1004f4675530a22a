"""``agent adopt``: all that would change is shown first, and nothing is written without a word."""

import pytest

from agent.core.model.cluster import Account, Association
from tests.fixtures.memory_site import MemorySite
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away

WEATHER = "climate-1-weather-1"


@pytest.fixture
def resource(lab: MemorySite, project: str) -> str:
    """The allocation in use, whose account somebody replaced by one of their own, with ada, frank and noah in it."""
    uuid = str(lab.world.resources(lab.offering)[0]["uuid"])
    with lab.world_of() as (_, world):
        world.marketplace.set_backend_id(uuid, "climate")
    lab.join(lab.project("Other", "noah"), "noah")
    lab.order(lab.world.create_project(lab.world.create_customer("Third"), "Third"), "third")
    lab.memory.accounts = {
        "root": lab.memory.accounts["root"],
        "climate": Account(name="climate", parent="root", organization="physics", description="the group"),
    }
    users = ("ada", "frank", "noah")
    lab.memory.associations = {("climate", user): Association(account="climate", user=user) for user in users}
    return uuid


def test_what_would_change_is_shown_and_nothing_is_written(lab: MemorySite, resource: str) -> None:
    before = dict(lab.memory.accounts), dict(lab.memory.associations)
    lab.server.reset_counts()
    said = lab.agent("adopt", "Climate", "--resource", resource[:8])
    assert said.code == 2, said.text
    assert said.text.splitlines()[:5] == [
        f"adopt account climate for resource weather ({resource[:8]}):",
        f"  Organization  physics → waldur-{lab.offering}",
        f"  Description   the group → waldur-{resource} climate weather",
        "  backend_id    stays climate",
        "  the agent's own users from then on: ada",
    ]
    assert "  + add user emmy to account climate\n" in said.text
    assert "  + set account climate: GrpTRESMins cpu none → 60000, mem none → 245760000" in said.text
    assert "  · user frank was not made by the agent: left alone\n" in said.text
    assert said.text.endswith("Nothing was written. Call it again with --yes to do it.\n")
    assert (lab.memory.accounts, lab.memory.associations) == before
    assert lab.posts() == []


def test_with_yes_it_is_adopted_and_the_next_sync_does_the_rest(lab: MemorySite, resource: str) -> None:
    said = lab.agent("adopt", "climate", "--resource", resource, "--yes")
    assert said.code == 0, said.text
    assert said.text.endswith("Adopted. The next sync does the rest.\n")
    assert lab.memory.accounts["climate"].description == f"waldur-{resource} climate weather"
    assert lab.memory.accounts["climate"].grp_tres_mins == {}
    assert lab.sync().code == 0
    assert lab.memory.accounts["climate"].grp_tres_mins == {"cpu": 60_000, "mem": 245_760_000}
    assert lab.memory.users("climate") == {"ada", "emmy", "frank", "noah"}
    again = lab.agent("adopt", "climate", "--resource", resource, "--yes")
    assert (again.code, again.text) == (
        0,
        "Account climate is the one of resource weather already; there is nothing to adopt.\n",
    )


def test_a_user_who_would_lose_access_is_shown_with_what_holds_it(lab: MemorySite, resource: str) -> None:
    lab.order(lab.project("Leavers", "mia"), "swamp")
    lab.sync()
    del lab.memory.accounts[WEATHER]
    lab.memory.associations["climate", "mia"] = Association(account="climate", user="mia")
    said = lab.agent("adopt", "climate", "--resource", resource)
    assert "the agent's own users from then on: ada, mia" in said.text
    assert "  ⏸ held: remove user mia from account climate: " in said.text


def test_a_refusal_ends_with_1_and_says_why(lab: MemorySite, resource: str) -> None:
    for account, why in (("root", "is protected"), ("nowhere", "there is no account nowhere in Slurm")):
        said = lab.agent("adopt", account, "--resource", resource, "--yes")
        assert said.code == 1
        assert why in said.text


def test_an_unknown_resource_is_wrong_usage(lab: MemorySite, resource: str) -> None:
    said = lab.agent("adopt", "climate", "--resource", "0" * 32)
    assert said.code == 64
    assert "there is no living resource of an offering in the settings with UUID" in said.text


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("climate",),
        ("--resource", "0" * 32),
        ("climate", "--scan"),
        ("--scan", "--yes"),
        ("--scan", "--resource", "0" * 32),
    ],
)
def test_half_a_question_is_wrong_usage(lab: MemorySite, words: tuple[str, ...]) -> None:
    assert lab.agent("adopt", *words).code == 64


def test_a_scan_shows_each_candidate_with_the_command_to_call(lab: MemorySite, resource: str) -> None:
    lab.server.reset_counts()
    said = lab.agent("adopt", "--scan")
    assert said.code == 0, said.text
    assert said.text.splitlines() == [
        f"account climate, named like the backend_id of resource weather ({resource[:8]})",
        "    users: 1 become the agent's own, 1 added, 2 left alone; set account climate: GrpTRESMins cpu none → 60000,"
        " mem none → 245760000",
        f"    agent adopt climate --resource {resource}",
        "1 could be adopted, 0 not.",
    ]
    assert lab.posts() == []


def test_a_scan_says_why_a_candidate_cannot_be_adopted(lab: MemorySite, resource: str) -> None:
    lab.memory.accounts["sub"] = Account(name="sub", parent="climate")
    said = lab.agent("adopt", "--scan")
    assert said.code == 0
    assert "    not as it is: account climate has accounts below it: sub; move them" in said.text
    assert said.text.endswith("0 could be adopted, 1 not.\n")


def test_a_scan_without_candidates_says_so(lab: MemorySite, project: str) -> None:
    said = lab.agent("adopt", "--scan")
    assert (said.code, said.text) == (0, "There is nothing to adopt.\n")


@pytest.mark.parametrize("words", [("--scan",), ("climate", "--resource", "0" * 32, "--yes")])
def test_during_an_outage_it_ends_with_75(lab: MemorySite, resource: str, words: tuple[str, ...]) -> None:
    slurm_goes_away(lab.memory)
    said = lab.agent("adopt", *words)
    assert said.code == 75
    assert SLURM_AWAY in said.text
