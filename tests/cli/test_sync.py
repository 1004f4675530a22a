"""``agent sync``: what it says of each action, and how it ends."""

import json
import time
from dataclasses import replace

from agent.core.model.cluster import UsageRow
from agent.core.snapshot import Missing
from tests.fixtures.memory_site import MemorySite, memory_site
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away, slurm_is_back

WEATHER = "climate-1-weather-1"


def test_a_sync_says_what_was_done_in_the_plans_order_and_ends_with_0(lab: MemorySite) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    said = lab.sync()
    assert said.code == 0
    lines = said.text.splitlines()
    assert [line[:5] for line in lines[:4]] == ["  ✔ a", "  ✔ c", "  ✔ a", "  ✔ r"]
    assert lines[2] == f"  ✔ add users ada, emmy to account {WEATHER}"
    assert f"  usage of {time.strftime('%Y-%m', time.gmtime())}: 0 of 0 resource(s) told anew" in lines
    assert lines[-1] == "5 done, 0 failed, 0 held."
    assert lab.order_states(resource) == [("Create", "done")]


def test_what_is_held_ends_with_3_and_what_was_refused_with_4_and_its_reason(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    held = lab.sync()
    assert held.code == 3
    assert f"  ⏸ held: remove user ada from account {WEATHER}: " in held.text
    lab.join(project, "kurt")
    lab.memory.refuses = {f"{WEATHER}/kurt": "no such Unix user"}
    failed = lab.sync()
    assert failed.code == 4
    assert f"  ✘ add user kurt to account {WEATHER}: no such Unix user" in failed.text
    assert failed.text.splitlines()[-1] == "0 done, 1 failed, 1 held."


def test_a_held_removal_says_since_when_it_is_missing(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.sync()
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert f"; missing since {today} " in lab.sync().text


def test_everything_away_is_one_line_with_the_remedies_and_75(lab: MemorySite, project: str) -> None:
    slurm_goes_away(lab.memory)
    lab.server.faults.add("drop", "/api/")
    for words in (("sync",), ("sync", "--json"), ("sync", "--confirm-removals")):
        said = lab.agent(*words)
        assert said.code == 75
        (line,) = said.text.splitlines()
        assert SLURM_AWAY in line
        assert lab.server.url in line
        assert "check the network and marketplace.url" in line
    slurm_is_back(lab.memory)
    lab.server.faults.clear()
    assert lab.sync().code == 0


def test_json_tells_each_outcome_and_the_usage_with_the_same_keys_good_or_bad(lab: MemorySite, project: str) -> None:
    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 7200})]
    lab.join(project, "kurt")
    good = json.loads(lab.agent("sync", "--json").text)
    assert good["outcomes"] == [
        {
            "key": f"add association {WEATHER}/kurt",
            "text": f"add user kurt to account {WEATHER}",
            "result": "done",
            "detail": "",
        }
    ]
    assert (good["usage"]["error"], good["usage"]["changed"], good["usage"]["unsent"]) == ("", 1, [])

    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 3600})]
    fell = json.loads(lab.agent("sync", "--json").text)["usage"]["unsent"]
    assert {(account, one["component"], one["user"], one["told"], one["now"]) for account, one in fell} == {
        (WEATHER, "cpu", "", "2.00", "1.00"),
        (WEATHER, "cpu", "ada", "2.00", "1.00"),
    }

    slurm_goes_away(lab.memory)
    lab.memory.observe_accounting = lab.memory.observe  # type: ignore[method-assign]
    said = lab.agent("sync", "--json")
    assert said.code == 75
    bad = json.loads(said.text)
    assert bad.keys() == good.keys()
    assert bad["usage"].keys() == good["usage"].keys()
    assert SLURM_AWAY in bad["usage"]["error"]


def test_metadata_that_cannot_be_written_after_a_change_of_limits_stops_nothing(lab: MemorySite, project: str) -> None:
    resource = lab.world.resources(lab.offering)[0]["uuid"]
    lab.world.set_flags(resource, paused=True)
    lab.leave(project, "ada")
    lab.server.faults.add("status", f"{resource}/set_backend_metadata/", method="POST", value=500)
    said = lab.sync("--confirm-removals")
    assert said.code == 0
    assert f"  ! account {WEATHER}: its metadata could not be written: " in said.text
    assert lab.memory.accounts[WEATHER].grp_jobs == 0
    assert lab.memory.users(WEATHER) == {"emmy"}


def test_a_cycle_whose_only_action_waits_or_fails_writes_nothing_to_the_marketplace(
    lab: MemorySite, project: str
) -> None:
    lab.join(project, "kurt")
    lab.memory.refuses = {f"{WEATHER}/kurt": "no such Unix user"}
    assert lab.sync().code == 4
    lab.server.reset_counts()
    assert lab.sync().code == 4
    assert lab.posts() == []


def test_one_offering_alone_leaves_the_orders_of_the_others(tmp_path, monkeypatch) -> None:
    with memory_site(tmp_path) as one:
        monkeypatch.setattr("agent.composition._cluster", lambda *_: one.memory)
        first = one.order(one.project("Climate", "ada"), "weather")
        nobody = one.agent("sync", "--offering", "0" * 32)
        assert nobody.code == 64
        assert f"there are {one.offering}" in nobody.text
        assert one.order_states(first) == [("Create", "pending-provider")]
        assert one.sync("--offering", one.offering.upper()).code == 0
        assert one.order_states(first) == [("Create", "done")]


def test_a_missing_section_that_nobody_needs_is_no_outage(lab: MemorySite, project: str) -> None:
    seen = lab.memory.observe()
    lab.memory.observe = lambda: replace(seen, partitions=Missing("slurmctld is away"))  # type: ignore[method-assign]
    said = lab.sync()
    assert said.code == 0
    assert "Slurm's partitions are not known for sure: slurmctld is away" in said.text
    lab.world.add_partition(lab.offering, "long", max_time=60)
    assert lab.sync().code == 75
