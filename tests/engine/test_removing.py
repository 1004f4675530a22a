"""Taking away: new jobs are blocked, waiting ones cancelled, running ones waited for, usage told, then it goes."""

from typing import Any

from agent.core.model.cluster import Job, UsageRow
from tests.fixtures.memory_site import MemorySite, instead_of, results

WEATHER = "climate-1-weather-1"
GRACE = 600.0


def job(number: int, *, running: bool, user: str = "ada") -> Job:
    return Job(id=str(number), account=WEATHER, user=user, running=running)


def submit_limit(lab: MemorySite, user: str) -> Any:
    return lab.memory.associations[WEATHER, user].max_submit_jobs


def test_a_running_job_is_waited_for_and_blocked_from_having_company(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.memory.queue = [job(1, running=True), job(2, running=False), job(3, running=True, user="emmy")]
    cycle = lab.cycle(confirmed=True)
    assert [(outcome.result, outcome.detail) for outcome in cycle.outcomes] == [("waiting", "1 job(s) still run: 1")]
    assert [each.id for each in lab.memory.queue] == ["1", "3"]
    assert submit_limit(lab, "ada") == 0
    assert submit_limit(lab, "emmy") is None

    lab.memory.queue = [job(3, running=True, user="emmy")]
    assert results(lab.cycle(confirmed=True)) == {f"remove association {WEATHER}/ada": "done"}
    assert lab.memory.users(WEATHER) == {"emmy"}


def test_a_job_that_runs_past_its_grace_is_cancelled(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.memory.queue = [job(1, running=True)]
    lab.cycle(confirmed=True)
    lab.clock.at += GRACE - 1
    lab.cycle(confirmed=True)
    assert [each.id for each in lab.memory.queue] == ["1"]
    lab.clock.at += 1
    lab.cycle(confirmed=True)
    assert lab.memory.queue == []
    assert lab.memory.users(WEATHER) == {"emmy"}


def test_a_block_that_was_announced_and_never_set_is_set_by_the_next_cycle(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.memory.queue = [job(1, running=True)]
    lab.memory.outage = "slurmdbd is away; start it"
    assert results(lab.cycle(confirmed=True)) == {f"remove association {WEATHER}/ada": "failed"}
    assert submit_limit(lab, "ada") is None
    lab.memory.outage = ""
    lab.cycle(confirmed=True)
    assert submit_limit(lab, "ada") == 0


def test_a_member_who_comes_back_while_jobs_run_is_let_in_again(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.memory.queue = [job(1, running=True)]
    lab.cycle(confirmed=True)
    lab.join(project, "ada")
    assert results(lab.cycle()) == {f"set association {WEATHER}/ada": "done"}
    assert submit_limit(lab, "ada") is None
    assert lab.plan().empty


def test_a_terminated_account_waits_blocked_for_its_jobs(lab: MemorySite, weather: str) -> None:
    lab.world.order_terminate(weather)
    lab.memory.queue = [job(1, running=True)]
    cycle = lab.cycle()
    assert results(cycle)[f"remove account {WEATHER}"] == "waiting"
    assert results(cycle)["finish order Terminate"] == "waiting"
    assert lab.memory.accounts[WEATHER].grp_submit_jobs == 0
    assert lab.order_states(weather)[-1] == ("Terminate", "executing")
    lab.memory.queue = []
    lab.cycle()
    assert WEATHER not in lab.memory.accounts
    assert lab.order_states(weather)[-1] == ("Terminate", "done")


def test_one_user_who_cannot_be_removed_keeps_the_account_with_its_reason(lab: MemorySite, weather: str) -> None:
    lab.world.order_terminate(weather)
    lab.memory.refuses = {f"{WEATHER}/ada": "the default of another cluster"}
    cycle = lab.cycle()
    failed = {outcome.action.key: outcome.detail for outcome in cycle.failures}
    assert failed[f"remove account {WEATHER}"] == f"{WEATHER}/ada: the default of another cluster"
    assert lab.memory.users(WEATHER) == {"ada"}
    assert lab.order_states(weather)[-1] == ("Terminate", "executing")


def test_an_account_whose_resource_is_gone_is_held_as_an_orphan_then_removed(lab: MemorySite, weather: str) -> None:
    seen = lab.world.resource(weather)
    assert seen["state"] == "OK"

    without = instead_of("marketplace", resources=lambda offering: ())
    held = lab.cycle(without).plan.held
    assert [item.action.key for item in held] == [f"remove orphan {WEATHER}"]
    assert WEATHER in lab.memory.accounts
    assert results(lab.cycle(without, confirmed=True)) == {f"remove orphan {WEATHER}": "done"}
    assert WEATHER not in lab.memory.accounts


def test_the_last_usage_is_told_before_the_account_goes(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 3600})]
    told: list[bool] = []
    lab.memory.before = lambda: told.append("1.00" in lab.world.component_usages(weather).values())
    lab.world.order_terminate(weather)
    lab.cycle()
    assert told == [False, True, True, True], "the block comes before the usage, two users and the account after it"
