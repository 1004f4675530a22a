"""The outside judge on people: the marketplace's own client reads and moves users, service, course and robot accounts."""

from uuid import UUID

import pytest
from waldur_api_client import AuthenticatedClient
from waldur_api_client.api.marketplace_offering_users import (
    marketplace_offering_users_begin_creating,
    marketplace_offering_users_list,
    marketplace_offering_users_request_deletion,
    marketplace_offering_users_retrieve,
    marketplace_offering_users_set_deleted,
    marketplace_offering_users_set_deleting,
    marketplace_offering_users_set_pending_additional_validation,
    marketplace_offering_users_set_validation_complete,
    marketplace_offering_users_update_comments_partial_update,
    marketplace_offering_users_update_restricted,
)
from waldur_api_client.api.marketplace_provider_offerings import (
    marketplace_provider_offerings_list_course_accounts_list,
    marketplace_provider_offerings_list_customer_service_accounts_list,
    marketplace_provider_offerings_list_project_service_accounts_list,
)
from waldur_api_client.api.marketplace_robot_accounts import (
    marketplace_robot_accounts_list,
    marketplace_robot_accounts_set_state_request_deletion,
)
from waldur_api_client.models import (
    OfferingUserState,
    OfferingUserStateTransitionRequest,
    OfferingUserUpdateRestrictionRequest,
    PatchedOfferingUserServiceProviderCommentRequest,
)


@pytest.fixture
def late(site):
    return site("2025", offering={"options": {"username_generation_policy": "service_provider"}})


@pytest.fixture
def client(late):
    late.active()
    with AuthenticatedClient(base_url=late.server.url, token=late.server.token, prefix="Token") as found:
        yield found


@pytest.fixture
def user(late, client):
    (found,) = marketplace_offering_users_list.sync(client=client, offering_uuid=[UUID(late.offering)])
    assert (found.state, found.username, found.user_email) == (OfferingUserState.REQUESTED, "", "alice@example.org")
    return found.uuid


def test_a_user_is_validated_and_deleted(late, client, user):
    def state():
        return marketplace_offering_users_retrieve.sync(uuid=user, client=client).state

    marketplace_offering_users_begin_creating.sync_detailed(uuid=user, client=client)
    marketplace_offering_users_set_pending_additional_validation.sync_detailed(
        uuid=user, client=client, body=OfferingUserStateTransitionRequest(comment="Send your passport.")
    )
    shown = marketplace_offering_users_retrieve.sync(uuid=user, client=client)
    assert shown.state == OfferingUserState.PENDING_ADDITIONAL_VALIDATION
    assert shown.service_provider_comment == "Send your passport."
    marketplace_offering_users_set_validation_complete.sync_detailed(uuid=user, client=client)
    assert state() == OfferingUserState.OK
    for move, reached in (
        (marketplace_offering_users_request_deletion, OfferingUserState.REQUESTED_DELETION),
        (marketplace_offering_users_set_deleting, OfferingUserState.DELETING),
        (marketplace_offering_users_set_deleted, OfferingUserState.DELETED),
    ):
        assert move.sync_detailed(uuid=user, client=client).status_code == 200
        assert state() == reached
    by_state = marketplace_offering_users_list.sync(client=client, state=[OfferingUserState.DELETED])
    assert [row.uuid for row in by_state] == [user]


def test_a_user_is_commented_on_and_restricted(late, client, user):
    told = marketplace_offering_users_update_comments_partial_update.sync(
        uuid=user,
        client=client,
        body=PatchedOfferingUserServiceProviderCommentRequest(service_provider_comment="Call us."),
    )
    assert told.service_provider_comment == "Call us."
    body = OfferingUserUpdateRestrictionRequest(is_restricted=True)
    marketplace_offering_users_update_restricted.sync_detailed(uuid=user, client=client, body=body)
    assert marketplace_offering_users_retrieve.sync(uuid=user, client=client).is_restricted is True


def test_accounts_that_are_no_persons_are_read(late, client):
    offering = UUID(late.offering)
    late.world.add_service_account("svc", project=late.project)
    late.world.add_service_account("csvc", customer=late.customer, state="Erred")
    (svc,) = marketplace_provider_offerings_list_project_service_accounts_list.sync(uuid=offering, client=client)
    assert (svc.username, svc.project_uuid, svc.state.value) == ("svc", UUID(late.project), "OK")
    (csvc,) = marketplace_provider_offerings_list_customer_service_accounts_list.sync(uuid=offering, client=client)
    assert (csvc.username, csvc.customer_uuid, csvc.state.value) == ("csvc", UUID(late.customer), "Erred")


def test_courses_are_read(late, client):
    project = late.world.create_project(late.customer, "Course", start_date="2026-01-01")
    late.world.end_project(project, "2027-01-31")
    late.world.order_create(project, late.offering, "course", {"cpu": 1})
    late.world.add_course_account("course1", project)
    (course,) = marketplace_provider_offerings_list_course_accounts_list.sync(uuid=UUID(late.offering), client=client)
    assert (course.username, course.state.value) == ("course1", "OK")
    assert (str(course.project_start_date), str(course.project_end_date)) == ("2026-01-01", "2027-01-31")


def test_robots_are_read_and_their_deletion_is_asked_for(late, client):
    resource = late.world.resources(late.offering)[0]["uuid"]
    late.world.add_robot_account(resource, "robo", sshkeys=["ssh-ed25519 AAAA"])
    (robot,) = marketplace_robot_accounts_list.sync(client=client, resource_uuid=UUID(resource))
    assert (robot.username, robot.resource_uuid, robot.state.value) == ("robo", UUID(resource), "OK")
    moved = marketplace_robot_accounts_set_state_request_deletion.sync(uuid=robot.uuid, client=client)
    assert moved.state.value == "Requested deletion"
