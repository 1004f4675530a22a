import pytest

from agent.core.model.marketplace import OrderState
from agent.errors import Incomplete, Unavailable
from agent.marketplace.failure import Conflict, Refused

OFFERING, ORDER, RESOURCE = "0" * 32, "a" * 32, "c" * 32
PATH = f"marketplace-orders/{ORDER}/"
APPROVE, DONE, ERRED = f"{PATH}approve_by_provider/", f"{PATH}set_state_done/", f"{PATH}set_state_erred/"
EXECUTING, REJECT = f"{PATH}set_state_executing/", f"{PATH}reject_by_provider/"
ALLOCATION = f"marketplace-slurm-remote/{RESOURCE}/set_state/"
WRONG_STATE = {"detail": "Valid states for operation: pending-provider."}


def row(state, uuid=ORDER, **more):
    return {
        "uuid": uuid,
        "type": "Create",
        "state": state,
        "marketplace_resource_uuid": RESOURCE,
        "offering_uuid": OFFERING,
    } | more


def test_open_orders_come_oldest_first_and_filtered_again(server, client):
    rows = [
        row("executing", "1" * 32, created="2026-11-02T00:00:00Z"),
        row("pending-provider", "2" * 32, created="2026-11-01T00:00:00Z"),
        row("done", "3" * 32),
        row("executing", "4" * 32, offering_uuid="9" * 32),
        row("pending-moonrise", "5" * 32, created="2026-11-03T00:00:00Z"),
    ]
    server.listing("marketplace-orders/", rows)
    assert [order.uuid[0] for order in client.orders(OFFERING)] == ["2", "1", "5"]
    assert server.asked[0].query["o"] == ["created"]
    assert "pending-start-date" in server.asked[0].query["state"]


def test_an_older_server_is_asked_for_the_states_it_knows(server, client):
    refusal = {"state": ["Select a valid choice. pending-start-date is not one of the available choices."]}
    server.on("GET", "marketplace-orders/", refusal, 400)
    server.listing("marketplace-orders/", [row("executing")])
    assert [order.state for order in client.orders(OFFERING)] == [OrderState.EXECUTING]
    assert "pending-start-date" not in server.asked[1].query["state"]
    client.orders(OFFERING)
    assert server.asked[2].query["state"] == server.asked[1].query["state"]


def test_a_server_that_fails_is_asked_for_every_state_again(server, client):
    for _ in range(3):
        server.on("GET", "marketplace-orders/", "<h1>Bad Gateway</h1>", 502, "text/html")
    server.listing("marketplace-orders/", [row("pending-start-date")])
    with pytest.raises(Unavailable, match="502"):
        client.orders(OFFERING)
    assert [order.state for order in client.orders(OFFERING)] == [OrderState.PENDING_START_DATE]
    assert "pending-start-date" in server.last("GET").query["state"]


def test_erred_orders_come_oldest_first_with_what_they_were_told(server, client):
    rows = [
        row("erred", "1" * 32, created="2026-11-02T00:00:00Z", error_message="no room"),
        row("erred", "2" * 32, created="2026-11-01T00:00:00Z"),
        row("executing", "3" * 32),
        row("erred", "4" * 32, offering_uuid="9" * 32),
    ]
    server.listing("marketplace-orders/", rows)
    found = client.erred_orders(OFFERING)
    assert [(order.uuid[0], order.error_message) for order in found] == [("2", ""), ("1", "no room")]
    assert server.asked[0].query["state"] == ["erred"]


def test_orders_that_may_not_be_seen_are_not_an_empty_list(server, client):
    server.on("GET", "marketplace-orders/", {"detail": "No."}, 403)
    with pytest.raises(Refused, match="owner of the provider organization"):
        client.orders(OFFERING)


def test_an_unreadable_order_makes_the_list_incomplete(server, client):
    server.listing("marketplace-orders/", [row("executing"), row(None, "b" * 32)])
    with pytest.raises(Incomplete, match=f"1 of 2 rows.*order {'b' * 32}: state") as caught:
        client.orders(OFFERING)
    assert [order.uuid for order in caught.value.rows] == [ORDER]


def test_another_order_than_asked_for_is_not_taken(server, client):
    server.on("GET", PATH, row("done", "b" * 32))
    with pytest.raises(Unavailable, match="another object"):
        client.order(ORDER)


def test_approving_asks_once(server, client):
    server.on("POST", APPROVE, b"")
    client.approve_order(ORDER)
    assert len(server.asked) == 1


@pytest.mark.parametrize("state", ["executing", "done"])
def test_an_approval_whose_reply_was_lost_is_found_to_have_worked(server, client, state):
    server.on("POST", APPROVE, reply=False)
    server.on("POST", APPROVE, WRONG_STATE, 409)
    server.on("GET", PATH, row(state))
    client.approve_order(ORDER)
    assert server.count("POST", APPROVE) == 2


def test_before_an_update_is_approved_an_old_server_is_told_that_its_allocation_is_fine(server, client):
    server.on("POST", ALLOCATION, {"status": "Allocation state has been changed."})
    server.on("POST", APPROVE, b"")
    for _ in range(2):
        client.approve_order(ORDER, RESOURCE)
    assert [asked.path for asked in server.asked] == [f"/api/{ALLOCATION}", f"/api/{APPROVE}"] * 2
    assert server.asked[0].body == {"state": "ok"}


def test_a_server_without_allocations_is_told_once(server, client):
    server.on("POST", APPROVE, b"")
    for _ in range(3):
        client.approve_order(ORDER, RESOURCE)
    assert (server.count("POST", ALLOCATION), server.count("POST", APPROVE)) == (1, 3)


def test_an_update_is_not_approved_while_its_allocation_cannot_be_told(server, client):
    server.on("POST", ALLOCATION, "<h1>Bad Gateway</h1>", 502, "text/html")
    server.on("POST", APPROVE, b"")
    with pytest.raises(Unavailable, match="502"):
        client.approve_order(ORDER, RESOURCE)
    assert server.count("POST", APPROVE) == 0


def test_an_order_that_cannot_be_approved_says_where_it_stands(server, client):
    server.on("POST", APPROVE, WRONG_STATE, 409)
    server.on("GET", PATH, row("rejected"))
    with pytest.raises(Conflict, match="the order is rejected"):
        client.approve_order(ORDER)


def test_done_after_done_is_fine_and_done_while_pending_is_not(server, client):
    server.on("POST", DONE, WRONG_STATE, 409)
    server.on("GET", PATH, row("done"))
    server.on("GET", PATH, row("pending-provider"))
    client.set_order_done(ORDER)
    with pytest.raises(Conflict, match="the order is pending-provider"):
        client.set_order_done(ORDER)


def test_an_executing_order_is_erred_with_both_texts(server, client):
    server.on("GET", PATH, row("executing"))
    server.on("POST", ERRED, b"")
    client.set_order_erred(ORDER, "No such component.", "")
    assert server.last().body == {"error_message": "No such component.", "error_traceback": ""}


@pytest.mark.parametrize("state", ["done", "pending-provider", "rejected", "canceled"])
def test_no_other_order_is_ever_erred(server, client, state):
    server.on("GET", PATH, row(state))
    server.on("POST", ERRED, b"")
    with pytest.raises(Conflict, match=f"is {state}"):
        client.set_order_erred(ORDER, "message", "detail")
    assert server.count("POST", ERRED) == 0


def test_an_erred_order_is_left_as_it_is(server, client):
    server.on("GET", PATH, row("erred"))
    client.set_order_erred(ORDER, "message", "detail")
    assert server.count("POST", ERRED) == 0


def test_erring_is_never_sent_twice_and_a_lost_reply_is_looked_up(server, client):
    server.on("GET", PATH, row("executing"))
    server.on("GET", PATH, row("erred"))
    server.on("POST", ERRED, reply=False)
    client.set_order_erred(ORDER, "message", "detail")
    assert server.count("POST", ERRED) == 1


def test_erring_that_did_not_arrive_is_unavailable(server, client):
    server.on("GET", PATH, row("executing"))
    server.on("POST", ERRED, "<h1>Bad Gateway</h1>", 502, "text/html")
    with pytest.raises(Unavailable, match="502"):
        client.set_order_erred(ORDER, "message", "detail")
    assert server.count("POST", ERRED) == 1


def test_a_rejection_carries_its_reason(server, client):
    server.on("POST", REJECT, b"")
    client.reject_order(ORDER, "The project is over.")
    assert server.last().body == {"provider_rejection_comment": "The project is over."}


def test_a_rejection_whose_reply_was_lost_is_found_to_have_worked(server, client):
    server.on("POST", REJECT, reply=False)
    server.on("POST", REJECT, WRONG_STATE, 409)
    server.on("GET", PATH, row("rejected"))
    client.reject_order(ORDER, "")
    assert server.count("POST", REJECT) == 2


@pytest.mark.parametrize("state", ["executing", "done", "canceled"])
def test_an_order_that_went_another_way_is_not_rejected(server, client, state):
    server.on("POST", REJECT, WRONG_STATE, 409)
    server.on("GET", PATH, row(state))
    with pytest.raises(Conflict, match=f"the order is {state}"):
        client.reject_order(ORDER, "")


def test_an_erred_order_is_tried_again(server, client):
    server.on("GET", PATH, row("erred"))
    server.on("POST", EXECUTING, b"")
    client.set_order_executing(ORDER)
    assert server.count("POST", EXECUTING) == 1


@pytest.mark.parametrize("state", ["executing", "done"])
def test_an_order_that_runs_already_is_not_moved(server, client, state):
    server.on("GET", PATH, row(state))
    client.set_order_executing(ORDER)
    assert server.count("POST", EXECUTING) == 0


@pytest.mark.parametrize("state", ["pending-consumer", "pending-provider", "rejected"])
def test_trying_again_is_no_way_around_an_approval(server, client, state):
    server.on("GET", PATH, row(state))
    server.on("POST", EXECUTING, b"")
    with pytest.raises(Conflict, match=f"is {state}"):
        client.set_order_executing(ORDER)
    assert server.count("POST", EXECUTING) == 0


def test_a_retry_whose_reply_was_lost_is_found_to_have_worked(server, client):
    server.on("GET", PATH, row("erred"))
    server.on("GET", PATH, row("executing"))
    server.on("POST", EXECUTING, reply=False)
    server.on("POST", EXECUTING, WRONG_STATE, 409)
    client.set_order_executing(ORDER)
    assert server.count("POST", EXECUTING) == 2
