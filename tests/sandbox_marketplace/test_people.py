"""People and their accounts, changed behind the agent's back; and what the API shows of it."""

import pytest

LIST = "marketplace-offering-users/"


@pytest.fixture
def site_of_two(each):
    each.active()
    each.world.add_member(each.project, each.world.create_user("bob", "Bob", "Brown"), "PROJECT.ADMIN")
    return each


def listed(site):
    return {row["uuid"]: row for row in site.api.get(LIST, page_size=300).json()}


def row_of(site, user):
    return listed(site)[site.world.offering_user(site.offering, user)["uuid"]]


def test_names_are_blanked_for_some_or_for_all(site_of_two):
    world, offering = site_of_two.world, site_of_two.offering
    world.blank_usernames(offering, [site_of_two.alice])
    assert {row["username"] for row in listed(site_of_two).values()} == {"", "bob"}
    world.blank_usernames(offering)
    assert {row["username"] for row in listed(site_of_two).values()} == {""}


def test_a_restriction_is_set_and_ends(site_of_two):
    site_of_two.world.restrict_user(site_of_two.offering, site_of_two.alice)
    assert row_of(site_of_two, site_of_two.alice)["is_restricted"] is True
    restricted = site_of_two.api.get(LIST, is_restricted="true").json()
    assert [row["user_uuid"] for row in restricted] == [site_of_two.alice]
    site_of_two.world.restrict_user(site_of_two.offering, site_of_two.alice, restricted=False)
    assert row_of(site_of_two, site_of_two.alice)["is_restricted"] is False


def test_a_person_is_renamed_and_keeps_the_name_at_the_offering(site_of_two):
    site_of_two.world.rename_person(site_of_two.alice, username="alice2", last_name="Baker")
    row = row_of(site_of_two, site_of_two.alice)
    assert (row["user_username"], row["user_full_name"], row["username"]) == ("alice2", "Alice Baker", "alice")
    with pytest.raises(ValueError, match="no token"):
        site_of_two.world.rename_person(site_of_two.alice, token="x")


def test_every_role_of_a_member_ends_when_it_is_said(site_of_two):
    world = site_of_two.world
    world.add_member(site_of_two.project, site_of_two.alice, "PROJECT.MANAGER")
    world.expire_member(site_of_two.project, site_of_two.alice, 0.0)
    resource = world.resources(site_of_two.offering)[0]["uuid"]
    team = site_of_two.api.get(f"marketplace-provider-resources/{resource}/team/").json()
    assert {row["username"]: row["expiration_time"] for row in team} == {
        "alice": "1970-01-01T00:00:00.000000Z",
        "bob": None,
    }
    with pytest.raises(LookupError, match="has no member"):
        world.expire_member(site_of_two.project, "0" * 32, 0.0)


def test_the_deletion_of_a_user_is_asked_for_once(modern):
    modern.active()
    modern.world.request_deletion(modern.offering, modern.alice)
    assert row_of(modern, modern.alice)["state"] == "Requested deletion"
    with pytest.raises(ValueError, match="current state: 6"):
        modern.world.request_deletion(modern.offering, modern.alice)


def test_there_are_no_states_to_be_put_into_in_2024(old):
    old.active()
    with pytest.raises(ValueError, match="cannot be Deleted"):
        old.world.put_user(old.offering, old.alice, "Deleted")


def test_attributes_that_an_offering_hides_are_missing_from_its_rows(modern):
    modern.active()
    assert row_of(modern, modern.alice)["user_email"] == "alice@example.org"
    modern.world.hide_attributes(modern.offering, "email", "full_name", "uuid")
    row = row_of(modern, modern.alice)
    assert not {"user_email", "user_full_name", "user_uuid"} & row.keys()
    assert row["user_username"] == "alice"
    assert row["user"].endswith(f"/{modern.alice}/")
    modern.world.hide_attributes(modern.offering)
    assert row_of(modern, modern.alice)["user_uuid"] == modern.alice


def test_later_servers_show_more_of_a_person(each):
    eve = each.world.create_user("eve", attributes={"organization": "MPI"})
    each.world.add_member(each.project, eve)
    each.active()
    assert row_of(each, eve).get("user_organization") == (None if each.world._dialect.old else "MPI")


def test_long_lists_are_ordered_filtered_and_paged_alike(modern):
    with modern.world.at_once():
        for number in range(25):
            modern.world.add_member(modern.project, modern.world.create_user(f"u{number:02d}"))
        modern.order()
    other = modern.world.create_offering("Other")
    modern.world.order_create(modern.project, other, "x", {"cpu": 1})
    pages = [
        modern.api.get(LIST, offering_uuid=modern.offering, o="-username", page_size=10, page=page)
        for page in (1, 2, 3)
    ]
    names = [row["username"] for page in pages for row in page.json()]
    assert {page.headers["X-Result-Count"] for page in pages} == {"26"}
    assert names == [*(f"u{number:02d}" for number in reversed(range(25))), "alice"]
    both = modern.api.get(LIST, offering_uuid=[modern.offering, other], user_username="u07")
    assert {row["offering_uuid"] for row in both.json()} == {modern.offering, other}


@pytest.mark.parametrize(("kind", "rows", "count"), [("empty", 0, 0), ("halve", 3, 3), ("lose row", 5, 6)])
def test_a_long_list_lies_like_any_other(modern, kind, rows, count):
    for number in range(5):
        modern.world.add_member(modern.project, modern.world.create_user(f"u{number}"))
    modern.order()
    modern.server.faults.add(kind, LIST)
    answer = modern.api.get(LIST)
    assert (len(answer.json()), answer.headers["X-Result-Count"]) == (rows, str(count))
