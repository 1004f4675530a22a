import pytest

from agent.errors import Incomplete, Unavailable
from agent.marketplace.failure import Refused
from agent.marketplace.paging import Listing, read_list

LIST = Listing("things/", [("offering_uuid", "x")])
PATH = "things/"


def things(count):
    return [{"uuid": f"{number:032x}"} for number in range(count)]


def test_one_page_is_one_request(server, http):
    server.listing(PATH, things(7))
    assert read_list(http, LIST) == things(7)
    (asked,) = server.asked
    assert asked.query == {"offering_uuid": ["x"], "page": ["1"], "page_size": ["300"]}


def test_an_empty_list_that_says_so_is_whole(server, http):
    server.listing(PATH, [])
    assert read_list(http, LIST) == []


@pytest.mark.parametrize("count", [10, 11, 19, 20, 57])
def test_every_page_is_read_once_and_in_order(server, http, count):
    server.listing(PATH, things(count), per_page=10)
    assert read_list(http, LIST) == things(count)
    pages = sorted(int(asked.query["page"][0]) for asked in server.asked)
    assert pages == list(range(1, len(pages) + 1))
    assert len(pages) == -(-count // 10)


def test_a_row_lost_between_pages_is_noticed_and_read_again(server, http):
    # The list is 30 long, but on the first reading row 10 slipped from the second page to the first, already read.
    shifts = iter([True])

    def rows(number):
        return things(31)[:10] + things(31)[11:] if number == 2 and next(shifts, False) else things(30)

    server.listing(PATH, rows, per_page=10, count=30)
    assert read_list(http, LIST) == things(30)
    assert len(server.asked) == 6


def test_a_row_that_comes_twice_counts_once(server, http):
    # The second page begins with the last row of the first, so that the last row of all never comes.
    server.listing(
        PATH, lambda number: things(20) if number == 1 else things(10) + things(19)[9:], per_page=10, count=20
    )
    with pytest.raises(Incomplete, match="20 rows were announced and 19 different ones") as caught:
        read_list(http, LIST)
    assert list(caught.value.rows) == things(19)


def test_a_count_that_changes_from_page_to_page_is_not_believed(server, http):
    server.listing(PATH, things(30), per_page=10, count=lambda number: 30 if number == 1 else 31)
    with pytest.raises(Incomplete, match="the list changed while it was read") as caught:
        read_list(http, LIST)
    assert list(caught.value.rows) == things(30)
    assert len(server.asked) == 6


def test_a_list_that_shrinks_while_it_is_read_is_read_again(server, http):
    lengths = iter([30])

    def rows(number):
        return things(next(lengths, 20)) if number == 1 else things(20)

    server.listing(PATH, rows, per_page=10)
    assert read_list(http, LIST) == things(20)


def test_a_short_answer_with_a_true_count_is_incomplete(server, http):
    server.listing(PATH, things(5), count=9)
    with pytest.raises(Incomplete, match="9 rows were announced and 5") as caught:
        read_list(http, LIST)
    assert list(caught.value.rows) == things(5)


def test_without_a_count_nothing_is_proved_but_the_rows_are_there(server, http):
    server.on("GET", PATH, things(3))
    with pytest.raises(Incomplete, match="does not say how many") as caught:
        read_list(http, LIST)
    assert list(caught.value.rows) == things(3)
    assert len(server.asked) == 1


def test_without_a_count_the_next_links_are_followed(server, http):
    server.on("GET", PATH, things(4)[:2], headers={"Link": f'<{server.url}/api/things/?page=2>; rel="next"'})
    server.on("GET", PATH, things(4)[2:])
    with pytest.raises(Incomplete) as caught:
        read_list(http, LIST)
    assert list(caught.value.rows) == things(4)


def test_a_next_link_to_another_host_is_not_followed(server, http):
    server.on(
        "GET",
        PATH,
        things(2),
        headers={"X-Result-Count": "2", "Link": '<http://192.0.2.1/api/things/?page=2>; rel="next"'},
    )
    with pytest.raises(Incomplete, match="more pages than 2 rows can fill"):
        read_list(http, LIST)
    assert {asked.query["page"][0] for asked in server.asked} == {"1"}


def test_a_list_that_is_not_visible_is_not_an_empty_list(server, http):
    server.on("GET", PATH, {"detail": "No ServiceProvider matches the given query."}, 404)
    with pytest.raises(Refused, match="No ServiceProvider"):
        read_list(http, LIST)


def test_an_object_instead_of_a_list_is_unavailable(server, http):
    server.on("GET", PATH, {"results": []})
    with pytest.raises(Unavailable, match="not a list"):
        read_list(http, LIST)


def test_an_absurd_count_does_not_become_a_million_requests(server, http, monkeypatch):
    monkeypatch.setattr("agent.marketplace.paging.MOST_PAGES", 5)
    server.listing(PATH, things(100), per_page=2, count=999_999_999)
    with pytest.raises(Incomplete, match="more pages"):
        read_list(http, LIST)
    assert len(server.asked) == 10


def test_rows_without_a_uuid_do_not_vanish_silently(server, http):
    server.listing(PATH, [{"uuid": "a"}, {}, {}, "text"])
    with pytest.raises(Incomplete):
        read_list(http, LIST)


def test_a_later_page_that_fails_is_not_an_end(server, http):
    link = {"X-Result-Count": "4", "Link": f'<{server.url}/api/things/?page=2>; rel="next"'}
    server.on("GET", PATH, things(4)[:2], headers=link)
    server.on("GET", PATH, "<h1>Bad Gateway</h1>", 502, "text/html")
    with pytest.raises(Unavailable, match="502"):
        read_list(http, LIST)
