"""Resources, their notes, flags and team."""

import pytest

PATH = "marketplace-provider-resources/{}/{}"


def post(site, resource, action, body=None):
    return site.api.post(PATH.format(resource, f"{action}/"), body)


def test_a_resource_shows_what_an_agent_reads(each):
    resource = each.active(cpu=100)
    row = each.api.get(PATH.format(resource, "")).json()
    assert row["state"] == "OK"
    assert row["limits"] == {"cpu": 100}
    assert (row["slug"], row["project_slug"], row["customer_slug"]) == ("alloc-on-1", "climate-1", "universi-1")
    assert row["project_uuid"] == each.project
    assert row["customer_uuid"] == each.customer
    assert (row["paused"], row["downscaled"], row["restrict_member_access"]) == (False, False, False)
    assert row["order_in_progress"] is None
    assert row["creation_order"]["type"] == "Create"


def test_a_resource_exists_before_its_order_is_approved(each):
    each.order()
    assert [row["state"] for row in each.api.get("marketplace-provider-resources/").json()] == ["Creating"]


def test_costly_fields_can_be_left_out(modern):
    modern.active()
    assert modern.api.get("marketplace-provider-resources/", field=["uuid"]).json()[0].keys() == {"uuid"}


def test_a_backend_id_is_kept_and_the_answer_says_whether_it_changed(each):
    resource = each.active()
    assert post(each, resource, "set_backend_id", {"backend_id": "hpc_one"}).json() == {
        "status": "Resource backend_id has been changed."
    }
    assert post(each, resource, "set_backend_id", {"backend_id": "hpc_one"}).json() == {
        "status": "Resource backend_id is not changed."
    }
    found = each.api.get("marketplace-provider-resources/", backend_id="hpc_one").json()
    assert [row["uuid"] for row in found] == [resource]
    assert post(each, resource, "set_backend_id", {"backend_id": "x" * 256}).status_code == 400


def test_metadata_is_replaced_whole(each):
    resource = each.active()
    post(each, resource, "set_backend_metadata", {"backend_metadata": {"a": 1}})
    answer = post(each, resource, "set_backend_metadata", {"backend_metadata": {"b": 2}})
    assert answer.json() == {"status": "The backend metadata is updated"}
    assert each.api.get(PATH.format(resource, "")).json()["backend_metadata"] == {"b": 2}


def test_a_report_needs_a_section(each):
    resource = each.active()
    assert post(each, resource, "submit_report", {"report": []}).status_code == 400
    report = [{"header": "SLURM", "body": "fine"}]
    assert post(each, resource, "submit_report", {"report": report}).json() == {"status": "Report is submitted"}
    assert each.world.resource(resource)["report"] == report


def test_last_sync_is_refreshed_without_a_body(modern):
    resource = modern.active()
    before = modern.api.get(PATH.format(resource, "")).json()["last_sync"]
    answer = post(modern, resource, "refresh_last_sync")
    assert (answer.status_code, answer.content) == (200, b"")
    after = modern.api.get(PATH.format(resource, "")).json()["last_sync"]
    assert before < after
    assert before.endswith("Z")


def test_flags_are_set_by_others_and_only_read_by_the_provider(modern):
    resource = modern.active()
    modern.world.set_flags(resource, paused=True, downscaled=True)
    found = modern.api.get("marketplace-provider-resources/", paused="true").json()
    assert [(row["paused"], row["downscaled"], row["restrict_member_access"]) for row in found] == [(True, True, False)]
    assert post(modern, resource, "set_paused", {"paused": False}).status_code == 403
    with pytest.raises(ValueError, match="no flag frozen"):
        modern.world.set_flags(resource, frozen=True)


def test_marking_as_erred_is_for_staff_in_2024_and_for_owners_later(old, modern):
    assert post(old, old.active(), "set_as_erred").status_code == 403
    resource = modern.active()
    assert post(modern, resource, "set_as_erred", {"error_message": "broken"}).status_code == 200
    assert modern.world.resource(resource)["state"] == "Erred"
    post(modern, resource, "set_as_ok")
    assert (modern.world.resource(resource)["state"], modern.world.resource(resource)["error_message"]) == ("OK", "")


def test_limits_can_be_replaced_without_an_order_since_2025(modern):
    resource = modern.active(cpu=1)
    assert post(modern, resource, "set_limits", {"limits": {"cpu": 9}}).status_code == 200
    assert modern.world.resource(resource)["limits"] == {"cpu": 9}


def test_an_unavailable_offering_refuses_every_change_of_its_resources(modern):
    resource = modern.active()
    modern.world.set_offering_state(modern.offering, "Unavailable")
    answer = post(modern, resource, "set_backend_id", {"backend_id": "x"})
    assert (answer.status_code, answer.json()) == (400, ["Offering is unavailable."])
    assert modern.api.get(PATH.format(resource, "")).status_code == 200


def test_a_consumer_does_not_see_provider_resources(each):
    resource = each.active()
    consumer = each.as_user(each.world.token(each.alice))
    assert consumer.get("marketplace-provider-resources/").json() == []
    assert consumer.get(PATH.format(resource, "")).status_code == 404


def test_the_team_has_one_row_a_person_and_names_roles_as_the_dialect_does(old, modern):
    for site, role in ((old, "member"), (modern, "PROJECT.MEMBER")):
        resource = site.active()
        site.world.add_member(site.project, site.alice, "PROJECT.MANAGER")
        answer = site.api.get(PATH.format(resource, "team/"))
        assert "X-Result-Count" not in answer.headers
        assert [(row["uuid"], row["role"]) for row in answer.json()] == [(site.alice, role)]
        assert answer.json()[0]["offering_user_username"] == "alice"
        assert ("offering_user_state" in answer.json()[0]) is (site is modern)


def test_a_team_member_without_offering_user_has_no_username_and_an_unnamed_one_an_empty_one(site):
    bare = site("2025", offering={"users_enabled": False})
    assert bare.api.get(PATH.format(bare.active(), "team/")).json()[0]["offering_user_username"] is None
    unnamed = site("2025", offering={"options": {"username_generation_policy": "service_provider"}})
    assert unnamed.api.get(PATH.format(unnamed.active(), "team/")).json()[0]["offering_user_username"] == ""
