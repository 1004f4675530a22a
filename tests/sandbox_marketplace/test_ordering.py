"""What customers may order, what an order then holds, and what it waits for."""

import pytest

from agent.sandbox.marketplace.catalogue import ComponentSpec
from agent.sandbox.marketplace.server import MarketplaceServer

MONDAY = 1_795_392_000.0  # 2026-11-23
DAY = 86_400.0
PLANS = {"Small": {"cpu": 10}, "Large": {"cpu": 100, "mem": 50}}
RESOURCE = "marketplace-provider-resources/{}/"


class Calendar:
    def __init__(self):
        self.now = MONDAY

    def __call__(self):
        return self.now


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture(params=["2024", "2025"])
def dated(request, site, calendar):
    """A site whose day the test turns."""
    return site(request.param, clock=calendar)


def order(site, uuid):
    return site.api.get(f"marketplace-orders/{uuid}/").json()


def resource(site, uuid):
    return site.api.get(RESOURCE.format(uuid)).json()


def finish(site, uuid):
    assert site.act(uuid, "approve_by_provider").status_code == 200
    assert site.act(uuid, "set_state_done").status_code == 200


@pytest.mark.parametrize("dialect", ["2024", "2025"])
def test_another_plan_is_an_update_that_names_both_plans_and_takes_effect_when_done(site, dialect):
    found = site(dialect, offering={"plans": PLANS})
    small, large = (found.world.plan(found.offering, name) for name in PLANS)
    uuid = found.active(cpu=7)
    assert resource(found, uuid)["plan_uuid"] == small
    update = found.world.order_plan(uuid, large)
    shown = order(found, update)
    assert (shown["type"], shown["limits"], shown["attributes"]) == ("Update", {"cpu": 7}, {})
    assert (shown["old_plan_uuid"], shown["new_plan_uuid"], shown["plan_uuid"]) == (small, large, large)
    assert resource(found, uuid)["plan_uuid"] == small
    finish(found, update)
    assert (resource(found, uuid)["plan_uuid"], resource(found, uuid)["limits"]) == (large, {"cpu": 7})
    assert found.world.order(found.world.orders(found.offering)[0]["uuid"])["plan"] == small


def test_a_create_may_name_its_plan_and_no_plan_of_another_offering(site):
    found = site(offering={"plans": PLANS})
    large = found.world.plan(found.offering, "Large")
    placed = found.world.order_create(found.project, found.offering, "big", {"cpu": 1}, plan=large)
    assert order(found, placed)["plan_uuid"] == large
    other = found.world.plan(found.world.create_offering("Other"), "Standard")
    with pytest.raises(ValueError, match="another offering"):
        found.world.order_create(found.project, found.offering, "x", {}, plan=other)
    with pytest.raises(LookupError, match="no plan Huge"):
        found.world.plan(found.offering, "Huge")


def test_a_terminate_may_ask_for_force(each):
    gentle = each.world.order_terminate(each.active("one"))
    forced = each.world.order_terminate(each.active("two"), force=True)
    assert [order(each, uuid)["attributes"] for uuid in (gentle, forced)] == [{}, {"action": "force_destroy"}]


def test_the_provider_may_order_the_end_of_a_resource(each):
    uuid = each.active()
    path = f"{RESOURCE.format(uuid)}terminate/"
    placed = each.api.post(path, {"attributes": {"action": "force_destroy"}}).json()["order_uuid"]
    assert (order(each, placed)["type"], order(each, placed)["state"]) == ("Terminate", "pending-provider")
    again = each.api.post(path, {"attributes": {}})
    assert (again.status_code, again.json()) == (400, ["Pending order for resource already exists."])
    finish(each, placed)
    late = each.api.post(path)
    assert (late.status_code, late.json()) == (409, {"detail": "Valid states for operation: OK, Erred."})
    assert each.as_user(each.world.token(each.alice)).post(path).status_code == 404


@pytest.mark.parametrize("spec", [{"max_value": 100}, {"max_available_limit": 101}])
def test_more_than_a_component_allows_cannot_be_ordered(site, spec):
    component = ComponentSpec(type="cpu", name="CPU", measured_unit="cpu-hours", **spec)
    found = site(offering={"components": [component]})
    uuid = found.active(cpu=100)
    with pytest.raises(ValueError, match="cpu"):
        found.world.order_update(uuid, {"cpu": 101})
    found.world.order_update(uuid, {"cpu": 99})


def test_what_all_resources_may_have_together_is_counted_over_all(site):
    component = ComponentSpec(type="cpu", name="CPU", measured_unit="cpu-hours", max_available_limit=100)
    found = site(offering={"components": [component]})
    found.active("one", cpu=60)
    with pytest.raises(ValueError, match="stay below 100 of cpu"):
        found.order("two", cpu=40)
    assert found.order("two", cpu=39)


def test_a_maximum_may_sink_below_what_is_on_order(each):
    placed = each.order(cpu=100)
    each.world.change_component(each.offering, "cpu", max_value=50)
    assert order(each, placed)["limits"] == {"cpu": 100}
    with pytest.raises(ValueError, match="at most 50 of cpu"):
        each.order("more", cpu=51)
    with pytest.raises(LookupError, match="has no colour"):
        each.world.change_component(each.offering, "cpu", colour=1)
    with pytest.raises(LookupError, match="has no tape"):
        each.world.change_component(each.offering, "tape", max_value=1)


def test_an_order_waits_for_its_customers_owner(each):
    placed = each.world.order_create(each.project, each.offering, "alloc", {"cpu": 1}, awaits_consumer=True)
    assert order(each, placed)["state"] == "pending-consumer"
    assert each.act(placed, "approve_by_provider").status_code == 409
    each.world.approve_as_consumer(placed)
    assert order(each, placed)["state"] == "pending-provider"
    with pytest.raises(ValueError, match="pending-consumer"):
        each.world.approve_as_consumer(placed)


def test_an_order_waits_for_its_project_to_begin(dated, calendar):
    project = dated.world.create_project(dated.customer, "Next year", start_date="2026-11-25")
    placed = dated.world.order_create(project, dated.offering, "alloc", {"cpu": 1}, awaits_consumer=True)
    dated.world.approve_as_consumer(placed)
    for expected in ("pending-project", "pending-project", "pending-provider"):
        dated.world.turn_day()
        assert order(dated, placed)["state"] == expected
        calendar.now += DAY


def test_an_order_waits_for_its_own_day_since_2025(site, calendar):
    found = site("2025", clock=calendar)
    project = found.world.create_project(found.customer, "Tomorrow", start_date="2026-11-24")
    placed = found.world.order_create(project, found.offering, "alloc", {"cpu": 1}, start_date="2026-11-25")
    for expected in ("pending-project", "pending-start-date", "pending-provider"):
        found.world.turn_day()
        assert (order(found, placed)["state"], order(found, placed)["start_date"]) == (expected, "2026-11-25")
        calendar.now += DAY


def test_a_server_of_2024_knows_neither_start_dates_nor_restores(old):
    with pytest.raises(ValueError, match="no start date"):
        old.world.order_create(old.project, old.offering, "alloc", {"cpu": 1}, start_date="2027-01-01")
    assert old.world.resources(old.offering) == []
    for query in ({"state": "pending-start-date"}, {"type": "Restore"}):
        assert old.api.get("marketplace-orders/", **query).status_code == 400
    assert "start_date" not in order(old, old.order())


@pytest.mark.parametrize("ends", ["end_resource", "end_project"])
def test_on_its_last_day_a_resource_is_ordered_to_end_once(dated, calendar, ends):
    uuid = dated.active()
    getattr(dated.world, ends)(uuid if ends == "end_resource" else dated.project, "2026-11-24")
    field = "end_date" if ends == "end_resource" else "project_end_date"
    assert resource(dated, uuid)[field] == "2026-11-24"
    for expected in (0, 1, 1):
        dated.world.turn_day()
        ending = [row for row in dated.world.orders(dated.offering) if row["type"] == "Terminate"]
        assert len(ending) == expected
        calendar.now += DAY
    assert (ending[0]["state"], ending[0]["attributes"]) == ("pending-provider", {})
    with pytest.raises(ValueError, match="soon"):
        getattr(dated.world, ends)(uuid, "soon")


def test_an_end_that_is_taken_back_ends_nothing(dated, calendar):
    uuid = dated.active()
    for end in ("2026-11-24", None):
        dated.world.end_resource(uuid, end)
        dated.world.end_project(dated.project, end)
    calendar.now += 10 * DAY
    dated.world.turn_day()
    assert [row["type"] for row in dated.world.orders(dated.offering)] == ["Create"]


def test_the_provider_decides_by_hand(each):
    one, two = each.order("one"), each.order("two")
    each.world.approve_as_provider(one)
    each.world.reject_as_provider(two, "No room.")
    assert [order(each, uuid)["state"] for uuid in (one, two)] == ["executing", "rejected"]
    for decide in (each.world.approve_as_provider, each.world.reject_as_provider):
        with pytest.raises(ValueError, match="pending-provider"):
            decide(one)


@pytest.mark.parametrize(("dialect", "late", "kept"), [("2024", False, ""), ("2025", False, ""), ("2025", True, "No.")])
def test_a_rejection_is_explained_where_the_server_has_a_field_for_it(site, dialect, late, kept):
    found = site(dialect, bulk_user_usage=late)
    placed = found.order()
    found.act(placed, "reject_by_provider", {"provider_rejection_comment": "No."})
    assert found.world.order(placed)["provider_rejection_comment"] == kept
    assert order(found, placed).get("provider_rejection_comment", "") == kept


def test_a_project_moves_to_another_customer_with_its_resources(each):
    uuid = each.active()
    customer = each.world.create_customer("Institute")
    each.world.move_project(each.project, customer)
    shown = resource(each, uuid)
    assert (shown["customer_uuid"], shown["customer_slug"]) == (customer, "institut-1")
    assert shown["project_uuid"] == each.project
    with pytest.raises(LookupError):
        each.world.move_project(each.project, "0" * 32)


def test_a_resource_moves_to_another_project(each):
    uuid = each.active()
    project = each.world.create_project(each.customer, "Oceans")
    each.world.move_resource(uuid, project)
    assert (resource(each, uuid)["project_uuid"], resource(each, uuid)["project_name"]) == (project, "Oceans")
    with pytest.raises(LookupError):
        each.world.move_resource(uuid, "0" * 32)


def test_what_waits_is_kept_in_the_file(tmp_path):
    path = str(tmp_path / "market.db")
    with MarketplaceServer(database=path) as first:
        offering = first.world.create_offering("HPC", plans=PLANS)
        project = first.world.create_project(first.world.create_customer("University"), "Climate")
        placed = first.world.order_create(project, offering, "alloc", {"cpu": 1}, start_date="2999-01-01")
    with MarketplaceServer(database=path) as second:
        assert (second.world.order(placed)["state"], second.world.order(placed)["start_date"]) == (
            "pending-start-date",
            "2999-01-01",
        )
