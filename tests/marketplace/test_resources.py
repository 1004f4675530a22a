import pytest

from agent.core.model.marketplace import ResourceState
from agent.errors import Incomplete, Rejected, Unavailable

OFFERING, PROJECT = "0" * 32, "1" * 32
RESOURCES = "marketplace-provider-resources/"


def row(letter, state, offering=OFFERING):
    return {"uuid": letter * 32, "state": state, "offering_uuid": offering, "project_uuid": PROJECT}


def test_a_server_that_ignores_the_filters_is_filtered_here(server, client):
    server.listing(RESOURCES, [row("a", "OK"), row("b", "Terminated"), row("c", "OK", "9" * 32), row("d", "Melting")])
    assert [(each.uuid[0], each.state) for each in client.resources(OFFERING)] == [
        ("a", ResourceState.OK),
        ("d", ResourceState.OTHER),
    ]
    assert "Terminated" not in server.asked[0].query["state"]


def test_a_resource_whose_offering_is_not_said_is_neither_ours_nor_ignored(server, client):
    server.listing(RESOURCES, [row("a", "OK"), row("b", "OK", None)])
    with pytest.raises(Incomplete, match="1 of 2 rows") as caught:
        client.resources(OFFERING)
    assert [each.uuid[0] for each in caught.value.rows] == ["a"]


def test_a_limit_that_is_no_whole_number_makes_the_list_incomplete_and_names_it(server, client):
    server.listing(
        RESOURCES, [row("a", "OK") | {"limits": {"cpu": "10.00"}}, row("b", "OK") | {"limits": {"cpu": "0.5"}}]
    )
    with pytest.raises(Incomplete, match=f"resource {'b' * 32}: limits: '0.5' is not a whole number") as caught:
        client.resources(OFFERING)
    assert [each.limits for each in caught.value.rows] == [{"cpu": 10}]


@pytest.mark.parametrize("state", ["Terminated", "OK"])
def test_one_resource_is_read_in_whatever_state(server, client, state):
    server.on("GET", f"{RESOURCES}{'a' * 32}/", row("a", state))
    assert client.resource("a" * 32).state == state


def test_a_resource_that_is_not_visible_is_unavailable(server, client):
    server.on("GET", f"{RESOURCES}{'a' * 32}/", {"detail": "No Resource matches the given query."}, 404)
    with pytest.raises(Unavailable, match="does not see it"):
        client.resource("a" * 32)


def test_a_report_is_one_section_and_repeated_after_a_lost_reply(server, client):
    path = f"{RESOURCES}{'a' * 32}/submit_report/"
    server.on("POST", path, reply=False)
    server.on("POST", path, {"status": "Report is submitted"})
    client.submit_report("a" * 32, "Slurm", "2 jobs still run.")
    assert [asked.body for asked in server.asked] == [
        {"report": [{"header": "Slurm", "body": "2 jobs still run."}]}
    ] * 2


def test_a_report_the_server_refuses_is_rejected(server, client):
    server.on("POST", f"{RESOURCES}{'a' * 32}/submit_report/", {"report": ["Not a valid string."]}, 400)
    with pytest.raises(Rejected, match="Not a valid string"):
        client.submit_report("a" * 32, "Slurm", "")
