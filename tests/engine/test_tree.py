"""Accounts below accounts: customer, project, allocation; and what happens when a project moves."""

import pytest

from agent.core.model.cluster import Account
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, results

LEAF = "climate-1-weather-1"


@pytest.fixture
def lab(make_lab: MakeLab) -> MemorySite:
    return make_lab(account_tree=["customer", "project"], remove_empty_accounts=True)


def line(lab: MemorySite, account: str) -> list[str]:
    """The accounts above one, from the top."""
    above = lab.memory.accounts[account].parent
    return [*line(lab, above), above] if above else []


def test_an_allocation_hangs_below_its_project_and_that_below_its_customer(lab: MemorySite, weather: str) -> None:
    root, customer, project = line(lab, LEAF)
    assert root == "root"
    texts = [lab.memory.accounts[name].description.split(" ", 1)[1] for name in (customer, project)]
    assert texts == ["(customer) climate university", "(project) climate"]
    assert lab.order_states(weather) == [("Create", "done")]
    assert lab.plan().empty


def test_two_allocations_of_a_project_share_the_accounts_above(lab: MemorySite, project: str) -> None:
    lab.order(project, "storm")
    lab.cycle()
    assert line(lab, "climate-1-storm-1") == line(lab, LEAF)
    assert len(lab.memory.accounts) == 5


def test_a_project_that_moves_takes_its_accounts_along_and_leaves_no_empty_customer(
    lab: MemorySite, project: str
) -> None:
    _, old, above = line(lab, LEAF)
    lab.world.move_project(project, lab.world.create_customer("Ocean Institute"))
    cycle = lab.cycle()
    assert results(cycle)[f"move account {above}"] == "done"
    assert f"move account {above} from {old} to " in cycle.outcomes[1].action.describe()
    _, new, same = line(lab, LEAF)
    assert (same, new != old) == (above, True)
    assert lab.memory.accounts[new].description.endswith("(customer) ocean institute")
    assert lab.memory.users(LEAF) == {"ada", "emmy"}
    held = lab.cycle().plan.held
    assert [item.action.key for item in held] == [f"remove empty account {old}"]
    lab.cycle(confirmed=True)
    assert old not in lab.memory.accounts
    assert lab.plan().empty


def test_a_resource_given_to_another_project_is_moved_below_it(lab: MemorySite, weather: str) -> None:
    other = lab.project("Marine", "kurt")
    lab.order(other, "reef")
    lab.cycle()
    lab.world.move_resource(weather, other)
    lab.cycle(confirmed=True)
    _, customer, project = line(lab, LEAF)
    assert lab.memory.accounts[project].description.endswith("(project) marine")
    assert lab.memory.accounts[customer].description.endswith("(customer) marine university")
    assert lab.memory.users(LEAF) == {"kurt"}


def test_the_last_allocation_leaves_an_empty_line_that_goes_when_confirmed(lab: MemorySite, weather: str) -> None:
    lab.world.order_terminate(weather)
    lab.cycle()
    assert LEAF not in lab.memory.accounts
    for _ in range(3):
        lab.cycle(confirmed=True)
    assert set(lab.memory.accounts) == {"root"}


def test_an_account_above_with_somebody_elses_account_below_it_stays(lab: MemorySite, weather: str) -> None:
    _, customer, project = line(lab, LEAF)
    lab.memory.accounts["theirs"] = Account(name="theirs", parent=project, organization="physics")
    lab.world.order_terminate(weather)
    for _ in range(3):
        lab.cycle(confirmed=True)
    assert set(lab.memory.accounts) == {"root", customer, project, "theirs"}


def test_an_account_above_that_is_refused_holds_its_orders_and_nothing_else(lab: MemorySite, project: str) -> None:
    other = lab.project("Marine", "kurt")
    resource = lab.order(other, "reef")
    wanted = [action.account for action in lab.plan().actions if action.kind == "create account"]
    lab.memory.refuses = {name.name: "not here" for name in wanted if "(project)" in name.description}
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "executing")]
    assert lab.memory.users(LEAF) == {"ada", "emmy"}
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "done")]
