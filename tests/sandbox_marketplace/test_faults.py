"""Hostile mode: each fault does what it says, so often as it was told."""

import time

import httpx
import pytest

from agent.sandbox.marketplace.faults import Faults, Kind

ORDERS = "marketplace-orders/"


@pytest.fixture
def busy(modern):
    for number in range(6):
        modern.order(f"alloc{number}")
    return modern


@pytest.mark.parametrize(
    ("status", "media"),
    [
        (401, "application/json"),
        (403, "application/json"),
        (429, "application/json"),
        (500, "text/html"),
        (502, "text/html"),
    ],
)
def test_a_status_is_answered_instead_of_the_operation_as_often_as_told(busy, status, media):
    busy.server.faults.add("status", ORDERS, times=2, value=status)
    answers = [busy.api.get(ORDERS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers["Content-Type"].startswith(media)


def test_a_refused_operation_has_no_effect(busy):
    order = busy.order()
    busy.server.faults.add("status", "approve_by_provider", method="POST", times=1, value=502)
    assert busy.act(order, "approve_by_provider").status_code == 502
    assert busy.world.order(order)["state"] == "pending-provider"
    assert busy.act(order, "approve_by_provider").status_code == 200


def test_only_the_method_and_the_target_that_were_named_are_hit(busy):
    busy.server.faults.add("status", r"page=2", method="GET", value=503)
    assert busy.api.get(ORDERS, page_size=3).status_code == 200
    assert busy.api.get(ORDERS, page_size=3, page=2).status_code == 503
    assert busy.api.client.head(ORDERS, params={"page_size": 3, "page": 2}).status_code == 200


def test_a_stall_waits_before_it_answers(busy):
    busy.server.faults.add("stall", ORDERS, times=1, value=0.2)
    began = time.monotonic()
    assert busy.api.get(ORDERS).status_code == 200
    assert time.monotonic() - began >= 0.2
    busy.server.faults.add("stall", ORDERS, times=1, value=30)
    with pytest.raises(httpx.ReadTimeout):
        busy.api.client.get(ORDERS, timeout=0.1)


def test_a_cut_reply_is_honest_about_its_length_and_no_json(busy):
    busy.server.faults.add("cut", ORDERS, times=1)
    answer = busy.api.get(ORDERS)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize("kind", ["tear", "lose reply", "drop"])
def test_a_torn_lost_or_dropped_reply_is_a_transport_error(busy, kind):
    busy.server.faults.add(kind, ORDERS, times=1)
    with pytest.raises(httpx.TransportError):
        busy.api.get(ORDERS)
    assert busy.api.get(ORDERS).status_code == 200


def test_a_lost_reply_keeps_the_effect_and_a_dropped_request_has_none(busy):
    for kind, state in (("lose reply", "executing"), ("drop", "pending-provider")):
        order = busy.order(kind)
        busy.server.faults.add(kind, "approve_by_provider", times=1)
        with pytest.raises(httpx.TransportError):
            busy.act(order, "approve_by_provider")
        assert busy.world.order(order)["state"] == state


def test_an_emptied_list_is_a_lie_that_nothing_gives_away(busy):
    busy.server.faults.add("empty", ORDERS, times=1)
    answer = busy.api.get(ORDERS)
    assert (answer.json(), answer.headers["X-Result-Count"]) == ([], "0")


def test_a_halved_list_is_consistent_over_its_pages(busy):
    busy.server.faults.add("halve", ORDERS)
    pages = [busy.api.get(ORDERS, page_size=2, page=page) for page in (1, 2)]
    assert [len(page.json()) for page in pages] == [2, 1]
    assert {page.headers["X-Result-Count"] for page in pages} == {"3"}
    assert "next" not in pages[1].headers["Link"]


def test_a_lost_or_doubled_row_leaves_the_count_as_it_was(busy):
    busy.server.faults.add("lose row", "page=2", times=1)
    busy.server.faults.add("double row", "page=1", times=1)
    second = busy.api.get(ORDERS, page_size=3, page=2)
    assert (len(second.json()), second.headers["X-Result-Count"]) == (2, "6")
    first = busy.api.get(ORDERS, page_size=3, page=1).json()
    assert [row["uuid"] for row in first[:2]] == [first[0]["uuid"]] * 2


def test_lists_without_pages_and_the_glauth_text_can_lie_too(busy):
    resource = busy.active()
    busy.server.faults.add("empty", "team|list_customer_users|glauth")
    assert busy.api.get(f"marketplace-provider-resources/{resource}/team/").json() == []
    assert busy.api.get(f"marketplace-provider-offerings/{busy.offering}/list_customer_users/").json() == []
    path = f"marketplace-provider-offerings/{busy.offering}/glauth_users_config/"
    assert busy.api.client.get(path).content == b""
    busy.server.faults.clear()
    assert busy.api.client.get(path).content != b""


def test_a_glauth_text_can_be_cut(busy):
    busy.active()
    path = f"marketplace-provider-offerings/{busy.offering}/glauth_users_config/"
    whole = busy.api.client.get(path).text
    busy.server.faults.add("cut", "glauth", times=1)
    assert busy.api.client.get(path).text == whole[: len(whole) // 2]


def test_a_fault_counts_down_as_it_strikes(busy):
    fault = busy.server.faults.add("status", ORDERS, times=2, value=500)
    busy.api.get(ORDERS)
    assert fault.times == 1


def strikes(faults):
    return [faults.strike(frozenset({Kind.STATUS}), "GET", "/api/x/") is not None for _ in range(50)]


def test_chances_repeat_with_the_seed_and_differ_between_seeds():
    def seeded(seed):
        faults = Faults(seed)
        faults.add("status", "x", probability=0.3, value=500)
        return faults

    first, again = seeded(7), seeded(7)
    sequence = strikes(first)
    assert sequence == strikes(again)
    assert 5 <= sum(sequence) <= 25
    assert sequence != strikes(seeded(8))
    first.reseed(7)
    assert strikes(first) == sequence


def test_an_unknown_kind_of_fault_is_refused():
    with pytest.raises(ValueError, match="explode"):
        Faults().add("explode", "x")
