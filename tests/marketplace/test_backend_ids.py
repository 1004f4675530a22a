import pytest

from agent.errors import Incomplete, Unavailable
from agent.marketplace.failure import Refused

OFFERING = "0" * 32
ASK = f"marketplace-provider-offerings/{OFFERING}/check_unique_backend_id/"
RESOURCES = "marketplace-provider-resources/"


def rows(*backend_ids, offering=OFFERING):
    return [
        {"uuid": f"{number:032x}", "offering_uuid": offering, "backend_id": backend_id}
        for number, backend_id in enumerate(backend_ids)
    ]


def test_a_name_is_asked_about_over_all_offerings(server, client):
    server.on("POST", ASK, {"is_unique": False})
    assert client.used_backend_ids(OFFERING, ["hpc_one"]) == {"hpc_one"}
    assert server.last().body == {"backend_id": "hpc_one", "check_all_offerings": True}
    assert len(server.asked) == 1


def test_a_name_nobody_had_is_free(server, client):
    server.on("POST", ASK, {"is_unique": True})
    assert client.used_backend_ids(OFFERING, {"a", "b"}) == frozenset()
    assert {asked.body["backend_id"] for asked in server.asked} == {"a", "b"}


def test_without_names_nothing_is_asked(server, client):
    assert client.used_backend_ids(OFFERING, ()) == frozenset()
    assert server.asked == []


def test_an_older_server_is_asked_once_and_its_resources_are_read_instead(server, client):
    server.listing(RESOURCES, rows("HPC_One", None, "", "hpc_two", "hpc_two"))
    for _ in range(2):
        assert client.used_backend_ids(OFFERING, ["hpc_one", "hpc_two", "hpc_new"]) == {"hpc_one", "hpc_two"}
    assert server.count("GET", RESOURCES) == 2
    assert server.count("POST", ASK) <= 3
    asked = server.last("GET").query
    assert "state" not in asked
    assert set(asked["field"]) == {"uuid", "offering_uuid", "backend_id"}


def test_many_names_are_looked_up_in_one_list(server, client):
    server.listing(RESOURCES, rows("n07", "n99"), per_page=1)
    assert client.used_backend_ids(OFFERING, [f"n{number:02}" for number in range(11)]) == {"n07"}
    assert (server.count("POST", ASK), server.count("GET", RESOURCES)) == (0, 2)


def test_another_offerings_resources_do_not_count(server, client):
    server.listing(RESOURCES, rows("hpc_one", offering="9" * 32))
    assert client.used_backend_ids(OFFERING, ["hpc_one"]) == frozenset()


def test_a_list_that_cannot_be_proved_whole_proves_no_name_free(server, client):
    server.listing(RESOURCES, rows("hpc_one"), count=2)
    with pytest.raises(Incomplete) as caught:
        client.used_backend_ids(OFFERING, ["hpc_one", "hpc_two"])
    assert caught.value.rows == ("hpc_one",)


@pytest.mark.parametrize("answer", [{}, {"is_unique": None}, {"is_unique": "yes"}, [], "true"])
def test_an_answer_that_does_not_say_it_is_none(server, client, answer):
    server.on("POST", ASK, answer)
    with pytest.raises(Unavailable, match="does not say whether hpc_one is unique"):
        client.used_backend_ids(OFFERING, ["hpc_one"])


def test_a_question_that_is_refused_decides_nothing(server, client):
    server.on("POST", ASK, {"detail": "You do not have permission to perform this action."}, 403)
    with pytest.raises(Refused, match="owner of the provider organization"):
        client.used_backend_ids(OFFERING, ["hpc_one"])


def test_a_question_whose_answer_was_cut_is_asked_again(server, client):
    server.on("POST", ASK, {"is_unique": True}, cut=True)
    server.on("POST", ASK, "{", 200)
    server.on("POST", ASK, {"is_unique": False})
    assert client.used_backend_ids(OFFERING, ["hpc_one"]) == {"hpc_one"}
    assert len(server.asked) == 3


def test_while_the_server_fails_no_name_is_free(server, client):
    server.on("POST", ASK, "<h1>Bad Gateway</h1>", 502, "text/html")
    with pytest.raises(Unavailable, match="502"):
        client.used_backend_ids(OFFERING, ["hpc_one"])
    assert server.count("GET", RESOURCES) == 0
