"""The life of an order and what it does to its resource."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def state(site, order):
    return site.world.order(order)["state"], site.world.resource(site.resource_of(order))["state"]


def test_a_new_order_waits_for_the_provider_with_a_resource_that_is_creating(each):
    order = each.order(cpu=100)
    row = each.api.get("marketplace-orders/").json()[0]
    assert row["uuid"] == order
    assert (row["type"], row["state"], row["limits"]) == ("Create", "pending-provider", {"cpu": 100})
    assert row["marketplace_resource_uuid"] == each.resource_of(order)
    assert row["resource_uuid"] is None
    assert state(each, order) == ("pending-provider", "Creating")


def test_a_create_order_ends_with_a_resource_that_is_ok(each):
    order = each.order()
    approved = each.act(order, "approve_by_provider")
    assert (approved.status_code, approved.content) == (200, b"")
    assert "Content-Type" not in approved.headers
    assert state(each, order) == ("executing", "Creating")
    assert each.act(order, "set_state_done").status_code == 200
    assert state(each, order) == ("done", "OK")


def test_an_update_order_holds_the_new_limits_and_gives_them_to_the_resource_when_done(each):
    resource = each.active(cpu=100)
    order = each.world.order_update(resource, {"cpu": 50})
    assert each.world.order(order)["attributes"] == {"old_limits": {"cpu": 100}}
    each.act(order, "approve_by_provider")
    assert state(each, order) == ("executing", "Updating")
    assert each.world.resource(resource)["limits"] == {"cpu": 100}
    each.act(order, "set_state_done")
    assert state(each, order) == ("done", "OK")
    assert each.world.resource(resource)["limits"] == {"cpu": 50}


def test_a_terminate_order_ends_with_a_resource_that_is_terminated(each):
    order = each.world.order_terminate(each.active())
    each.act(order, "approve_by_provider")
    assert state(each, order) == ("executing", "Terminating")
    each.act(order, "set_state_done")
    assert state(each, order) == ("done", "Terminated")


def test_rejecting_a_create_terminates_its_resource_and_rejecting_others_leaves_it(each):
    created = each.order("refused")
    assert each.act(created, "reject_by_provider").status_code == 200
    assert state(each, created) == ("rejected", "Terminated")
    ended = each.world.order_terminate(each.active())
    each.act(ended, "reject_by_provider")
    assert state(each, ended) == ("rejected", "OK")


@pytest.mark.parametrize(
    ("action", "valid"),
    [
        ("approve_by_provider", "pending-provider"),
        ("reject_by_provider", "pending-provider"),
        ("set_state_done", "executing"),
        ("set_state_executing", "pending-consumer, pending-provider, erred"),
    ],
)
def test_a_decision_from_the_wrong_state_is_a_409_that_names_the_valid_ones(each, action, valid):
    order = each.order()
    each.act(order, "approve_by_provider")
    each.act(order, "set_state_done")
    answer = each.act(order, action)
    assert (answer.status_code, answer.json()) == (409, {"detail": f"Valid states for operation: {valid}."})


def test_of_four_approvals_at_once_one_wins(modern):
    order = modern.order()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: modern.act(order, "approve_by_provider").status_code, range(4)))
    assert sorted(answers) == [200, 409, 409, 409]


def test_executing_can_be_set_without_approval_and_leaves_the_resource_alone(each):
    order = each.world.order_terminate(each.active())
    assert each.act(order, "set_state_executing").status_code == 200
    assert state(each, order) == ("executing", "OK")


FAILURE = {"error_message": "no room", "error_traceback": "trace"}


@pytest.mark.parametrize("missing", FAILURE)
def test_erring_an_order_without_both_keys_is_a_server_error_in_html(each, missing):
    order = each.order()
    each.act(order, "approve_by_provider")
    answer = each.act(order, "set_state_erred", {key: value for key, value in FAILURE.items() if key != missing})
    assert answer.status_code == 500
    assert "<h1>Server Error (500)</h1>" in answer.text
    assert state(each, order) == ("executing", "Creating")


def test_an_erred_create_or_update_errs_the_resource_and_an_erred_terminate_returns_it_to_ok(each):
    created = each.order("failing")
    each.act(created, "approve_by_provider")
    each.act(created, "set_state_erred", FAILURE)
    assert state(each, created) == ("erred", "Erred")
    assert each.world.order(created)["error_message"] == "no room"
    resource = each.active("good")
    for place, expected in (
        (lambda: each.world.order_update(resource, {"cpu": 1}), "Erred"),
        (lambda: each.world.order_terminate(resource), "OK"),
    ):
        order = place()
        each.act(order, "approve_by_provider")
        each.act(order, "set_state_erred", FAILURE)
        assert state(each, order) == ("erred", expected)


def test_erring_a_finished_order_leaves_it_done_and_still_errs_the_resource(each):
    order = each.order()
    each.act(order, "approve_by_provider")
    each.act(order, "set_state_done")
    assert each.act(order, "set_state_erred", FAILURE).status_code == 200
    assert state(each, order) == ("done", "Erred")
    assert each.world.order(order)["error_message"] == "no room"


def test_an_erred_update_can_be_tried_again(each):
    resource = each.active(cpu=100)
    order = each.world.order_update(resource, {"cpu": 7})
    each.act(order, "approve_by_provider")
    each.act(order, "set_state_erred", FAILURE)
    each.act(order, "set_state_executing")
    each.act(order, "set_state_done")
    assert state(each, order) == ("done", "OK")
    assert each.world.resource(resource)["limits"] == {"cpu": 7}


def test_done_has_no_effect_while_two_orders_of_the_kind_execute(each):
    resource = each.active(cpu=100)
    first = each.world.order_update(resource, {"cpu": 1})
    each.act(first, "approve_by_provider")
    each.act(first, "set_state_erred", FAILURE)
    second = each.world.order_update(resource, {"cpu": 2})
    each.act(second, "approve_by_provider")
    each.act(first, "set_state_executing")
    assert each.act(second, "set_state_done").status_code == 200
    assert each.world.order(second)["state"] == "executing"


def test_the_offerings_manager_and_the_consumer_see_an_order_and_may_not_decide_it(each):
    order = each.order()
    manager = each.world.create_user("manager")
    each.world.add_manager(each.offering, manager)
    for user in (manager, each.alice):
        api = each.as_user(each.world.token(user))
        assert api.get(f"marketplace-orders/{order}/").status_code == 200
        answer = api.post(f"marketplace-orders/{order}/approve_by_provider/")
        assert answer.status_code == 403
        assert answer.json() == {"detail": "You do not have permission to perform this action."}
    assert state(each, order) == ("pending-provider", "Creating")


def test_somebody_without_any_role_does_not_see_the_order(each):
    stranger = each.as_user(each.world.token(each.world.create_user("eve")))
    assert stranger.get(f"marketplace-orders/{each.order()}/").status_code == 404


def test_the_orders_of_one_offering_are_listed_and_another_offerings_order_is_a_404_without_a_body(modern):
    order = modern.order()
    other = modern.world.create_offering("Other")
    listed = modern.api.get(f"marketplace-provider-offerings/{modern.offering}/orders/").json()
    assert [row["uuid"] for row in listed] == [order]
    assert modern.api.get(f"marketplace-provider-offerings/{modern.offering}/orders/{order}/").json()["uuid"] == order
    wrong = modern.api.get(f"marketplace-provider-offerings/{other}/orders/{order}/")
    assert (wrong.status_code, wrong.content) == (404, b"")


def test_an_orders_backend_id_says_whether_it_changed(modern):
    order = modern.order()
    first = modern.act(order, "set_backend_id", {"backend_id": "job-1"})
    assert first.json() == {"status": "Order backend_id has been changed."}
    assert modern.act(order, "set_backend_id", {"backend_id": "job-1"}).json() == {
        "status": "Order backend_id is not changed."
    }


def test_a_server_of_8_0_5_answers_an_approval_in_words_and_terminates_a_failed_create_without_backend_id(site):
    late = site("2025", bulk_user_usage=True)
    order = late.order()
    assert late.act(order, "approve_by_provider").json() == {
        "detail": "Order has been approved and is being processed."
    }
    late.act(order, "set_state_erred", FAILURE)
    assert state(late, order) == ("erred", "Terminated")


def test_an_old_server_with_allocations_errs_an_update_until_the_allocation_was_declared_ok(site):
    strict = site("2024", slurm_allocations=True)
    resource = strict.active(cpu=100)
    refused = strict.world.order_update(resource, {"cpu": 1})
    assert strict.act(refused, "approve_by_provider").status_code == 200
    assert state(strict, refused) == ("erred", "Erred")
    assert "schedule_updating" in strict.world.order(refused)["error_message"]
    assert strict.api.post(f"marketplace-slurm-remote/{resource}/set_state/", {"state": "ok"}).status_code == 200
    accepted = strict.world.order_update(resource, {"cpu": 2})
    strict.act(accepted, "approve_by_provider")
    assert state(strict, accepted) == ("executing", "Updating")
