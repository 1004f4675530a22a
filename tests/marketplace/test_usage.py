from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Rejected, Unavailable
from agent.marketplace.usage import _safely_past

OFFERING, RESOURCE, OTHER = "0" * 32, "5" * 32, "6" * 32
CPU, MEM, GPU = "1" * 32, "2" * 32, "3" * 32
AT = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
USAGES = "marketplace-component-usages/"


def booked(uuid, component, resource=RESOURCE, month="2026-11-01", date="2026-11-23T00:00:00Z", offering=OFFERING):
    return {
        "uuid": uuid,
        "type": component,
        "resource_uuid": resource,
        "offering_uuid": offering,
        "billing_period": month,
        "date": date,
    }


def single(uuid):
    return f"{USAGES}{uuid}/set_user_usage/"


def bulk(uuid):
    return f"{USAGES}{uuid}/set_user_usages/"


def test_all_components_go_in_one_call_with_two_decimals(server, client):
    server.on("POST", f"{USAGES}set_usage/", b"", 201)
    client.set_usage(RESOURCE, {"mem": Decimal(3), "cpu": Decimal("10.255555")}, AT)
    assert server.last().body == {
        "resource": RESOURCE,
        "usages": [{"type": "cpu", "amount": "10.26"}, {"type": "mem", "amount": "3.00"}],
        "date": "2026-11-24T11:55:00Z",
    }


def test_without_amounts_nothing_is_sent(server, client):
    client.set_usage(RESOURCE, {}, AT)
    assert server.asked == []


def test_a_lost_reply_is_repeated_since_totals_are_absolute(server, client):
    server.on("POST", f"{USAGES}set_usage/", reply=False)
    server.on("POST", f"{USAGES}set_usage/", b"", 201)
    client.set_usage(RESOURCE, {"cpu": Decimal(1)}, AT)
    assert len(server.asked) == 2
    assert server.asked[0].body == server.asked[1].body


def test_a_usage_the_server_refuses_is_rejected_with_its_reason(server, client):
    server.on("POST", f"{USAGES}set_usage/", {"resource": ["Resource is not in valid state."]}, 400)
    with pytest.raises(Rejected, match="Resource is not in valid state"):
        client.set_usage(RESOURCE, {"cpu": Decimal(1)}, AT)


@given(st.floats(1.6e9, 2.5e9))
def test_the_date_is_in_the_month_of_the_figures_and_not_in_the_future(at):
    sent = datetime.fromisoformat(_safely_past(at))
    moment = datetime.fromtimestamp(at, UTC)
    assert (sent.year, sent.month) == (moment.year, moment.month)
    assert sent <= moment


def test_just_after_the_turn_of_the_month_the_date_is_its_first_moment(server, client):
    server.on("POST", f"{USAGES}set_usage/", b"", 201)
    client.set_usage(RESOURCE, {"cpu": Decimal(0)}, datetime(2026, 12, 1, 0, 0, 10, tzinfo=UTC).timestamp())
    assert server.last().body["date"] == "2026-12-01T00:00:00Z"


def test_user_usage_goes_to_the_component_usage_of_resource_and_month(server, client):
    rows = [
        booked("9" * 32, "cpu", OTHER), booked("8" * 32, "cpu", month="2026-10-01"), booked("7" * 32, "cpu", offering="4" * 32),
        booked(CPU, "cpu"), booked(MEM, "mem"), booked("a" * 32, "mem", date="2026-11-01T00:00:00Z"),
    ]  # fmt: skip
    server.listing(USAGES, rows)
    for uuid in (CPU, MEM):
        server.on("POST", single(uuid), b"", 201)
    amounts = {("cpu", "alice"): Decimal("1.005"), ("cpu", "bob"): Decimal(2), ("mem", "alice"): Decimal("0.5")}
    client.set_user_usage(OFFERING, RESOURCE, amounts, {"alice": "d" * 32}, AT)
    sent = {
        (asked.path, asked.body["username"]): asked.body
        for asked in server.asked
        if asked.path.endswith("set_user_usage/")
    }
    alice = f"{server.url}/api/marketplace-offering-users/{'d' * 32}/"
    assert sent == {
        (f"/api/{single(CPU)}", "alice"): {"username": "alice", "usage": "1.00", "user": alice},
        (f"/api/{single(CPU)}", "bob"): {"username": "bob", "usage": "2.00"},
        (f"/api/{single(MEM)}", "alice"): {"username": "alice", "usage": "0.50", "user": alice},
    }
    assert server.asked[0].query["billing_period"] == ["2026-11-01"]


def test_the_bulk_route_is_looked_for_once(server, client):
    server.listing(USAGES, [booked(CPU, "cpu")])
    server.on("POST", single(CPU), b"", 201)
    for _ in range(3):
        client.set_user_usage(OFFERING, RESOURCE, {("cpu", "alice"): Decimal(1)}, {}, AT)
    assert server.count("POST", bulk(CPU)) == 1
    assert server.count("POST", single(CPU)) == 3
    assert server.count("GET", USAGES) == 1


def test_the_bulk_route_takes_all_users_of_a_component_at_once(server, client):
    server.listing(USAGES, [booked(CPU, "cpu")])
    server.on("POST", bulk(CPU), b"", 201)
    client.set_user_usage(OFFERING, RESOURCE, {("cpu", "bob"): Decimal(2), ("cpu", "alice"): Decimal(1)}, {}, AT)
    assert server.last().body == {
        "usages": [{"username": "alice", "usage": "1.00"}, {"username": "bob", "usage": "2.00"}]
    }
    assert server.count("POST", single(CPU)) == 0


def test_a_component_booked_since_the_list_was_read_is_looked_up_by_resource(server, client):
    server.listing(USAGES, [booked(CPU, "cpu")])
    server.replies[("GET", f"/api/{USAGES}")].append(server.replies[("GET", f"/api/{USAGES}")][0])
    server.listing(USAGES, [booked(CPU, "cpu"), booked(GPU, "gpu", OTHER)])
    for uuid in (CPU, GPU):
        server.on("POST", bulk(uuid), b"", 201)
    client.set_user_usage(OFFERING, RESOURCE, {("cpu", "alice"): Decimal(1)}, {}, AT)
    server.replies[("GET", f"/api/{USAGES}")].popleft()
    client.set_user_usage(OFFERING, OTHER, {("gpu", "alice"): Decimal(1)}, {}, AT)
    assert server.count("POST", bulk(GPU)) == 1
    assert [asked.query.get("resource_uuid") for asked in server.asked if asked.method == "GET"] == [None, [OTHER]]


def test_a_component_without_a_total_is_named_and_nothing_is_sent(server, client):
    server.listing(USAGES, [booked(CPU, "cpu")])
    with pytest.raises(Unavailable, match="no total of gpu in 2026-11-01"):
        client.set_user_usage(OFFERING, RESOURCE, {("cpu", "alice"): Decimal(1), ("gpu", "alice"): Decimal(1)}, {}, AT)
    assert not [asked for asked in server.asked if asked.method == "POST"]


def test_a_new_month_has_new_component_usages(server, client):
    server.listing(USAGES, [booked(CPU, "cpu"), booked(GPU, "cpu", month="2026-12-01")])
    for uuid in (CPU, GPU):
        server.on("POST", bulk(uuid), b"", 201)
    for at in (AT, AT + 20 * 86400):
        client.set_user_usage(OFFERING, RESOURCE, {("cpu", "alice"): Decimal(1)}, {}, at)
    assert (server.count("POST", bulk(CPU)), server.count("POST", bulk(GPU))) == (1, 1)
