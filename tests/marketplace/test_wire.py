from dataclasses import fields

import pytest

from agent.core.model.marketplace import (
    Component,
    Offering,
    OfferingUser,
    Order,
    OrderState,
    OrderType,
    ProjectRole,
    Resource,
    ResourceState,
)
from agent.marketplace import wire
from agent.marketplace.tables import wanted
from agent.marketplace.values import Malformed

A, B, C = "a" * 32, "b" * 32, "c" * 32


@pytest.mark.parametrize(
    ("model", "table"),
    [
        (Order, wire.ORDER),
        (Resource, wire.RESOURCE),
        (OfferingUser, wire.OFFERING_USER),
        (Component, wire.COMPONENT),
        (Offering, wire.OFFERING),
        (ProjectRole, wire.PERMISSION),
    ],
)
def test_every_field_of_the_model_is_read_and_asked_for(model, table):
    assert set(table) == {field.name for field in fields(model)}
    asked = {name for _, name in wanted(table)}
    assert asked == {name for names, _ in table.values() for name in ([names] if isinstance(names, str) else names)}
    assert len(wanted(table)) == len(asked)


def test_nothing_personal_is_asked_for():
    asked = {
        name for table in (wire.ORDER, wire.RESOURCE, wire.OFFERING_USER, wire.OFFERING) for _, name in wanted(table)
    }
    assert not [
        name for name in asked if any(word in name for word in ("email", "full_name", "token", "civil", "secret"))
    ]


def test_an_order_of_2024_is_read():
    row = {
        "offering_uuid": B, "offering_type": "Marketplace.Slurm", "attributes": {"name": "alloc-one"}, "limits": {"ram": 100},
        "uuid": A, "created": "2026-11-23T02:36:39.250000Z", "type": "Create", "resource_uuid": None, "resource_name": "alloc-one",
        "cost": "0.0000000000", "state": "pending-provider", "marketplace_resource_uuid": C.upper(), "project_uuid": B,
    }  # fmt: skip
    assert wire.order(row) == Order(
        uuid=A, type=OrderType.CREATE, state=OrderState.PENDING_PROVIDER, resource_uuid=C, resource_name="alloc-one",
        project_uuid=B, limits={"ram": 100}, created=1795401399.25,
    )  # fmt: skip


def test_an_update_asks_for_the_new_plan_and_other_orders_for_theirs():
    row = {"uuid": A, "marketplace_resource_uuid": C, "type": "Update", "state": "executing", "plan_uuid": B.upper()}
    assert wire.order({**row, "new_plan_uuid": C}).plan_uuid == C
    assert wire.order({**row, "new_plan_uuid": None}).plan_uuid == B
    assert wire.order({**row, "plan_uuid": None}).plan_uuid == ""


@pytest.mark.parametrize(
    ("kind", "attributes", "forced"),
    [
        ("Terminate", {"action": "force_destroy"}, True),
        ("Terminate", {"action": "destroy"}, False),
        ("Terminate", {}, False),
        ("Terminate", None, False),
        ("Terminate", ["force_destroy"], False),
        ("Create", {"action": "force_destroy"}, False),
    ],
)
def test_only_a_terminate_is_forced_and_only_by_its_action(kind, attributes, forced):
    row = {"uuid": A, "marketplace_resource_uuid": C, "type": kind, "state": "executing", "attributes": attributes}
    assert wire.order(row).forced is forced


def test_what_an_erred_order_was_told_is_read():
    row = {"uuid": A, "marketplace_resource_uuid": C, "type": "Create", "state": "erred", "error_message": "no room"}
    assert wire.order(row).error_message == "no room"


DAY = 1798675200.0  # 2026-12-31


@pytest.mark.parametrize(
    ("own", "projects", "ends"),
    [
        (None, None, None),
        ("2026-12-31", None, DAY),
        (None, "2026-12-31", DAY),
        ("2026-12-31", "2027-06-30", DAY),
        ("2027-06-30", "2026-12-31", DAY),
    ],
)
def test_a_resource_ends_with_its_own_last_day_or_its_projects_whichever_comes_first(own, projects, ends):
    row = {"uuid": A, "state": "OK", "project_uuid": B, "end_date": own, "project_end_date": projects}
    assert wire.resource(row).ends == ends


def test_a_resource_has_its_plan_and_its_beginning():
    row = {"uuid": A, "state": "OK", "project_uuid": B, "plan_uuid": C, "created": "2026-12-31T00:00:00.000000Z"}
    assert (wire.resource(row).plan_uuid, wire.resource(row).created) == (C, DAY)
    with pytest.raises(Malformed, match="end_date or project_end_date: 'soon' is not a time"):
        wire.resource({**row, "end_date": "soon"})


def test_types_and_states_of_later_servers_are_other():
    row = {"uuid": A, "marketplace_resource_uuid": C, "type": "Teleport", "state": "pending-moonrise"}
    assert (wire.order(row).type, wire.order(row).state) == (OrderType.OTHER, OrderState.OTHER)


@pytest.mark.parametrize("lost", ["uuid", "state", "type", "marketplace_resource_uuid"])
def test_an_order_without_what_it_is_about_is_refused(lost):
    row = {"uuid": A, "marketplace_resource_uuid": C, "type": "Create", "state": "executing"}
    with pytest.raises(Malformed, match=lost):
        wire.order({name: value for name, value in row.items() if name != lost})


def test_a_resource_needs_little_and_ignores_the_rest():
    row = {"uuid": A, "state": "OK", "project_uuid": B, "surprise": {"x": 1}, "limits": None, "backend_id": None}
    assert wire.resource(row) == Resource(uuid=A, name="", slug="", state=ResourceState.OK, project_uuid=B)


def test_the_user_of_an_offering_user_may_be_an_address_only():
    row = {"uuid": A, "user": f"https://waldur.example.org/api/users/{B}/", "username": None}
    assert wire.offering_user(row) == OfferingUser(uuid=A, user_uuid=B)
    with pytest.raises(Malformed, match="user_uuid"):
        wire.offering_user({"uuid": A, "user": "https://waldur.example.org/api/users/"})


def test_a_partition_holds_what_is_set_only():
    row = {
        "uuid": A, "partition_name": "gpu", "max_time": 60, "min_nodes": 0, "max_nodes": None, "def_mem_per_cpu": 2048,
        "exclusive_user": False, "exclusive_topo": True, "req_resv": None, "qos": "", "cpu_arch": "x86_64",
    }  # fmt: skip
    found = wire.partition(row)
    assert (found.uuid, found.name) == (A, "gpu")
    assert found.fields == {"max_time": 60, "min_nodes": 0, "def_mem_per_cpu": 2048, "exclusive_topo": True}


def test_an_offering_is_read_with_all_that_hangs_on_it():
    row = {
        "uuid": A, "name": "HPC", "state": "Active", "customer_uuid": B,
        "components": [{"type": "cpu", "billing_type": "limit", "measured_unit": "cpu-h", "limit_period": "", "unit_factor": 60, "limit_amount": 5}],
        "partitions": [{"uuid": C, "partition_name": "cpu", "qos": "normal"}],
    }  # fmt: skip
    found = wire.offering(row)
    assert found.components == (Component(type="cpu", billing_type="limit", measured_unit="cpu-h", unit_factor=60),)
    assert found.partitions[0].fields == {"qos": "normal"}
    assert wire.offering({**row, "partitions": None}).partitions == ()


def test_a_component_has_the_lower_of_its_two_maxima_and_may_be_prepaid():
    row = {"type": "cpu", "billing_type": "one", "max_value": 100, "max_available_limit": 70.5, "is_prepaid": True}
    found = wire.offering({"uuid": A, "customer_uuid": B, "components": [row]}).components
    assert found == (Component(type="cpu", billing_type="one", max_value=70, prepaid=True),)


def test_the_plans_of_an_offering_have_their_quotas():
    plans = [
        {"uuid": C.upper(), "name": "Small", "quotas": {"cpu": 10.0, "mem": 5}},
        {"uuid": A, "quotas": {}},
        {"uuid": B},
    ]
    found = wire.offering({"uuid": A, "customer_uuid": B, "plans": plans})
    assert found.quotas == {C: {"cpu": 10, "mem": 5}}


def test_of_an_offerings_options_only_the_naming_of_accounts_is_read():
    row = {"uuid": A, "customer_uuid": B}
    options = {"account_name_generation_policy": "project_slug", "homedir_prefix": 7}
    assert wire.offering({**row, "plugin_options": options}).account_naming == "project_slug"
    assert [wire.offering({**row, "plugin_options": each}).account_naming for each in (None, {})] == ["", ""]
    with pytest.raises(Malformed, match="plugin_options"):
        wire.offering({**row, "plugin_options": ["project_slug"]})


@pytest.mark.parametrize(
    ("options", "naming", "leaves"),
    [
        ({"username_generation_policy": "service_provider"}, "service_provider", True),
        ({"username_generation_policy": "freeipa"}, "freeipa", False),
        ({}, "", True),
        (None, "", True),
    ],
)
def test_who_names_the_users_is_read_from_the_options(options, naming, leaves):
    row = {"uuid": A, "name": "HPC", "state": "Active", "customer_uuid": B, "plugin_options": options}
    found = wire.offering(row)
    assert (found.username_naming, found.leaves_usernames) == (naming, leaves)


@pytest.mark.parametrize("components", ["cpu", {"type": "cpu"}, ["cpu"], [{}], [{"type": "cpu"}]])
def test_an_offering_with_unreadable_components_is_refused(components):
    with pytest.raises(Malformed, match="components"):
        wire.offering({"uuid": A, "customer_uuid": B, "components": components})


def test_an_order_for_more_than_slurm_can_hold_is_read_so_that_it_can_be_refused():
    row = {"uuid": A, "marketplace_resource_uuid": B, "type": "Create", "state": "executing"}
    assert wire.order({**row, "limits": {"cpu": 2**62, "mem": "9e20"}}).limits == {"cpu": 2**62, "mem": 9 * 10**20}
