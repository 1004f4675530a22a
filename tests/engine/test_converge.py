"""One cycle: what was planned is carried out, read back and only then acknowledged."""

import sqlite3
import threading
from dataclasses import replace
from typing import Any

from agent.core.model.cluster import Account
from agent.core.snapshot import Missing, Partial
from agent.engine.world import World
from tests.fixtures.memory_site import MemorySite, results

WEATHER, STORM = "climate-1-weather-1", "climate-1-storm-1"


def journal_rows(lab: MemorySite) -> dict[str, list[Any]]:
    with sqlite3.connect(lab.settings.parent / "state" / "journal.sqlite") as db:
        tables = [name for (name,) in db.execute("select name from sqlite_master where type='table'")]
        rows = {name: db.execute(f"select * from {name}").fetchall() for name in tables}
    db.close()
    return rows


def test_a_plan_changes_nothing_anywhere(lab: MemorySite, project: str) -> None:
    lab.order(project, "storm")
    lab.leave(project, "ada")
    before = journal_rows(lab), dict(lab.memory.accounts), dict(lab.memory.associations)
    lab.server.reset_counts()
    plan = lab.plan()
    assert [action.kind for action in plan.actions] == [
        "approve order",
        "create account",
        "add association",
        "finish order",
    ]
    assert len(plan.held) == 1
    assert (journal_rows(lab), lab.memory.accounts, lab.memory.associations) == before
    assert lab.posts() == []


def test_a_refused_user_holds_neither_the_account_nor_the_others_nor_the_order(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    lab.memory.refuses = {f"{STORM}/ada": "no such uid"}
    cycle = lab.cycle()
    assert results(cycle)[f"add association {STORM}/ada"] == "failed"
    assert [outcome.detail for outcome in cycle.failures] == ["no such uid"]
    assert lab.memory.users(STORM) == {"emmy"}
    assert lab.order_states(resource) == [("Create", "done")]
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.memory.users(STORM) == {"ada", "emmy"}


def test_a_refused_account_leaves_its_order_executing_until_it_is_taken(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    lab.memory.refuses = {STORM: "invalid parent"}
    cycle = lab.cycle()
    assert results(cycle)["finish order Create"] == "failed"
    assert lab.order_states(resource) == [("Create", "executing")]
    assert lab.account(resource) == ""
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "done")]


def test_an_account_that_is_not_there_when_read_back_is_not_acknowledged(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    lab.memory.forgets = {STORM}
    lab.server.reset_counts()
    cycle = lab.cycle()
    assert f"account {STORM} is not in Slurm as it was ordered; it is tried again" in cycle.failures[-1].detail
    assert lab.order_states(resource) == [("Create", "executing")]
    assert not [path for path in lab.posts() if "set_state_done" in path or "set_backend_id" in path]


def test_an_outage_while_writing_leaves_the_order_and_says_so_of_each_action(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    lab.memory.outage = "slurmdbd is away; start it"
    cycle = lab.cycle()
    kinds = {outcome.action.kind for outcome in cycle.failures if outcome.detail == "slurmdbd is away; start it"}
    assert kinds == {"create account", "add association"}
    assert lab.order_states(resource) == [("Create", "executing")]


def test_a_read_back_that_fails_acknowledges_nothing(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    seen = lab.memory.observe()

    def blind(world: World) -> World:
        lab.memory.observe_accounting = lambda: replace(seen, accounts=Missing("slurmdbd is away"))  # type: ignore[method-assign]
        return world

    cycle = lab.cycle(blind)
    assert cycle.failures[-1].detail == "not read back: slurmdbd is away"
    assert lab.order_states(resource) == [("Create", "executing")]


def test_an_order_that_somebody_else_ended_meanwhile_is_not_moved(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    order = lab.world.orders(lab.offering)[-1]["uuid"]

    class Meddling:
        """A marketplace in which the provider ends the order by hand while the account is made."""

        def __init__(self, real: Any) -> None:
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def set_backend_id(self, resource: str, backend_id: str) -> None:
            self.real.set_backend_id(resource, backend_id)
            self.real.set_order_erred(order, "ended by hand", "")

    cycle = lab.cycle(lambda world: replace(world, marketplace=Meddling(world.marketplace)))
    assert cycle.failures[-1].detail == "the order is not executing any more; somebody else moved it"
    assert lab.order_states(resource) == [("Create", "erred")]


def test_a_stop_request_ends_the_run_after_the_batch_in_hand(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    stop = threading.Event()
    lab.memory.before = stop.set
    lab.cycle(lambda world: replace(world, stopping=stop.is_set))
    assert lab.memory.users(STORM) == {"ada", "emmy"}
    assert lab.order_states(resource) == [("Create", "executing")]
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "done")]


def test_a_taken_name_errs_the_order_and_leaves_the_account(lab: MemorySite, project: str) -> None:
    theirs = Account(name=STORM, parent="root", organization="physics", description="theirs")
    lab.memory.accounts[STORM] = theirs
    resource = lab.order(project, "storm")
    assert results(lab.cycle())["refuse order Create"] == "done"
    assert lab.memory.accounts[STORM] == theirs
    assert lab.order_states(resource) == [("Create", "erred")]


def test_an_account_with_our_marker_is_taken_up_without_a_journal(lab: MemorySite, project: str, weather: str) -> None:
    for file in (lab.settings.parent / "state").iterdir():
        file.unlink()
    cycle = lab.cycle()
    assert cycle.plan.actions == ()
    assert lab.account(weather) == WEATHER
    lab.leave(project, "ada")
    lab.cycle(confirmed=True)
    assert lab.memory.users(WEATHER) == {"emmy"}


def test_an_outage_neither_dates_an_absence_nor_forgets_one(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.cycle()
    dated = journal_rows(lab)["missing"]
    assert [key for key, _ in dated] == [f"remove association {WEATHER}/ada"]
    lab.server.faults.add("status", "marketplace-offering-users/", value=500)
    assert lab.cycle().plan.held == ()
    lab.server.faults.clear()
    assert journal_rows(lab)["missing"] == dated


def test_nobody_is_removed_on_a_partial_list_of_associations(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    seen = lab.memory.observe()
    partial = replace(seen, associations=Partial(tuple(lab.memory.associations.values()), "cut off"))
    lab.memory.observe = lambda: partial  # type: ignore[method-assign]
    cycle = lab.cycle(confirmed=True)
    assert cycle.outcomes == ()
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_the_offerings_metadata_is_written_again_after_an_hour_and_not_before(lab: MemorySite, project: str) -> None:
    class Later:
        def __init__(self, real: Any, seconds: float) -> None:
            self.real, self.seconds = real, seconds

        def now(self) -> float:
            return float(self.real.now()) + self.seconds

        def sleep(self, seconds: float) -> None:
            raise AssertionError("nothing to wait for")

    for seconds, posts in ((3500, 0), (3700, 1)):
        lab.server.reset_counts()
        lab.cycle(lambda world, seconds=seconds: replace(world, clock=Later(world.clock, seconds)))
        assert len(lab.posts()) == posts, f"after {seconds} s"


def test_every_action_is_in_the_journal_with_what_became_of_it(lab: MemorySite, project: str) -> None:
    rows = journal_rows(lab)
    assert {row[1]: row[6] for row in rows["intent"] if "association" in row[1]} == {
        f"add association {WEATHER}/ada": "done",
        f"add association {WEATHER}/emmy": "done",
    }
    assert [row[4] for row in rows["run"]] == ["done"]
    assert lab.server.token not in str(rows)


def test_an_association_that_vanished_and_was_added_by_somebody_else_is_left_alone(
    lab: MemorySite, project: str, weather: str
) -> None:
    ada = lab.memory.associations.pop((WEATHER, "ada"))
    lab.leave(project, "ada")
    lab.cycle()
    lab.memory.associations[WEATHER, "ada"] = ada
    assert lab.cycle(confirmed=True).outcomes == ()
    assert "ada" in lab.memory.users(WEATHER)
