"""Which name a new account gets: one that no resource ever had, whoever remembers it."""

from agent.core.model.cluster import Account
from agent.errors import Unavailable
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, instead_of

NAMED = {"account_name": "{{ project_slug }}"}


def without_its_journal(lab: MemorySite) -> None:
    for file in (lab.settings.parent / "state").iterdir():
        file.unlink()


def test_a_name_the_marketplace_knows_from_a_terminated_resource_is_passed_over(make_lab: MakeLab) -> None:
    lab = make_lab(**NAMED)
    project, weather = lab.in_use()
    lab.world.order_terminate(weather)
    lab.cycle()
    without_its_journal(lab)
    storm = lab.order(project, "storm")
    planned = lab.plan()
    assert [action.key for action in planned.actions if action.kind == "create account"] == [
        "create account climate-1-2"
    ]
    lab.cycle()
    assert lab.account(storm) == "climate-1-2"
    assert lab.memory.users("climate-1-2") == {"ada", "emmy"}


def test_whether_a_name_was_used_is_asked_once_and_not_again_for_what_is_known(make_lab: MakeLab) -> None:
    lab = make_lab(**NAMED)
    project, _ = lab.in_use()
    asked = []

    def used(offering: str, names: set[str]) -> frozenset[str]:
        asked.append(sorted(names))
        return frozenset()

    lab.order(project, "storm")
    lab.memory.refuses = {"climate-1-2": "not today"}
    for _ in range(3):
        lab.cycle(instead_of("marketplace", used_backend_ids=used))
    assert asked == [["climate-1-2"]]


def test_a_marketplace_that_cannot_say_which_names_were_used_holds_no_order(make_lab: MakeLab) -> None:
    lab = make_lab()
    resource = lab.order(lab.project("Climate", "ada"), "weather")

    def away(*_: object) -> None:
        raise Unavailable("the marketplace is away")

    cycle = lab.cycle(instead_of("marketplace", used_backend_ids=away))
    assert "whether new account names were used before could not be asked: the marketplace is away" in (
        cycle.plan.notices
    )
    assert lab.order_states(resource) == [("Create", "done")]


def test_where_the_offering_counts_names_a_foreign_account_is_passed_over(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.world.set_options(lab.offering, account_name_generation_policy="project_slug")
    lab.memory.accounts["climate-1"] = Account(name="climate-1", parent="root", organization="physics")
    project = lab.project("Climate", "ada")
    first, second = lab.order(project, "weather"), lab.order(project, "storm")
    lab.cycle()
    assert {lab.account(first), lab.account(second)} == {"climate-1-2", "climate-1-3"}
    assert lab.memory.accounts["climate-1"].organization == "physics"
