"""Bare arrays in pages, with a count and links."""

import re

import pytest


@pytest.fixture
def crowd(modern):
    for number in range(25):
        modern.world.add_member(modern.project, modern.world.create_user(f"u{number:02d}"))
    modern.order()
    return modern


def links(answer):
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"])}


def test_a_list_is_a_bare_array_of_ten_by_default_with_a_count(crowd):
    answer = crowd.api.get("marketplace-offering-users/")
    assert len(answer.json()) == 10
    assert answer.headers["X-Result-Count"] == "26"


def test_following_next_gives_every_row_once(crowd):
    seen, url = [], "marketplace-offering-users/?page_size=4"
    while url:
        answer = crowd.api.client.get(url)
        seen += [row["uuid"] for row in answer.json()]
        url = links(answer).get("next")
    assert len(seen) == len(set(seen)) == 26


def test_links_keep_the_query_and_leave_out_what_is_not_there(crowd):
    first = links(crowd.api.get("marketplace-offering-users/", page_size=20, offering_uuid=crowd.offering))
    assert first.keys() == {"first", "next", "last"}
    assert f"offering_uuid={crowd.offering}" in first["next"]
    assert links(crowd.api.client.get(first["last"])).keys() == {"first", "prev", "last"}


def test_a_page_beyond_the_end_is_a_404(crowd):
    answer = crowd.api.get("marketplace-offering-users/", page=99)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


def test_the_first_page_of_nothing_is_fine(modern):
    answer = modern.api.get("marketplace-orders/")
    assert (answer.json(), answer.headers["X-Result-Count"]) == ([], "0")


@pytest.mark.parametrize(("asked", "given"), [("5000", 300), ("0", 10), ("nonsense", 10), ("7", 7)])
def test_a_page_holds_at_most_three_hundred_rows_and_ten_when_in_doubt(modern, asked, given):
    with modern.world.at_once():
        for number in range(301):
            modern.world.add_member(modern.project, modern.world.create_user(f"u{number:03d}"))
        modern.order()
    assert len(modern.api.get("marketplace-offering-users/", page_size=asked).json()) == given


def test_fields_are_chosen_by_name_and_all_are_given_when_no_name_is_known(modern):
    modern.order()
    chosen = modern.api.get("marketplace-orders/", field=["uuid", "state", "bogus"]).json()[0]
    assert chosen.keys() == {"uuid", "state"}
    assert len(modern.api.get("marketplace-orders/", field="bogus").json()[0]) > 20


def test_filters_narrow_and_unknown_filters_are_ignored(modern):
    first, second = modern.order("one"), modern.order("two")
    modern.act(second, "approve_by_provider")
    found = modern.api.get("marketplace-orders/", state=["executing", "done"]).json()
    assert [row["uuid"] for row in found] == [second]
    assert [row["uuid"] for row in modern.api.get("marketplace-orders/", bogus="x").json()] == [first, second]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"state": "Bogus"}, {"state": ["Select a valid choice. Bogus is not one of the available choices."]}),
        ({"offering_uuid": "x"}, {"offering_uuid": ["Enter a valid UUID."]}),
        ({"modified": "yesterday"}, {"modified": ["Enter a valid date/time."]}),
    ],
)
def test_a_bad_value_of_a_filter_is_a_400_by_field(modern, params, error):
    answer = modern.api.get("marketplace-orders/", **params)
    assert (answer.status_code, answer.json()) == (400, error)


def test_the_old_server_takes_only_a_date_for_modified_resources(old, modern):
    moment = {"modified": "2020-01-01T00:00:00Z"}
    assert modern.api.get("marketplace-provider-resources/", **moment).status_code == 200
    answer = old.api.get("marketplace-provider-resources/", **moment)
    assert (answer.status_code, answer.json()) == (400, {"modified": ["Enter a valid date."]})
    assert old.api.get("marketplace-provider-resources/", modified="2020-01-01").status_code == 200


def test_rows_come_oldest_first_or_as_asked(modern):
    orders = [modern.order(name) for name in ("one", "two", "three")]
    assert [row["uuid"] for row in modern.api.get("marketplace-orders/", o="-created").json()] == orders[::-1]
    assert [row["uuid"] for row in modern.api.get("marketplace-orders/").json()] == orders
