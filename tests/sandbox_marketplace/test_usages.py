"""Usage of components and users."""

from datetime import UTC, datetime

import pytest

SET = "marketplace-component-usages/set_usage/"
LIST = "marketplace-component-usages/"
NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()


def report(site, resource, date=None, **amounts):
    usages = [{"type": name, "amount": amount} for name, amount in amounts.items()]
    return site.api.post(SET, {"resource": resource, "usages": usages, **({"date": date} if date else {})})


def test_a_report_is_answered_by_an_empty_201_and_listed_as_a_string_with_two_places(each):
    resource = each.active()
    answer = report(each, resource, gpu="10.2")
    assert (answer.status_code, answer.content) == (201, b"")
    row = each.api.get(LIST, resource_uuid=resource).json()[0]
    assert (row["type"], row["usage"], row["resource_uuid"]) == ("gpu", "10.20", resource)
    assert row["billing_period"].endswith("-01")


def test_a_later_report_replaces_the_figure_also_by_less(each):
    resource = each.active()
    for amount in ("20.5", "5", "-1"):
        assert report(each, resource, gpu=amount).status_code == 201
        rows = each.api.get(LIST, resource_uuid=resource).json()
        assert [float(row["usage"]) for row in rows] == [float(amount)]


def test_the_last_of_two_figures_for_one_component_wins(each):
    resource = each.active()
    usages = [{"type": "gpu", "amount": "1"}, {"type": "gpu", "amount": "2"}]
    assert each.api.post(SET, {"resource": resource, "usages": usages}).status_code == 201
    assert [row["usage"] for row in each.api.get(LIST).json()] == ["2.00"]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("1.23456", "Ensure that there are no more than 2 decimal places."),
        ("NaN", "A valid number is required."),
        ("many", "A valid number is required."),
        (True, "A valid number is required."),
        ("1" * 21, "Ensure that there are no more than 20 digits in total."),
    ],
)
def test_an_amount_that_cannot_be_taken_is_named_by_its_place_and_nothing_is_written(each, amount, message):
    resource = each.active()
    answer = report(each, resource, cpu="1", gpu=amount)
    assert (answer.status_code, answer.json()) == (400, {"usages": [{}, {"amount": [message]}]})
    assert each.world.component_usages(resource) == {}


def test_an_amount_in_scientific_notation_is_taken_and_one_too_big_for_an_invoice_is_a_server_error(each):
    resource = each.active()
    assert report(each, resource, gpu="1e3").status_code == 201
    assert set(each.world.component_usages(resource).values()) == {"1000.00"}
    answer = report(each, resource, cpu="3", gpu="999999999999999999.99")
    assert answer.status_code == 500
    assert set(each.world.component_usages(resource).values()) == {"1000.00"}


def test_an_unknown_component_refuses_the_whole_report(each):
    resource = each.active()
    answer = report(each, resource, gpu="1", bogus="1")
    assert answer.json() == {"non_field_errors": ["These components are invalid: bogus."]}
    assert each.world.component_usages(resource) == {}


def test_only_a_resource_that_lives_takes_usage(each):
    order = each.order()
    resource = each.resource_of(order)
    refused = {"resource": ["Resource is not in valid state."]}
    assert report(each, resource, gpu="1").json() == refused
    each.act(order, "approve_by_provider")
    each.act(order, "set_state_done")
    end = each.world.order_terminate(resource)
    each.act(end, "approve_by_provider")
    assert report(each, resource, gpu="1").status_code == 201
    each.act(end, "set_state_done")
    answer = report(each, resource, gpu="2")
    assert (answer.status_code, answer.json()) == (400, refused)


def test_a_consumer_may_not_report_and_a_stranger_sees_no_resource(each):
    resource = each.active()
    body = {"resource": resource, "usages": [{"type": "gpu", "amount": 1}]}
    assert each.as_user(each.world.token(each.alice)).post(SET, body).status_code == 403
    assert each.as_user(each.world.token(each.world.create_user("eve"))).post(SET, body).status_code == 400


def test_the_old_server_keeps_only_the_last_calls_components_as_current_usage(old, modern):
    for site, kept in ((old, {"gpu": "2.00"}), (modern, {"cpu": "1.00", "gpu": "2.00"})):
        resource = site.active()
        report(site, resource, cpu="1")
        report(site, resource, gpu="2")
        assert site.api.get(f"marketplace-provider-resources/{resource}/").json()["current_usages"] == kept


def test_a_date_in_the_past_month_is_taken_for_limit_components_only(site):
    found = site("2025", clock=lambda: NOVEMBER)
    resource = found.active()
    assert report(found, resource, date="2026-10-31T23:00:00Z", cpu="7").status_code == 201
    assert found.world.component_usages(resource) == {("2026-10-01", "cpu"): "7.00"}
    answer = report(found, resource, date="2026-10-31T23:00:00Z", cpu="8", gpu="1")
    assert answer.status_code == 400
    assert "limit-based" in answer.json()["date"][0]
    assert report(found, resource, date="2026-11-21T00:00:00Z", cpu="1").status_code == 400
    assert report(found, resource, date="2026-11-01T00:00:00Z", gpu="1").status_code == 201


def test_the_old_server_books_on_the_current_month_whatever_the_date(site):
    found = site("2024", clock=lambda: NOVEMBER)
    resource = found.active()
    assert report(found, resource, date="2026-10-31T23:00:00Z", gpu="7").status_code == 201
    assert found.world.component_usages(resource) == {("2026-11-01", "gpu"): "7.00"}


def test_each_month_has_its_own_figure_and_can_be_asked_for(site):
    now = [NOVEMBER]
    found = site("2025", clock=lambda: now[0])
    resource = found.active()
    report(found, resource, gpu="1")
    now[0] += 20 * 86400
    report(found, resource, gpu="2")
    assert found.world.component_usages(resource) == {("2026-11-01", "gpu"): "1.00", ("2026-12-01", "gpu"): "2.00"}
    for params in ({"billing_period": "2026-11-01"}, {"billing_period_year": 2026, "billing_period_month": 11}):
        assert [row["usage"] for row in found.api.get(LIST, **params).json()] == ["1.00"]


def usage_uuid(site, resource, kind="gpu"):
    report(site, resource, **{kind: "10"})
    return site.api.get(LIST, resource_uuid=resource, type=kind).json()[0]["uuid"]


def test_a_users_share_is_an_upsert_by_name_and_an_unknown_name_is_taken(each):
    resource = each.active()
    path = f"{LIST}{usage_uuid(each, resource)}/set_user_usage/"
    for body in ({"username": "alice", "usage": "1.5"}, {"username": "alice", "usage": "1"}, {"username": "ghost"}):
        answer = each.api.post(path, body)
        assert (answer.status_code, answer.content) == (201, b"")
    rows = {row["username"]: row for row in each.api.get("marketplace-component-user-usages/").json()}
    assert {name: row["usage"] for name, row in rows.items()} == {"alice": "1.00", "ghost": "0.00"}
    assert rows["alice"]["component_type"] == "gpu"
    assert rows["ghost"]["user"] is None
    assert "/api/marketplace-offering-users/" in rows["alice"]["user"]


def test_a_users_share_needs_a_name_and_a_decent_amount(each):
    path = f"{LIST}{usage_uuid(each, each.active())}/set_user_usage/"
    assert each.api.post(path, {"usage": "1"}).json() == {"username": ["This field is required."]}
    assert each.api.post(path, {"username": "alice", "usage": "1.234"}).status_code == 400
    assert each.api.post(path, {"username": "alice", "user": "nonsense"}).status_code == 400


def test_user_usages_are_found_by_resource_and_name(each):
    first, second = each.active("one"), each.active("two")
    for resource in (first, second):
        each.api.post(f"{LIST}{usage_uuid(each, resource)}/set_user_usage/", {"username": "alice", "usage": "1"})
    found = each.api.get(
        "marketplace-component-user-usages/", resource_uuid=second, username="alice", type="gpu"
    ).json()
    assert [row["resource_uuid"] for row in found] == [second]


def test_bulk_reports_exist_only_on_later_servers_and_write_all_or_nothing(site, modern):
    path = f"{LIST}{usage_uuid(modern, modern.active())}/set_user_usages/"
    assert modern.api.post(path, {"usages": []}).headers["Content-Type"].startswith("text/html")
    late = site("2025", bulk_user_usage=True)
    resource = late.active()
    path = f"{LIST}{usage_uuid(late, resource)}/set_user_usages/"
    bad = late.api.post(path, {"usages": [{"username": "a", "usage": "1"}, {"usage": "1"}]})
    assert bad.status_code == 400
    assert late.world.user_usages(resource) == {}
    good = late.api.post(path, {"usages": [{"username": "a", "usage": "1"}, {"username": "b", "usage": "2"}]})
    assert good.status_code == 201
    assert {key[1:]: value for key, value in late.world.user_usages(resource).items()} == {
        ("gpu", "a"): "1.00",
        ("gpu", "b"): "2.00",
    }


def test_stats_hold_reported_usage_and_for_limit_components_the_limits_of_all_resources(site):
    found = site("2025", clock=lambda: NOVEMBER)
    for name in ("one", "two"):
        report(found, found.active(name, cpu=10), gpu="2.5")
    rows = found.api.get(f"marketplace-provider-offerings/{found.offering}/component_stats/").json()
    assert {(row["type"], row["period"], row["usage"]) for row in rows} == {
        ("cpu", "2026-11", 20.0),
        ("gpu", "2026-11", 5.0),
    }
    assert rows[0]["date"] == "2026-11-30T00:00:00+00:00"
    assert found.world.component_stats(found.offering) == {("2026-11-01", "cpu"): 20.0, ("2026-11-01", "gpu"): 5.0}


def test_stats_take_a_window_and_refuse_what_is_no_month(each):
    path = f"marketplace-provider-offerings/{each.offering}/component_stats/"
    each.active(cpu=1)
    assert each.api.get(path, start="2020-01", end="2020-12").json() == []
    assert each.api.get(path, start="foo").status_code == 400
