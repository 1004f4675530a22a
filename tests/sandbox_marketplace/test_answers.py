"""Status codes, headers and shapes of errors."""

import httpx
import pytest

UNKNOWN = "0" * 32


def test_no_credentials_are_a_401_that_names_the_scheme(each):
    answer = each.as_user("").get("marketplace-orders/")
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}
    assert answer.headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("Token nonsense", "Invalid token."),
        ("Token", "Invalid token. No credentials provided."),
        ("Bearer {token}", "Authentication credentials were not provided."),
    ],
)
def test_wrong_credentials_are_a_401_that_says_what_is_wrong(modern, header, detail):
    value = header.format(token=modern.server.token)
    answer = httpx.get(f"{modern.server.url}/api/marketplace-orders/", headers={"Authorization": value})
    assert (answer.status_code, answer.json()) == (401, {"detail": detail})


def test_the_scheme_word_may_be_written_in_any_case(modern):
    headers = {"Authorization": f"tOKEN {modern.server.token}"}
    assert httpx.get(f"{modern.server.url}/api/marketplace-orders/", headers=headers).status_code == 200


def test_the_version_is_for_staff_only(each):
    assert each.api.get("version/").status_code == 403


def test_an_object_that_is_absent_is_a_404_in_json(each):
    answer = each.api.get(f"marketplace-orders/{UNKNOWN}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "No Order matches the given query."})


def test_a_route_that_is_absent_is_a_404_in_html(each):
    answer = each.api.get("marketplace-nothing/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>Not Found</h1>" in answer.text


def test_a_wrong_method_is_a_405_in_json(each):
    answer = each.api.client.delete("marketplace-orders/")
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})


def test_an_accept_header_that_cannot_be_satisfied_is_a_406(each):
    path = f"marketplace-provider-offerings/{each.offering}/glauth_users_config/"
    answer = each.api.client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 406
    assert answer.json() == {"detail": "Could not satisfy the request Accept header."}


def test_a_body_that_is_not_json_is_a_415(modern):
    order = modern.order()
    path = f"marketplace-orders/{order}/set_state_erred/"
    answer = modern.api.client.post(path, content=b"a,b", headers={"Content-Type": "text/csv"})
    assert answer.status_code == 415
    assert answer.json() == {"detail": 'Unsupported media type "text/csv" in request.'}


def test_broken_json_is_a_400(modern):
    path = f"marketplace-orders/{modern.order()}/set_state_erred/"
    answer = modern.api.client.post(path, content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("JSON parse error")


def test_a_body_that_is_no_object_is_a_400(modern):
    assert modern.act(modern.order(), "set_state_erred", [1]).status_code == 400


def test_a_uuid_may_be_sent_with_dashes_and_comes_back_without(each):
    dashed = (
        f"{each.offering[:8]}-{each.offering[8:12]}-{each.offering[12:16]}-{each.offering[16:20]}-{each.offering[20:]}"
    )
    answer = each.api.get(f"marketplace-provider-offerings/{dashed}/")
    assert answer.json()["uuid"] == each.offering


def test_a_head_request_gives_the_count_without_a_body(modern):
    modern.order()
    answer = modern.api.client.head("marketplace-orders/")
    assert answer.headers["X-Result-Count"] == "1"
    assert answer.content == b""


def test_a_stranger_does_not_see_the_offering(each):
    stranger = each.as_user(each.world.token(each.alice))
    assert stranger.get(f"marketplace-provider-offerings/{each.offering}/").status_code == 404
    assert stranger.get("marketplace-provider-offerings/").json() == []


def test_every_request_is_recorded_with_its_status(modern):
    modern.server.reset_counts()
    modern.api.get("marketplace-orders/", state="executing")
    modern.api.get("marketplace-nothing/")
    assert modern.server.requests == [
        ("GET", "/api/marketplace-orders/", 200),
        ("GET", "/api/marketplace-nothing/", 404),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "marketplace-provider-offerings/{offering}/orders/",
        "marketplace-orders/{order}/set_backend_id/",
        "marketplace-provider-resources/{resource}/refresh_last_sync/",
        "marketplace-provider-resources/{resource}/set_limits/",
        "marketplace-offering-users/{offering}/set_ok/",
    ],
)
def test_a_route_of_2025_is_an_html_404_in_2024_and_exists_in_2025(site, path):
    for dialect, is_absent in (("2024", True), ("2025", False)):
        found = site(dialect)
        order = found.order()
        filled = path.format(offering=found.offering, order=order, resource=found.resource_of(order))
        answer = found.api.get(filled)
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        assert html is is_absent, dialect
