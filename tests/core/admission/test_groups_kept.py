"""A group keeps name and gid: files belong to a gid, and whoever has it has them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.admission import admit
from agent.core.admission.ledger import ledger
from agent.core.model.directory import Directory, DirectoryGroup
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import POLICY, feed, group, names, reasons, sliced, user
from tests.fixtures.wild_worlds import examples

CHEM, BIO = group("chem", 20_001), group("bio", 20_002)


@pytest.fixture
def site() -> Offerings:
    """Ada is in chem, Bob is in bio, and Eve in none; all is published."""
    site = Offerings()
    site.a.people = {"ada": "ada", "bob": "bob", "eve": "eve"}
    lists(site, {"ada": [20_001], "bob": [20_002]}, CHEM, BIO)
    site.publish()
    return site


def lists(site: Offerings, gids: dict[str, list[int]], *groups: DirectoryGroup) -> None:
    people = [user(name, uid, othergroups=tuple(gids.get(name, ()))) for name, uid in UIDS.items()]
    site.a.lists(*people, groups=groups)


UIDS = {"ada": 10_001, "bob": 10_002, "eve": 10_003}


def shared(site: Offerings) -> dict[str, int]:
    return {one.name: one.gidnumber for one in site.admitted().directory.groups if one.name not in UIDS}


def members(site: Offerings) -> dict[str, tuple[int, ...]]:
    return {one.name: one.othergroups for one in site.admitted().directory.users}


def test_a_group_with_another_gid_stays_as_it_is_and_the_reason_says_what_to_do(site: Offerings) -> None:
    lists(site, {"ada": [20_005], "bob": [20_002]}, group("chem", 20_005), BIO)
    assert shared(site) == {"chem": 20_001, "bio": 20_002}
    assert members(site) == {"ada": (20_001,), "bob": (20_002,), "eve": ()}
    assert reasons(site.admitted()) == {
        "chem": "its gid is 20005, but the group chem is served with 20001, and the files belong to 20001;"
        " give it that gid again in the marketplace, or another name"
    }
    site.publish()
    assert shared(site) == {"chem": 20_001, "bio": 20_002}, "and so it is in the next cycle"


def test_a_group_that_is_kept_gets_no_new_members_and_whoever_leaves_it_is_out(site: Offerings) -> None:
    lists(site, {"eve": [20_005, 20_001], "bob": [20_001]}, group("chem", 20_005), BIO)
    assert shared(site) == {"chem": 20_001, "bio": 20_002}
    assert members(site) == {"ada": (), "bob": (), "eve": ()}


def test_a_gid_that_a_group_once_had_is_not_given_to_another(site: Offerings) -> None:
    lists(site, {"bob": [20_002]}, BIO)
    site.publish()
    assert shared(site) == {"bio": 20_002}, "chem is gone"
    lists(site, {"bob": [20_001]}, group("phys", 20_001))
    assert (shared(site), members(site)["bob"]) == ({}, ())
    assert reasons(site.admitted())["phys"] == (
        "its gid 20001 belongs to the group chem, and so do the files; give the group a new gid in the marketplace"
    )
    lists(site, {"bob": [20_001]}, CHEM)
    assert (shared(site), members(site)["bob"]) == ({"chem": 20_001}, (20_001,)), "the same group may come back"


def test_a_name_whose_group_is_gone_may_come_back_with_another_gid(site: Offerings) -> None:
    lists(site, {}, BIO)
    site.publish()
    lists(site, {"eve": [20_005]}, group("chem", 20_005), BIO)
    assert (shared(site), members(site)["eve"]) == ({"chem": 20_005, "bio": 20_002}, (20_005,))


@pytest.mark.parametrize("turned", [False, True])
def test_two_groups_that_swap_their_gids_swap_no_files(site: Offerings, turned: bool) -> None:
    swapped = (group("chem", 20_002), group("bio", 20_001))
    lists(site, {"ada": [20_002], "bob": [20_001]}, *(reversed(swapped) if turned else swapped))
    assert (shared(site), members(site)) == (
        {"chem": 20_001, "bio": 20_002},
        {"ada": (20_001,), "bob": (20_002,), "eve": ()},
    )
    assert set(reasons(site.admitted())) == {"chem", "bio"}


def test_a_group_whose_gid_comes_under_another_name_stays_with_whoever_is_still_in_it(site: Offerings) -> None:
    lists(site, {"ada": [20_001], "eve": [20_001]}, group("chemistry", 20_001), BIO)
    assert shared(site) == {"chem": 20_001, "bio": 20_002}
    assert members(site) == {"ada": (20_001,), "bob": (), "eve": ()}
    lists(site, {"ada": [20_001], "bob": [20_009]}, group("phys", 20_001), group("chem", 20_009))
    assert members(site) == {"ada": (), "bob": (), "eve": ()}, "chem itself is listed, and Ada is not in it"


def test_another_group_of_the_name_says_nothing_of_the_members_while_the_first_is_listed(site: Offerings) -> None:
    site.b.people = {"ada": "ada"}
    site.b.lists(user("ada", 50_001, othergroups=(60_001,)), groups=(group("chem", 60_001),))
    lists(site, {}, CHEM, BIO)
    assert (shared(site), members(site)["ada"]) == ({"chem": 20_001, "bio": 20_002}, ())


def test_a_group_whose_gid_may_not_be_served_any_more_gets_the_new_one(site: Offerings) -> None:
    site.policy = replace(site.policy, reserved_gids=frozenset({20_001}))
    lists(site, {"eve": [20_005]}, group("chem", 20_005), BIO)
    assert (members(site)["eve"], reasons(site.admitted())) == ((20_005,), {})
    assert shared(site) == {"chem": 20_005, "bio": 20_002}


def test_a_group_that_comes_with_a_gid_that_may_not_be_served_stays_as_it_is(site: Offerings) -> None:
    lists(site, {"ada": [27]}, group("chem", 27), BIO)
    assert (shared(site)["chem"], members(site)["ada"]) == (20_001, (20_001,))


def test_a_user_s_own_group_has_neither_the_gid_of_a_group_that_was_nor_the_name_of_one_that_is(
    site: Offerings,
) -> None:
    lists(site, {}, BIO)
    site.publish()
    site.a.people |= {"zed": "zed", "bio": "bio"}
    site.a.lists(user("zed", 10_009, primarygroup=20_001), user("bio", 10_008), groups=(BIO,))
    assert names(site.admitted()) == []
    assert "belongs to the group chem already" in reasons(site.admitted())["zed"]
    assert "the group's name belongs to the group with gid 20002 already" in reasons(site.admitted())["bio"]
    assert site.admitted().directory.groups == (BIO,)


def test_the_file_alone_says_what_stands_when_the_journal_is_lost(site: Offerings) -> None:
    site.known = replace(site.known, groups={})
    lists(site, {"bob": [20_001]}, group("bio", 20_001))
    assert (shared(site), members(site)["bob"]) == ({"bio": 20_002}, (20_002,))
    assert site.admitted().groups == {20_001: "chem", 20_002: "bio"}


def test_what_the_journal_does_not_know_yet_is_to_be_written_down_before_the_file_has_it(site: Offerings) -> None:
    assert site.admitted().groups == {}
    lists(site, {}, BIO, group("phys", 20_003))
    assert site.admitted().groups == {20_003: "phys"}
    lists(site, {}, CHEM, BIO)
    site.known = replace(site.known, groups={20_001: "chem"})
    assert site.admitted().groups == {20_002: "bio"}


def test_where_file_and_journal_differ_the_journal_s_word_counts(site: Offerings) -> None:
    site.known = replace(site.known, groups={20_001: "phys"}, gids={**site.known.gids, "eve": 20_002})
    lists(site, {"ada": [20_005, 20_001], "bob": [20_006]}, group("chem", 20_005), group("phys", 20_001))
    assert (shared(site), members(site)["ada"]) == ({"chem": 20_005, "phys": 20_001}, (20_001, 20_005))
    site.b.lists(groups=(group("bio", 20_006),))
    assert (shared(site)["bio"], site.user("eve").primarygroup, members(site)["bob"]) == (20_006, 20_002, ())


@pytest.mark.parametrize("of_all", [("chem", 20_007), ("chem", 20_001)])
def test_the_group_for_all_is_there_once_and_alone(site: Offerings, of_all: tuple[str, int]) -> None:
    site.policy = replace(site.policy, shared_group=of_all)
    lists(site, {"ada": [20_009]}, group("chem", 20_009), BIO)
    groups = [one for one in site.admitted().directory.groups if of_all[0] == one.name or of_all[1] == one.gidnumber]
    assert groups == [group(*of_all)]
    assert members(site)["ada"] == ()


def test_a_group_for_all_is_the_settings_word_and_keeps_no_other_group_out(site: Offerings) -> None:
    site.policy = replace(site.policy, shared_group=("chem", 20_007))
    lists(site, {"ada": [20_001]}, CHEM, BIO)
    assert shared(site) == {"chem": 20_007, "bio": 20_002}


def test_the_group_for_all_is_not_remembered_so_that_the_settings_may_rename_it(site: Offerings) -> None:
    site.policy = replace(site.policy, shared_group=("people", 20_007))
    lists(site, {"ada": [20_002]}, BIO)
    site.publish()
    assert site.known.groups.get(20_007) is None
    site.policy = replace(site.policy, shared_group=("everybody", 20_007))
    assert site.admitted().refusal == ""
    assert shared(site)["everybody"] == 20_007
    site.publish()
    assert site.known.groups.get(20_007) is None


def test_no_group_gets_the_gid_of_somebody_s_own_group_once_there_is_one_for_all(site: Offerings) -> None:
    site.policy = replace(site.policy, shared_group=("people", 20_007))
    lists(site, {"eve": [10_001]}, group("phys", 10_001))
    assert (shared(site), members(site)["eve"]) == ({"people": 20_007}, ())


SHARED = st.lists(
    st.builds(
        DirectoryGroup,
        name=st.sampled_from(["chem", "bio", "phys", "ada", "20001"]),
        gidnumber=st.sampled_from([20_001, 20_002, 20_003, 10_001]),
    ),
    max_size=4,
)
GIDS = st.dictionaries(st.sampled_from(list(UIDS)), st.lists(st.sampled_from([20_001, 20_002, 20_003])), max_size=3)


@examples(80)
@given(st.lists(st.tuples(SHARED, SHARED, GIDS), min_size=2, max_size=4))
def test_whatever_comes_no_gid_is_two_groups_ever_and_no_group_changes_its_gid_while_it_is_served(cycles) -> None:
    site, ever = Offerings(), dict[int, str]()
    site.a.people = {name: name for name in UIDS}
    for here, there, gids in cycles:
        before, had = (
            shared(site) if site.published.users else {},
            {u.name: u.othergroups for u in site.published.users},
        )
        lists(site, gids, *here)
        site.b.lists(groups=tuple(there))
        now, directory = shared(site), site.admitted().directory
        assert len({one.name for one in directory.groups}) == len(directory.groups)
        assert all(before.get(name, gid) == gid for name, gid in now.items())
        for one in directory.groups:
            assert ever.setdefault(one.gidnumber, one.name) == one.name
        listed = {(one.name, one.gidnumber) for one in here}
        for name, served in members(site).items():
            gained = set(served).difference(had.get(name, ()))
            assert all((ever[gid], gid) in listed and gid in gids.get(name, ()) for gid in gained)
        site.publish()


def test_a_ledger_s_group_is_not_served_under_another_name_in_any_offering() -> None:
    book = ledger(replace(Offerings().known, groups={20_001: "chem"}), Directory())
    one = sliced("0", feed(groups=(group("bio", 20_001),)))
    assert admit([one], POLICY, book).directory.groups == ()
