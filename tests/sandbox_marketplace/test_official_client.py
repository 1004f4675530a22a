"""The outside judge: the marketplace's own Python client drives the provider's operations and reads every answer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from waldur_api_client import AuthenticatedClient
from waldur_api_client.api.marketplace_component_usages import (
    marketplace_component_usages_list,
    marketplace_component_usages_set_usage,
    marketplace_component_usages_set_user_usage,
    marketplace_component_usages_set_user_usages,
)
from waldur_api_client.api.marketplace_component_user_usages import marketplace_component_user_usages_list
from waldur_api_client.api.marketplace_offering_users import (
    marketplace_offering_users_list,
    marketplace_offering_users_partial_update,
    marketplace_offering_users_set_ok,
)
from waldur_api_client.api.marketplace_orders import (
    marketplace_orders_approve_by_provider,
    marketplace_orders_list,
    marketplace_orders_reject_by_provider,
    marketplace_orders_retrieve,
    marketplace_orders_set_state_done,
    marketplace_orders_set_state_erred,
    marketplace_orders_set_state_executing,
)
from waldur_api_client.api.marketplace_provider_offerings import (
    marketplace_provider_offerings_check_unique_backend_id,
    marketplace_provider_offerings_component_stats_list,
    marketplace_provider_offerings_glauth_users_config_retrieve,
    marketplace_provider_offerings_list,
    marketplace_provider_offerings_list_customer_users_list,
    marketplace_provider_offerings_orders_list,
    marketplace_provider_offerings_retrieve,
    marketplace_provider_offerings_set_backend_metadata,
)
from waldur_api_client.api.marketplace_provider_resources import (
    marketplace_provider_resources_list,
    marketplace_provider_resources_refresh_last_sync,
    marketplace_provider_resources_restore,
    marketplace_provider_resources_retrieve,
    marketplace_provider_resources_set_backend_id,
    marketplace_provider_resources_set_backend_metadata,
    marketplace_provider_resources_submit_report,
    marketplace_provider_resources_team_list,
    marketplace_provider_resources_terminate,
)
from waldur_api_client.api.marketplace_service_providers import (
    marketplace_service_providers_list,
    marketplace_service_providers_project_permissions_list,
)
from waldur_api_client.errors import UnexpectedStatus
from waldur_api_client.models import (
    CheckUniqueBackendIDRequest,
    ComponentUsageCreateRequest,
    ComponentUsageItemRequest,
    ComponentUserUsageBulkCreateRequest,
    ComponentUserUsageCreateRequest,
    OfferingBackendMetadataRequest,
    OrderApproveByProviderRequest,
    OrderErrorDetailsRequest,
    OrderProviderRejectionRequest,
    OrderState,
    PatchedOfferingUserRequest,
    ReportSectionRequest,
    RequestTypes,
    ResourceBackendIDRequest,
    ResourceBackendMetadataRequest,
    ResourceReportRequest,
    ResourceRequest,
    ResourceState,
    ResourceTerminateRequest,
)


@pytest.fixture
def late(site):
    # The installed client is of a later release than 7.9.5, so it reads the words with which later servers approve.
    return site("2025", bulk_user_usage=True)


@pytest.fixture
def client(late):
    with AuthenticatedClient(base_url=late.server.url, token=late.server.token, prefix="Token") as found:
        yield found


def approve(client, order):
    body = OrderApproveByProviderRequest()
    return marketplace_orders_approve_by_provider.sync(uuid=UUID(order), client=client, body=body)


def active(late, client):
    order = late.order(cpu=100)
    approve(client, order)
    marketplace_orders_set_state_done.sync_detailed(uuid=UUID(order), client=client)
    return UUID(late.resource_of(order))


def test_an_offering_is_read_with_components_partitions_and_metadata(late, client):
    late.world.add_partition(late.offering, "gpu", max_time=1440, def_mem_per_cpu=2048, qos="long")
    body = OfferingBackendMetadataRequest.from_dict({"backend_metadata": {"nodes": 4}})
    uuid = UUID(late.offering)
    marketplace_provider_offerings_set_backend_metadata.sync_detailed(uuid=uuid, client=client, body=body)
    offering = marketplace_provider_offerings_retrieve.sync(uuid=uuid, client=client)
    assert (offering.name, offering.type_, offering.state.value) == ("Lab SLURM", "Marketplace.Slurm", "Active")
    assert offering.customer_uuid == UUID(late.world.provider)
    assert {part.type_: (part.billing_type.value, part.unit_factor) for part in offering.components} == {
        "cpu": ("limit", 60),
        "gpu": ("usage", 60),
        "mem": ("limit", 61440),
    }
    partition = offering.partitions[0]
    assert (partition.partition_name, partition.max_time, partition.def_mem_per_cpu) == ("gpu", 1440, 2048)
    assert (partition.qos, partition.max_nodes, partition.exclusive_user) == ("long", None, False)
    assert offering.backend_metadata.to_dict() == {"nodes": 4}
    assert [row.uuid for row in marketplace_provider_offerings_list.sync(client=client)] == [uuid]


def test_an_order_is_listed_approved_and_done(late, client):
    order = late.order(cpu=100)
    listed = marketplace_orders_list.sync(client=client, offering_uuid=UUID(late.offering))
    assert [(row.uuid, row.state, row.type_) for row in listed] == [
        (UUID(order), OrderState.PENDING_PROVIDER, RequestTypes.CREATE)
    ]
    assert listed[0].limits.additional_properties == {"cpu": 100}
    assert approve(client, order).detail == "Order has been approved and is being processed."
    executing = marketplace_orders_list.sync(client=client, state=[OrderState.EXECUTING])
    assert [row.uuid for row in executing] == [UUID(order)]
    done = marketplace_orders_set_state_done.sync_detailed(uuid=UUID(order), client=client)
    assert done.status_code == 200
    read = marketplace_orders_retrieve.sync(uuid=UUID(order), client=client)
    assert (read.state, read.project_slug) == (OrderState.DONE, "climate-1")
    assert read.created.utcoffset() == timedelta(0)
    of_offering = marketplace_provider_offerings_orders_list.sync(uuid=UUID(late.offering), client=client)
    assert [row.marketplace_resource_uuid for row in of_offering] == [UUID(late.resource_of(order))]


def test_an_order_is_erred_tried_again_and_another_is_rejected(late, client):
    order = late.order()
    approve(client, order)
    body = OrderErrorDetailsRequest(error_message="no room", error_traceback="trace")
    marketplace_orders_set_state_erred.sync_detailed(uuid=UUID(order), client=client, body=body)
    read = marketplace_orders_retrieve.sync(uuid=UUID(order), client=client)
    assert (read.state, read.error_message) == (OrderState.ERRED, "no room")
    again = marketplace_orders_set_state_executing.sync_detailed(uuid=UUID(order), client=client)
    assert again.status_code == 200
    other = late.order("other")
    marketplace_orders_reject_by_provider.sync_detailed(
        uuid=UUID(other), client=client, body=OrderProviderRejectionRequest(provider_rejection_comment="No room.")
    )
    rejected = marketplace_orders_retrieve.sync(uuid=UUID(other), client=client)
    assert (rejected.state, rejected.provider_rejection_comment) == (OrderState.REJECTED, "No room.")


def test_a_transition_from_the_wrong_state_is_an_unexpected_409(late, client):
    with pytest.raises(UnexpectedStatus) as caught:
        marketplace_orders_set_state_done.sync_detailed(uuid=UUID(late.order()), client=client)
    assert caught.value.status_code == 409


def test_a_resource_is_ended_and_restored(late, client):
    late.world.set_options(late.offering, can_restore_resource=True)
    uuid = active(late, client)
    late.world.end_resource(uuid.hex, "2027-01-31")
    assert str(marketplace_provider_resources_retrieve.sync(uuid=uuid, client=client).end_date) == "2027-01-31"
    ended = marketplace_provider_resources_terminate.sync(
        uuid=uuid, client=client, body=ResourceTerminateRequest.from_dict({"attributes": {"action": "force_destroy"}})
    )
    order = marketplace_orders_retrieve.sync(uuid=ended.order_uuid, client=client)
    assert (order.type_, order.attributes.to_dict()) == (RequestTypes.TERMINATE, {"action": "force_destroy"})
    approve(client, order.uuid.hex)
    marketplace_orders_set_state_done.sync_detailed(uuid=order.uuid, client=client)
    body = ResourceRequest(name="alloc-one", offering="")
    restored = marketplace_provider_resources_restore.sync(uuid=uuid, client=client, body=body)
    order = marketplace_orders_retrieve.sync(uuid=restored.order_uuid, client=client)
    assert (order.type_, order.marketplace_resource_uuid) == (RequestTypes.RESTORE, uuid)
    approve(client, order.uuid.hex)
    marketplace_orders_set_state_done.sync_detailed(uuid=order.uuid, client=client)
    assert marketplace_provider_resources_retrieve.sync(uuid=uuid, client=client).state == ResourceState.OK


def test_plans_maxima_and_taken_names_are_read(site):
    late = site("2025", bulk_user_usage=True, offering={"plans": {"Small": {"cpu": 5}, "Large": {}}})
    late.world.change_component(late.offering, "cpu", max_value=9, is_prepaid=True)
    small, large = (UUID(late.world.plan(late.offering, name)) for name in ("Small", "Large"))
    with AuthenticatedClient(base_url=late.server.url, token=late.server.token, prefix="Token") as client:
        offering = marketplace_provider_offerings_retrieve.sync(uuid=UUID(late.offering), client=client)
        quotas = {plan.uuid: plan.quotas.additional_properties for plan in offering.plans}
        assert quotas == {small: {"cpu": 5.0}, large: {}}
        cpu = next(part for part in offering.components if part.type_ == "cpu")
        assert (cpu.max_value, cpu.is_prepaid) == (9, True)
        resource = late.active(cpu=1)
        order = marketplace_orders_retrieve.sync(uuid=UUID(late.world.order_plan(resource, large.hex)), client=client)
        assert (order.old_plan_uuid, order.new_plan_uuid) == (small, large)
        body = CheckUniqueBackendIDRequest(backend_id="hpc_one", check_all_offerings=True)
        free = marketplace_provider_offerings_check_unique_backend_id.sync(
            uuid=UUID(late.offering), client=client, body=body
        )
        assert free.is_unique is True


def test_a_resource_is_annotated_and_read_back(late, client):
    uuid = active(late, client)
    named = marketplace_provider_resources_set_backend_id.sync(
        uuid=uuid, client=client, body=ResourceBackendIDRequest(backend_id="hpc_one")
    )
    assert named.status == "Resource backend_id has been changed."
    noted = marketplace_provider_resources_set_backend_metadata.sync(
        uuid=uuid,
        client=client,
        body=ResourceBackendMetadataRequest.from_dict({"backend_metadata": {"state": "fine"}}),
    )
    assert noted.status == "The backend metadata is updated"
    reported = marketplace_provider_resources_submit_report.sync(
        uuid=uuid,
        client=client,
        body=ResourceReportRequest(report=[ReportSectionRequest(header="SLURM", body="text")]),
    )
    assert reported.status == "Report is submitted"
    marketplace_provider_resources_refresh_last_sync.sync_detailed(uuid=uuid, client=client)
    read = marketplace_provider_resources_retrieve.sync(uuid=uuid, client=client)
    assert (read.backend_id, read.state, read.limits.additional_properties) == (
        "hpc_one",
        ResourceState.OK,
        {"cpu": 100},
    )
    assert read.last_sync.utcoffset() == timedelta(0)
    assert read.report[0].body == "text"
    found = marketplace_provider_resources_list.sync(client=client, state=[ResourceState.OK])
    assert [row.uuid for row in found] == [uuid]


def test_the_people_of_a_resource_are_read_by_all_three_routes(late, client):
    uuid = active(late, client)
    alice = UUID(late.alice)
    team = marketplace_provider_resources_team_list.sync(uuid=uuid, client=client)
    assert [(row.uuid, row.role, row.offering_user_username) for row in team] == [(alice, "PROJECT.MEMBER", "alice")]
    users = marketplace_provider_offerings_list_customer_users_list.sync(uuid=UUID(late.offering), client=client)
    assert [(user.uuid, user.permissions[0].scope_uuid) for user in users] == [(alice, UUID(late.project))]
    provider = marketplace_service_providers_list.sync(client=client, customer_uuid=UUID(late.world.provider))[0]
    roles = marketplace_service_providers_project_permissions_list.sync(
        service_provider_uuid=provider.uuid, client=client
    )
    assert [(row.user_uuid, row.project_uuid, row.role_name) for row in roles] == [
        (alice, UUID(late.project), "PROJECT.MEMBER")
    ]


def test_an_offering_user_is_named_and_set_ok_again_is_a_400(late, client):
    active(late, client)
    user = marketplace_offering_users_list.sync(client=client, offering_uuid=[UUID(late.offering)])[0]
    named = marketplace_offering_users_partial_update.sync(
        uuid=user.uuid, client=client, body=PatchedOfferingUserRequest(username="aadams")
    )
    assert (named.username, named.state.value, named.user_uuid) == ("aadams", "OK", UUID(late.alice))
    with pytest.raises(UnexpectedStatus) as caught:
        marketplace_offering_users_set_ok.sync_detailed(uuid=user.uuid, client=client)
    assert caught.value.status_code == 400


def test_usage_is_reported_in_total_and_by_user_and_read_back(late, client):
    uuid = active(late, client)
    items = [ComponentUsageItemRequest(type_="cpu", amount="10.25"), ComponentUsageItemRequest(type_="gpu", amount="3")]
    body = ComponentUsageCreateRequest(resource=uuid, usages=items, date=datetime.now(UTC))
    assert marketplace_component_usages_set_usage.sync_detailed(client=client, body=body).status_code == 201
    usages = {row.type_: row for row in marketplace_component_usages_list.sync(client=client, resource_uuid=uuid)}
    assert {kind: row.usage for kind, row in usages.items()} == {"cpu": "10.25", "gpu": "3.00"}
    one = ComponentUserUsageCreateRequest(username="alice", usage="4.5")
    marketplace_component_usages_set_user_usage.sync_detailed(uuid=usages["cpu"].uuid, client=client, body=one)
    bulk = ComponentUserUsageBulkCreateRequest(usages=[ComponentUserUsageCreateRequest(username="alice", usage="1")])
    marketplace_component_usages_set_user_usages.sync_detailed(uuid=usages["gpu"].uuid, client=client, body=bulk)
    shares = marketplace_component_user_usages_list.sync(client=client, resource_uuid=uuid)
    assert {(row.component_type, row.username, row.usage) for row in shares} == {
        ("cpu", "alice", "4.50"),
        ("gpu", "alice", "1.00"),
    }
    stats = marketplace_provider_offerings_component_stats_list.sync(uuid=UUID(late.offering), client=client)
    assert {(row.type_, row.usage) for row in stats} == {("cpu", 100.0), ("gpu", 3.0)}


def test_the_glauth_text_is_read(late, client):
    active(late, client)
    text = marketplace_provider_offerings_glauth_users_config_retrieve.sync(uuid=UUID(late.offering), client=client)
    assert 'preferredUsername = ["alice"]' in text
