from typing import Any

from agent.core.model.directory import DirectoryStatus
from agent.service.metrics import Metrics

FILE = "/etc/glauth/glauth.cfg"


def stands(**changed: Any) -> DirectoryStatus:
    return DirectoryStatus(**{"file": FILE, "users": 3, "groups": 4, "proved": True, **changed})


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_each_event_changes_its_own_metric() -> None:
    metrics = Metrics("0.9")
    metrics.action("add association", "done")
    metrics.action("add association", "done")
    metrics.action("remove account", "refused")
    metrics.external_call("sacctmgr", 3)
    metrics.external_call("sacct", 0)
    metrics.request("GET", "marketplace-orders/", 200)
    metrics.request("GET", "marketplace-orders/", 0)
    assert value(metrics, "agent_actions_total", kind="add association", result="done") == 2
    assert value(metrics, "agent_actions_total", kind="remove account", result="refused") == 1
    assert value(metrics, "agent_external_calls_total", program="sacctmgr") == 1
    assert value(metrics, "agent_external_calls_total", program="sacct") == 1
    assert value(metrics, "agent_slurm_changes_total") == 3
    requests = {"method": "GET", "route": "marketplace-orders/"}
    assert value(metrics, "agent_marketplace_requests_total", status="200", **requests) == 1
    assert value(metrics, "agent_marketplace_requests_total", status="0", **requests) == 1
    assert value(metrics, "agent_build_info", version="0.9") == 1


def test_an_order_state_that_is_not_there_any_more_goes_to_zero_and_has_no_oldest() -> None:
    metrics = Metrics("0.9")
    metrics.orders({"executing": 2, "pending-provider": 1}, {"executing": 1000.0, "pending-provider": 2000.0})
    metrics.orders({"executing": 1}, {"executing": 1500.0})
    assert value(metrics, "agent_orders", state="executing") == 1
    assert value(metrics, "agent_orders", state="pending-provider") == 0
    assert value(metrics, "agent_oldest_order_timestamp_seconds", state="executing") == 1500
    assert value(metrics, "agent_oldest_order_timestamp_seconds", state="pending-provider") is None


def test_a_part_that_is_read_whole_again_goes_to_zero() -> None:
    metrics = Metrics("0.9")
    metrics.incomplete({("one", "teams"), ("", "accounts")})
    metrics.incomplete({("one", "teams")})
    assert value(metrics, "agent_incomplete_reads", offering="one", section="teams") == 1
    assert value(metrics, "agent_incomplete_reads", offering="", section="accounts") == 0


def test_held_actions_are_counted_and_kept_for_the_status_page_until_they_are_not_held() -> None:
    metrics = Metrics("0.9")
    metrics.held(["remove bob from proj1: over budget, since 2 h"])
    assert value(metrics, "agent_held_actions") == 1
    assert metrics.held_descriptions() == ("remove bob from proj1: over budget, since 2 h",)
    metrics.held([])
    assert value(metrics, "agent_held_actions") == 0
    assert metrics.held_descriptions() == ()


def test_who_waits_is_a_number_that_goes_back_to_zero() -> None:
    metrics = Metrics("0.9")
    metrics.waiting(3)
    assert value(metrics, "agent_waiting_users") == 3
    metrics.waiting(0)
    assert value(metrics, "agent_waiting_users") == 0


def test_two_agents_in_one_process_do_not_share_a_registry() -> None:
    one, other = Metrics("1"), Metrics("2")
    one.action("add account", "done")
    assert value(other, "agent_actions_total", kind="add account", result="done") is None


def test_a_site_without_a_directory_shows_nothing_of_one() -> None:
    metrics = Metrics("0.9")
    shown = [sample.name for family in metrics.registry.collect() for sample in family.samples]
    assert [name for name in shown if name.startswith("agent_directory")] == []


def test_the_directory_is_shown_as_it_stands_and_as_it_stands_later() -> None:
    metrics = Metrics("0.9")
    metrics.directory(stands(restarted=1000.0), {"user": 2})
    assert value(metrics, "agent_directory_users", file=FILE) == 3
    assert value(metrics, "agent_directory_proved", file=FILE) == 1
    assert value(metrics, "agent_directory_held_back", file=FILE) == 0
    assert value(metrics, "agent_directory_restart_owed", file=FILE) == 0
    assert value(metrics, "agent_directory_restart_timestamp_seconds", file=FILE) == 1000
    assert value(metrics, "agent_directory_quarantined", kind="user") == 2
    assert value(metrics, "agent_directory_quarantined", kind="group") == 0

    metrics.directory(stands(users=4, proved=False, held_back="a roll-back", owed=True), {"group": 1})
    assert value(metrics, "agent_directory_users", file=FILE) == 4
    assert value(metrics, "agent_directory_proved", file=FILE) == 0
    assert value(metrics, "agent_directory_held_back", file=FILE) == 1
    assert value(metrics, "agent_directory_restart_owed", file=FILE) == 1
    assert value(metrics, "agent_directory_quarantined", kind="user") == 0
    assert value(metrics, "agent_directory_quarantined", kind="group") == 1


def test_without_a_probe_nothing_is_said_of_a_proof_so_that_no_alert_rings() -> None:
    metrics = Metrics("0.9")
    metrics.directory(stands(proved=None), {})
    assert value(metrics, "agent_directory_users", file=FILE) == 3
    assert value(metrics, "agent_directory_proved", file=FILE) is None


def test_what_was_proved_before_says_nothing_once_it_is_not_known() -> None:
    metrics = Metrics("0.9")
    metrics.directory(stands(), {})
    metrics.directory_unknown(FILE)
    assert value(metrics, "agent_directory_proved", file=FILE) == 0
