"""``agent orders``: what keeps each order, a second try, and a no."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.model.cluster import Account, Job
from agent.sandbox.marketplace.server import MarketplaceServer
from tests.fixtures.memory_site import MemorySite, NoTools, memory_site
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away
from tests.fixtures.site import Site, site

WEATHER, OCEAN = "climate-1-weather-1", "climate-1-ocean-1"


def orders(lab: MemorySite) -> list[dict[str, Any]]:
    said = lab.agent("orders", "list", "--json")
    assert said.code == 0, said.text
    found: list[dict[str, Any]] = json.loads(said.text)
    return found


def order_of(lab: Site, resource: str) -> str:
    """The latest order of a resource."""
    return str([one for one in lab.world.orders(lab.offering) if one["resource"] == resource][-1]["uuid"])


def erred(lab: MemorySite, project: str) -> tuple[str, str]:
    """An order that erred, because somebody has an account of its name: (resource, order)."""
    resource = lab.order(project, "ocean")
    lab.memory.accounts[OCEAN] = Account(name=OCEAN, parent="root")
    lab.sync()
    assert lab.order_states(resource) == [("Create", "erred")]
    return resource, order_of(lab, resource)


def test_without_orders_that_is_said(lab: MemorySite, project: str) -> None:
    said = lab.agent("orders", "list")
    assert (said.code, said.text) == (0, "There are no open or erred orders.\n")
    assert orders(lab) == []


def test_each_order_is_listed_with_what_keeps_it_and_nothing_is_written(lab: MemorySite, project: str) -> None:
    _, bad = erred(lab, project)
    fresh = order_of(lab, lab.order(project, "storm"))
    lab.world.order_create(project, lab.offering, "later", {"cpu": 1, "mem": 1}, awaits_consumer=True)
    lab.server.reset_counts()
    said = lab.agent("orders", "list")
    assert said.code == 0
    lines = said.text.splitlines()
    assert len(lines) == 3
    assert [line.split()[1:3] for line in lines] == [
        ["Create", "pending-provider"],
        ["Create", "pending-consumer"],
        ["Create", "erred"],
    ]
    assert lines[0].startswith(f"{fresh[:8]}  Create ")
    assert lines[0].endswith(" s  storm: the next sync goes on with it")
    assert lines[1].endswith("later: waits for its approval by the customer")
    assert lines[2].startswith(f"{bad[:8]}  ")
    assert "The name of this allocation is taken on the cluster" in lines[2]
    assert lab.posts() == []


def test_json_has_whole_uuids_and_numbers(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    (one,) = orders(lab)
    age, created = one.pop("age"), one.pop("created")
    assert 0 <= age < 60
    assert created > 1_700_000_000
    assert one == {
        "order": order_of(lab, resource),
        "offering": lab.offering,
        "type": "Create",
        "state": "pending-provider",
        "resource": resource,
        "resource_name": "storm",
        "account": "",
        "why": "the next sync goes on with it",
    }


def test_an_order_that_waits_for_jobs_says_so(lab: MemorySite, project: str) -> None:
    resource = str(lab.world.resources(lab.offering)[0]["uuid"])
    lab.memory.queue = [Job(id="7", account=WEATHER, user="ada", running=True)]
    lab.world.order_terminate(resource)
    lab.sync()
    (one,) = orders(lab)
    assert (one["type"], one["state"], one["account"]) == ("Terminate", "executing", WEATHER)
    assert one["why"].startswith("the next sync goes on with it; the last one: ")


def test_everything_about_one_order_is_shown(lab: MemorySite, project: str) -> None:
    resource = str(lab.world.resources(lab.offering)[0]["uuid"])
    lab.world.order_update(resource, {"cpu": 2000, "mem": 4000})
    order = order_of(lab, resource)
    said = lab.agent("orders", "show", order[:8])
    assert said.code == 0, said.text
    lines = said.text.splitlines()
    assert lines[0] == f"order {order}: Update, pending-provider"
    assert f"  offering  HPC 1 ({lab.offering})" in lines
    shown = f"  account   {WEATHER} under root, GrpTRESMins=cpu=60000,mem=245760000, users: ada, emmy"
    assert shown in lines
    assert "  limits    cpu=2000 mem=4000" in lines
    assert f"  resource  weather ({resource}), OK, backend_id {WEATHER}, project Climate" in lines
    coming = lines[lines.index("the next sync would:") + 1 :]
    assert coming[1] == f"  + set account {WEATHER}: GrpTRESMins cpu 60000 → 120000"
    past = lines[lines.index("what became of it so far, newest first:") + 1 :]
    assert sorted(line.split("UTC", 1)[1] for line in past) == [
        f"  done     add user ada to account {WEATHER}",
        f"  done     add user emmy to account {WEATHER}",
        f"  done     create account {WEATHER} under root with GrpTRESMins=cpu=60000,mem=245760000",
    ]


def test_an_order_whose_resource_cannot_be_read_is_shown_nevertheless(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    lab.server.faults.add("status", f"marketplace-provider-resources/{resource}/", value=500)
    said = lab.agent("orders", "show", order_of(lab, resource))
    assert said.code == 0
    assert f"  resource  storm ({resource}), which cannot be read: " in said.text


def test_a_retried_order_is_finished_by_the_next_sync(lab: MemorySite, project: str) -> None:
    resource, order = erred(lab, project)
    del lab.memory.accounts[OCEAN]
    said = lab.agent("orders", "retry", order[:8].upper())
    assert (said.code, said.text) == (
        0,
        f"Order {order} (Create ocean) is executing again.\nThe next sync finishes it.\n",
    )
    assert lab.order_states(resource) == [("Create", "executing")]
    assert lab.sync().code == 0
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.memory.users(OCEAN) == {"ada", "emmy"}


def test_only_an_erred_order_is_tried_again(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    said = lab.agent("orders", "retry", order_of(lab, resource))
    assert said.code == 1
    assert "is pending-provider, and only an erred order can be tried again" in said.text
    assert lab.order_states(resource) == [("Create", "pending-provider")]


def test_a_rejected_order_is_over_and_makes_nothing(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    order = order_of(lab, resource)
    said = lab.agent("orders", "reject", order, "--reason", "no money left")
    assert (said.code, said.text) == (0, f"Order {order} (Create storm) is rejected.\n")
    assert lab.order_states(resource) == [("Create", "rejected")]
    assert lab.sync().code == 0
    assert set(lab.memory.accounts) == {"root", WEATHER}


def test_the_customer_of_a_newer_marketplace_reads_why_the_order_was_rejected(tmp_path: Path) -> None:
    with MarketplaceServer(bulk_user_usage=True) as server:
        one = site(tmp_path, server, NoTools(tmp_path, tmp_path / "slurm.conf"), tables={"slurm": {"cluster": "lab"}})
        resource = one.order(one.project("Climate", "ada"), "storm")
        order = order_of(one, resource)
        assert one.agent("orders", "reject", order, "--reason", " no money left ").code == 0
        assert server.world.order(order)["provider_rejection_comment"] == "no money left"


def test_only_a_pending_order_is_rejected(lab: MemorySite, project: str) -> None:
    resource, order = erred(lab, project)
    said = lab.agent("orders", "reject", order, "--reason", "no")
    assert said.code == 1
    assert "is erred, and only one that is pending-provider can be rejected" in said.text
    assert lab.order_states(resource) == [("Create", "erred")]


@pytest.mark.parametrize("words", [("reject", "0" * 8), ("reject", "0" * 8, "--reason", "  "), ("retry",), ("show",)])
def test_what_is_left_out_is_wrong_usage(lab: MemorySite, words: tuple[str, ...]) -> None:
    assert lab.agent("orders", *words).code == 64


@pytest.mark.parametrize("words", [("show",), ("retry",), ("reject", "--reason", "no")])
def test_an_order_nobody_knows_is_wrong_usage_that_says_where_it_looked(
    lab: MemorySite, project: str, words: tuple[str, ...]
) -> None:
    done = order_of(lab, str(lab.world.resources(lab.offering)[0]["uuid"]))
    for uuid in ("0" * 32, done):
        said = lab.agent("orders", *words, uuid)
        assert said.code == 64
        assert f"there is no open or erred order of an offering in the settings with UUID {uuid}" in said.text


def test_during_an_outage_of_slurm_the_orders_are_listed_and_it_ends_with_75(lab: MemorySite, project: str) -> None:
    lab.order(project, "storm")
    slurm_goes_away(lab.memory)
    said = lab.agent("orders", "list")
    assert said.code == 75
    assert "storm: waits: Slurm's accounts could not be read" in said.text
    assert f"this is a part of what there is: {SLURM_AWAY}" in said.text


def test_erred_orders_that_cannot_be_read_are_no_empty_list(lab: MemorySite, project: str) -> None:
    erred(lab, project)
    lab.server.faults.add("status", "marketplace-orders/.*state=erred", value=500)
    said = lab.agent("orders", "list")
    assert said.code == 75
    assert "this is a part of what there is: " in said.text


def test_with_an_approval_by_hand_the_list_says_who_is_waited_for(tmp_path: Path, monkeypatch: Any) -> None:
    with memory_site(tmp_path, offering={"approval": "manual"}) as lab:
        monkeypatch.setattr("agent.composition._cluster", lambda *_: lab.memory)
        lab.order(lab.project("Climate", "ada"), "weather")
        (one,) = orders(lab)
        assert one["why"] == "waits for its approval in the marketplace"
