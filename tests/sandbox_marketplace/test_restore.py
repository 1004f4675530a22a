"""The return of a terminated resource."""

import pytest

FAILURE = {"error_message": "no room", "error_traceback": ""}


@pytest.fixture
def restoring(site):
    return site("2025", offering={"options": {"can_restore_resource": True}})


def terminated(site):
    uuid = site.active(cpu=7)
    site.api.post(f"marketplace-provider-resources/{uuid}/set_backend_id/", {"backend_id": "hpc_one"})
    placed = site.world.order_terminate(uuid)
    site.act(placed, "approve_by_provider")
    site.act(placed, "set_state_done")
    return uuid


def restore(site, uuid):
    return site.api.post(f"marketplace-provider-resources/{uuid}/restore/")


def test_a_terminated_resource_comes_back_as_it_was(restoring):
    uuid = terminated(restoring)
    placed = restore(restoring, uuid).json()["order_uuid"]
    (shown,) = restoring.api.get("marketplace-orders/", type="Restore").json()
    assert (shown["uuid"], shown["state"], shown["limits"]) == (placed, "pending-provider", {"cpu": 7})
    assert restoring.world.resource(uuid)["state"] == "Terminated"
    restoring.act(placed, "approve_by_provider")
    assert restoring.world.resource(uuid)["state"] == "Creating"
    restoring.act(placed, "set_state_done")
    row = restoring.world.resource(uuid)
    assert (row["state"], row["backend_id"], row["limits"], row["ended"]) == ("OK", "hpc_one", {"cpu": 7}, None)


def test_a_restored_resource_can_be_ended_again(restoring):
    uuid = terminated(restoring)
    placed = restoring.world.order_restore(uuid)
    restoring.act(placed, "approve_by_provider")
    restoring.act(placed, "set_state_done")
    again = restoring.world.order_terminate(uuid)
    restoring.act(again, "approve_by_provider")
    restoring.act(again, "set_state_done")
    assert restoring.world.resource(uuid)["state"] == "Terminated"


def test_a_refused_restore_leaves_the_resource_terminated_and_an_erred_one_erred(restoring):
    uuid = terminated(restoring)
    restoring.act(restoring.world.order_restore(uuid), "reject_by_provider")
    assert restoring.world.resource(uuid)["state"] == "Terminated"
    placed = restoring.world.order_restore(uuid)
    restoring.act(placed, "approve_by_provider")
    restoring.act(placed, "set_state_erred", FAILURE)
    assert restoring.world.resource(uuid)["state"] == "Erred"


def test_only_a_terminated_resource_is_restored_and_once_at_a_time(restoring):
    living = restore(restoring, restoring.active("other"))
    assert (living.status_code, living.json()) == (409, {"detail": "Valid states for operation: Terminated."})
    uuid = terminated(restoring)
    restore(restoring, uuid)
    second = restore(restoring, uuid)
    assert (second.status_code, second.json()) == (400, ["Pending order for resource already exists."])


def test_only_the_providers_owner_restores(restoring):
    uuid = terminated(restoring)
    manager = restoring.world.create_user("manager")
    restoring.world.add_manager(restoring.offering, manager)
    for user, status in ((manager, 403), (restoring.alice, 404)):
        api = restoring.as_user(restoring.world.token(user))
        assert api.post(f"marketplace-provider-resources/{uuid}/restore/").status_code == status
    assert restore(restoring, "0" * 32).status_code == 404


def test_an_offering_without_the_option_restores_nothing(modern):
    uuid = terminated(modern)
    answer = restore(modern, uuid)
    assert (answer.status_code, answer.json()) == (400, ["Resources of this offering cannot be restored."])


def test_a_server_of_2024_has_no_such_route(old):
    uuid = terminated(old)
    answer = restore(old, uuid)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")
    with pytest.raises(ValueError, match="cannot be restored"):
        old.world.order_restore(uuid)
