import pytest

from agent.core.model.marketplace import OrderState
from agent.errors import Incomplete, Unavailable
from agent.marketplace.failure import Conflict, Refused

OFFERING, ORDER, RESOURCE = "0" * 32, "a" * 32, "c" * 32
PATH = f"marketplace-orders/{ORDER}/"
APPROVE, DONE, ERRED = f"{PATH}approve_by_provider/", f"{PATH}set_state_done/", f"{PATH}set_state_erred/"
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
