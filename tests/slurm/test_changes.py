"""Changing accounts and associations that exist, on the embedded cluster and on a real Slurm alike."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association, Qos
from agent.core.snapshot import Complete

ORGANIZATION = "waldur-" + "a" * 32


def account(name: str, parent: str = "hpc", number: int = 1, **fields) -> Account:
    marker = f"waldur-{number:032x}"
    return Account(name=name, parent=parent, organization=ORGANIZATION, description=marker, **fields)


HPC = account("hpc", "root")
ALICE = Association(account="p1", user="alice")
BOB = Association(account="p1", user="bob")


@pytest.fixture
def cluster(cluster_site, counted):
    return counted(cluster_site)


def accounts(cluster) -> dict[str, Account]:
    section = cluster.slurm.observe_accounting().accounts
    assert isinstance(section, Complete), section
    return dict(section.value)


def users(cluster) -> dict[tuple[str, str], Association]:
    section = cluster.slurm.observe_accounting().associations
    assert isinstance(section, Complete), section
    return {(each.account, each.user): each for each in section.value if each.user != "root"}


def with_qos(cluster, *names: str) -> None:
    assert cluster.slurm.add_qos([Qos(name=name, description=f"waldur-{name}") for name in names]) == ()


FULL = account(
    "p1",
    grp_tres_mins={"cpu": 600, "mem": 61_440_001},
    grp_tres={"cpu": 8, "mem": 2048},
    grp_tres_run_mins={"cpu": 60},
    max_tres={"cpu": 4, "node": 1},
    grp_jobs=5,
    grp_submit_jobs=10,
    grp_wall=26 * 60 + 3,
    fairshare=7,
)


def test_every_limit_is_set_read_back_and_cleared_again(cluster):
    plain = account("p1")
    cluster.slurm.add([HPC, plain], [])
    assert cluster.slurm.change([(plain, FULL)]) == ()
    assert accounts(cluster)["p1"] == FULL
    other = replace(FULL, grp_tres={"cpu": 0}, grp_jobs=0, grp_wall=0, fairshare=2**31 - 1)
    assert cluster.slurm.change([(FULL, other)]) == ()
    assert accounts(cluster)["p1"] == other
    assert cluster.slurm.change([(other, plain)]) == ()
    assert accounts(cluster)["p1"] == plain


def test_a_new_account_and_a_new_user_may_have_everything_at_once(cluster):
    with_qos(cluster, "gold")
    rich = replace(FULL, qos=("gold", "normal"), default_qos="gold")
    alice = replace(ALICE, max_submit_jobs=3, grp_tres={"cpu": 2}, grp_jobs=1, fairshare=5)
    assert cluster.slurm.add([HPC, rich], [alice]) == ()
    assert accounts(cluster)["p1"] == rich
    assert users(cluster) == {("p1", "alice"): alice}


def test_a_users_own_limits_are_set_and_cleared(cluster):
    cluster.slurm.add([HPC, account("p1")], [ALICE, BOB])
    limited = replace(ALICE, grp_tres_mins={"cpu": 60}, max_tres={"cpu": 1}, max_submit_jobs=4, fairshare=3)
    assert cluster.slurm.change([], [(ALICE, limited)]) == ()
    assert users(cluster) == {("p1", "alice"): limited, ("p1", "bob"): BOB}
    assert cluster.slurm.change([], [(limited, ALICE)]) == ()
    assert users(cluster)["p1", "alice"] == ALICE


def test_a_list_of_qos_is_set_and_given_back_to_the_parent(cluster):
    with_qos(cluster, "gold")
    plain = account("p1")
    cluster.slurm.add([HPC, plain], [ALICE])
    rich = replace(plain, qos=("gold", "normal"), default_qos="gold")
    assert cluster.slurm.change([(plain, rich)]) == ()
    assert accounts(cluster)["p1"] == rich
    assert cluster.slurm.change([(rich, plain)]) == ()
    assert accounts(cluster)["p1"] == plain


def test_an_account_gets_a_default_qos_that_its_users_own_lists_lack(cluster):
    with_qos(cluster, "gold", "silver")
    plain, own = account("p1"), replace(BOB, qos=("normal", "silver"))
    cluster.slurm.add([HPC, plain], [ALICE, own])
    rich, wide = replace(plain, qos=("gold",), default_qos="gold"), replace(own, qos=("gold", "silver"))
    assert cluster.slurm.change([(plain, rich)], [(own, wide)]) == ()
    assert accounts(cluster)["p1"] == rich
    assert users(cluster)["p1", "bob"] == wide
    assert cluster.slurm.change([(rich, plain)], [(wide, own)]) == ()
    assert accounts(cluster)["p1"] == plain
    assert users(cluster)["p1", "bob"] == own


def test_a_user_loses_his_own_list_while_the_account_gets_a_default(cluster):
    with_qos(cluster, "gold", "silver")
    plain, own = account("p1"), replace(BOB, qos=("normal", "silver"))
    cluster.slurm.add([HPC, plain], [own])
    rich = replace(plain, qos=("gold",), default_qos="gold")
    cluster.counts()
    assert cluster.slurm.change([(plain, rich)], [(own, BOB)]) == ()
    assert cluster.counts() == (2, 3)
    assert accounts(cluster)["p1"] == rich
    assert users(cluster)["p1", "bob"] == BOB
    assert cluster.slurm.change([(rich, plain)], [(BOB, own)]) == ()
    assert accounts(cluster)["p1"] == plain
    assert users(cluster)["p1", "bob"] == own


def test_a_users_own_list_grows_before_the_account_moves_below_another_default_qos(cluster):
    with_qos(cluster, "q1", "q2")
    above = account("above", qos=("normal", "q1"), default_qos="normal")
    before, alice = account("p1"), replace(ALICE, qos=("q2",))
    assert cluster.slurm.add([HPC, above, before], [alice]) == ()
    after = replace(before, parent="above", qos=("normal", "q1"), default_qos="q1")
    assert cluster.slurm.change([(before, after)], [(alice, replace(alice, qos=("q1", "q2")))]) == ()
    assert accounts(cluster)["p1"] == after
    assert users(cluster)["p1", "alice"].qos == ("q1", "q2")


def test_a_default_qos_that_a_users_own_list_lacks_is_refused_for_its_account_alone(cluster):
    with_qos(cluster, "gold")
    given = [account("p1"), account("p2")]
    cluster.slurm.add([HPC, *given], [replace(BOB, qos=("normal",))])
    wanted = [(one, replace(one, qos=("gold",), default_qos="gold")) for one in given]
    (refusal,) = cluster.slurm.change(wanted)
    assert refusal.key == "p1"
    assert "default" in refusal.reason.lower()
    assert accounts(cluster)["p1"] == given[0]
    assert accounts(cluster)["p2"] == wanted[1][1]


SIGNED = ("+gold", "-normal")


@pytest.mark.parametrize("before", [(), ("normal", "silver"), ("+silver",)])
def test_a_list_with_signs_is_kept_as_it_was_written(cluster, before):
    with_qos(cluster, "gold", "silver")
    plain, old = account("p1"), replace(BOB, qos=before)
    cluster.slurm.add([HPC, plain], [old])
    new = replace(BOB, qos=SIGNED, default_qos="gold")
    assert users(cluster)["p1", "bob"] == old
    assert cluster.slurm.change([], [(old, new)]) == ()
    assert users(cluster)["p1", "bob"] == new
    assert cluster.slurm.change([], [(new, old)]) == ()
    assert users(cluster)["p1", "bob"] == old


def test_an_account_may_have_a_list_with_signs_from_the_start(cluster):
    with_qos(cluster, "gold")
    given = account("p1", qos=SIGNED, default_qos="gold")
    assert cluster.slurm.add([HPC, given], [replace(BOB, qos=("+normal",))]) == ()
    assert accounts(cluster)["p1"] == given
    plain = account("p1")
    assert cluster.slurm.change([(given, plain)]) == ()
    assert cluster.slurm.change([(plain, given)]) == ()
    assert accounts(cluster)["p1"] == given
    assert users(cluster)["p1", "bob"].qos == ("+normal",)


def test_description_and_organization_change_and_nothing_else(cluster):
    before = replace(FULL, description="waldur-1 old name")
    cluster.slurm.add([HPC, before], [])
    after = replace(before, description="waldur-1 (terminated 2026-11-24) old name", organization="waldur-2")
    assert cluster.slurm.change([(before, after)]) == ()
    assert accounts(cluster)["p1"] == after


def test_accounts_move_with_what_is_below_them(cluster):
    given = [HPC, account("c1"), account("c2"), account("p1", "c1"), account("p2", "p1", grp_jobs=3)]
    cluster.slurm.add(given, [ALICE])
    moved = replace(given[3], parent="c2", grp_jobs=4)
    assert cluster.slurm.change([(given[3], moved)]) == ()
    found = accounts(cluster)
    assert (found["p1"], found["p2"]) == (moved, given[4])
    assert set(users(cluster)) == {("p1", "alice")}


def test_a_move_below_itself_its_own_child_or_nothing_is_refused_and_holds_no_other(cluster):
    given = [HPC, account("c1"), account("c2", "c1"), account("c3"), account("c4")]
    cluster.slurm.add(given, [])
    wanted = [
        *((given[1], replace(given[1], parent=parent, grp_jobs=1)) for parent in ("c2",)),
        (given[3], replace(given[3], parent="nosuch")),
        (given[4], replace(given[4], parent="c2", grp_jobs=2)),
    ]
    refusals = {each.key: each.reason for each in cluster.slurm.change(wanted)}
    assert set(refusals) == {"c1", "c3"}
    assert "below c2" in refusals["c1"]
    assert "nosuch" in refusals["c3"]
    found = accounts(cluster)
    assert [found[each.name] for each in given[:4]] == given[:4]
    assert found["c4"] == wanted[2][1]
    (refusal,) = cluster.slurm.change([(given[1], replace(given[1], parent="c1"))])
    assert refusal.key == "c1"


def test_what_is_done_already_is_harmless(cluster):
    before, after = account("p1"), account("p1", "hpc", grp_jobs=3, grp_tres={"cpu": 5})
    cluster.slurm.add([HPC, account("top"), after], [])
    cluster.counts()
    moved = replace(after, parent="top")
    assert cluster.slurm.change([(before, after)]) == ()
    assert cluster.counts() == (2, 0)
    assert cluster.slurm.change([(after, moved)]) == ()
    assert cluster.slurm.change([(before, moved)]) == ()
    assert accounts(cluster)["p1"] == moved


def many(number: int = 14) -> list[Account]:
    return [account(f"p{each:02}", number=each, grp_jobs=9, grp_tres={"cpu": 1}) for each in range(number)]


def each_in_its_own_way(given: list[Account]) -> list[tuple[Account, Account]]:
    return [(one, replace(one, grp_tres={"cpu": 5 + n}, grp_jobs=None)) for n, one in enumerate(given)]


def test_many_different_limits_are_one_load_and_leave_everything_else_alone(cluster):
    given = [replace(one, fairshare=3, grp_wall=60) for one in many()]
    cluster.slurm.add([HPC, *given], [])
    wanted = each_in_its_own_way(given)
    cluster.counts()
    assert cluster.slurm.change(wanted) == ()
    assert cluster.counts() == (3, 1)
    found = accounts(cluster)
    assert [found[after.name] for _, after in wanted] == [after for _, after in wanted]


def test_one_bad_limit_among_many_is_refused_alone(cluster):
    given = many()
    cluster.slurm.add([HPC, *given], [])
    wanted = each_in_its_own_way(given)
    wanted[5] = (given[5], replace(given[5], grp_tres={"gres/unknown": 1}))
    (refusal,) = cluster.slurm.change(wanted)
    assert refusal.key == "p05"
    assert "gres/unknown" in refusal.reason
    found = accounts(cluster)
    assert found.pop("p05") == given[5]
    assert all(found[after.name] == after for _, after in wanted if after.name in found)


@pytest.mark.parametrize("number", [2, 14])
def test_what_vanished_moved_or_became_anothers_in_between_is_not_made_moved_back_or_changed(
    cluster, cluster_site, number
):
    given = many(number + 3)
    cluster.slurm.add([HPC, account("elsewhere"), *given], [])
    cluster_site.sacctmgr("-iQ", "delete", "account", "name=p00")
    cluster_site.sacctmgr("-iQ", "modify", "account", "where", "name=p01", "set", "organization=uni")
    cluster_site.sacctmgr("-iQ", "modify", "account", "where", "name=p02", "cluster=lab", "set", "parent=elsewhere")
    wanted = each_in_its_own_way(given)
    refusals = {each.key: each.reason for each in cluster.slurm.change(wanted)}
    assert set(refusals) == {"p00", "p01"}
    assert "another's" in refusals["p01"]
    found = accounts(cluster)
    assert "p00" not in found
    assert found["p01"] == replace(given[1], organization="uni")
    assert found["p02"] == replace(wanted[2][1], parent="elsewhere")
    assert all(found[after.name] == after for _, after in wanted[3:])


def test_many_users_limits_are_one_load_that_makes_nobody(cluster):
    given = many()
    people = [Association(account=one.name, user="alice") for one in given]
    cluster.slurm.add([HPC, *given], people[1:])
    wanted = [(one, replace(one, max_submit_jobs=1 + n, grp_tres={"cpu": 2 + n})) for n, one in enumerate(people)]
    cluster.counts()
    (refusal,) = cluster.slurm.change([], wanted)
    assert cluster.counts() == (3, 1)
    assert refusal.key == "p00/alice"
    assert list(users(cluster).values()) == [after for _, after in wanted[1:]]


def test_equal_limits_of_several_users_are_one_command(cluster):
    cluster.slurm.add([HPC, account("p1")], [ALICE, BOB])
    cluster.counts()
    assert cluster.slurm.change([], [(one, replace(one, max_submit_jobs=2)) for one in (ALICE, BOB)]) == ()
    assert cluster.counts() == (1, 1)
    assert {each.max_submit_jobs for each in users(cluster).values()} == {2}


def test_defaults_of_many_users_are_moved_by_load(cluster, cluster_site):
    homes = [account(f"h{each:02}", number=each) for each in range(12)]
    people = [f"u{each:02}" for each in range(12)]
    cluster.slurm.add([HPC, account("p1")], [Association(account="p1", user=user) for user in people])
    stay = [Association(account=home.name, user=user) for home, user in zip(homes, people, strict=True)]
    cluster.slurm.add(homes, stay)
    cluster.counts()
    assert cluster.slurm.remove_associations([("p1", user) for user in people]) == ()
    assert cluster.counts() == (3, 2)
    assert set(users(cluster)) == {(each.account, each.user) for each in stay}
    shown = cluster_site.sacctmgr("-nP", "show", "user", "format=User,DefaultAccount").stdout.split()
    assert sorted(shown) == sorted(["root|root", *(f"{each.user}|{each.account}" for each in stay)])
