"""Adding, changing and deleting: what the tables say afterwards."""

import pytest


def test_adding_an_account_that_is_there_changes_nothing(site, shown):
    answer = site.sacctmgr("-i", "add", "account", "name=one", "GrpTRESMins=cpu=5", "description=other")
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, " Nothing new added.\n", "")
    assert shown("Account,GrpTRESMins", "account=one", "user=") == ["one|"]
    texts = site.sacctmgr("-nP", "show", "account", "name=one").stdout
    assert texts == "one|one|hpc\n"


def test_adding_some_that_are_there_adds_the_others(site, shown):
    assert site.sacctmgr("-i", "add", "user", "name=alice,carol", "account=one,two").returncode == 0
    assert shown("Account,User") == [
        "hpc|", "one|", "one|alice", "one|bob", "one|carol", "two|", "two|alice", "two|carol",
    ]  # fmt: skip


def test_nothing_is_added_below_an_unknown_parent(site, shown):
    answer = site.sacctmgr("-i", "add", "account", "name=new", "parent=nosuch")
    assert answer.returncode == 1
    assert answer.stderr.startswith(" Parent account 'nosuch' doesn't exist on cluster lab\n")
    assert "new|" not in shown("Account,User")
    assert site.sacctmgr("-nP", "show", "account", "name=new").stdout == ""


def test_upper_case_is_folded_on_writing_and_asking(site):
    site.sacctmgr("-i", "add", "account", "name=Upper", 'description=It\'s "Odd"', "organization=ORG")
    assert site.sacctmgr("-nP", "show", "account", "name=UPPER").stdout == "upper|it`s `odd`|org\n"


def test_a_limit_is_merged_and_minus_one_clears_it(site, shown):
    for value in ("cpu=10,mem=1024", "gres/gpu=5", "mem=-1"):
        site.sacctmgr("-i", "modify", "account", "name=one", "set", f"GrpTRESMins={value}")
    assert shown("GrpTRESMins", "account=one", "user=") == ["cpu=10,gres/gpu=5"]


def test_a_bad_number_stores_nought_and_succeeds(site, shown):
    answer = site.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpTRESMins=cpu=abc")
    assert answer.returncode == 0
    assert "Invalid unit type 'a'" in answer.stderr
    assert shown("GrpTRESMins", "account=one", "user=") == ["cpu=0"]


def test_an_unknown_tres_changes_nothing_of_the_command(site, shown):
    answer = site.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpJobs=3", "GrpTRESMins=nosuch=1")
    assert answer.returncode == 1
    assert shown("GrpJobs,GrpTRESMins", "account=one", "user=") == ["|"]


def test_changing_what_is_not_there_fails_unless_something_else_is(site, shown):
    nothing = site.sacctmgr("-i", "modify", "account", "name=nosuch", "set", "GrpSubmitJobs=0")
    assert (nothing.returncode, nothing.stdout) == (1, " Nothing modified\n")
    assert site.sacctmgr("-i", "modify", "account", "name=one,nosuch", "set", "GrpSubmitJobs=0").returncode == 0
    assert shown("Account,GrpSubmit", "account=one", "user=") == ["one|0"]


def test_users_inherit_what_they_have_no_limit_of_their_own_for(site, shown):
    site.sacctmgr("-i", "modify", "account", "name=hpc", "set", "MaxSubmitJobs=9")
    site.sacctmgr("-i", "modify", "user", "name=bob", "where", "account=one", "set", "MaxSubmitJobs=0")
    assert shown("Account,User,MaxSubmit", "account=one") == ["one||9", "one|alice|9", "one|bob|0"]


def test_an_account_below_its_own_child_changes_places(site, shown):
    site.sacctmgr("-i", "modify", "account", "name=two", "set", "parent=one")
    site.sacctmgr("-i", "modify", "account", "name=one", "set", "parent=two")
    assert shown("Account,ParentName", "user=") == ["hpc|root", "two|hpc", "one|two"]


def test_an_unset_default_account_is_refused_and_a_strange_one_too(site):
    empty = site.sacctmgr("-i", "modify", "user", "name=alice", "set", "defaultaccount=")
    assert (empty.returncode, "You can not remove the default account" in empty.stderr) == (1, True)
    strange = site.sacctmgr("-i", "modify", "user", "name=alice", "set", "defaultaccount=two")
    assert strange.returncode == 1
    assert strange.stdout.endswith("  U = alice C = lab\n")
    assert site.sacctmgr("-nP", "show", "user", "name=alice").stdout == "alice|one|None\n"


def test_deleting_an_account_takes_what_is_below_but_leaves_the_rows(site, shown):
    site.sacctmgr("-i", "add", "account", "name=kid", "parent=one")
    assert site.sacctmgr("-i", "delete", "account", "name=one").stdout == " Deleting accounts...\n  one\n"
    assert shown("Account,User") == ["hpc|", "two|"]
    assert site.sacctmgr("-nP", "show", "account", "name=one,kid").stdout == "kid|kid|one\n"
    assert site.sacctmgr("-nP", "show", "user", "name=alice").stdout == "alice||None\n"


def test_a_user_without_default_gets_the_oldest_account_with_the_next_one(site):
    site.sacctmgr("-i", "add", "user", "name=alice", "account=two")
    site.sacctmgr("-i", "delete", "user", "name=alice", "account=one")
    assert site.sacctmgr("-nP", "show", "user", "name=alice").stdout == "alice||None\n"
    site.sacctmgr("-i", "add", "user", "name=alice", "account=hpc")
    assert site.sacctmgr("-nP", "show", "user", "name=alice").stdout == "alice|two|None\n"


def test_a_user_goes_with_the_last_association(site):
    answer = site.sacctmgr("-i", "delete", "user", "name=alice", "account=one")
    assert answer.stdout.endswith(" Deleting users (No Associations)...\n  alice\n")
    assert site.sacctmgr("-nP", "show", "user", "name=alice").stdout == ""


@pytest.mark.parametrize("words", [("user", "name=nosuch", "account=one"), ("account", "name=nosuch")])
def test_deleting_what_is_not_there_says_so(site, words):
    answer = site.sacctmgr("-i", "delete", *words)
    assert (answer.returncode, answer.stdout) == (1, " Nothing deleted\n")


def test_root_is_not_deleted(site):
    assert site.sacctmgr("-i", "delete", "account", "name=one,root").returncode == 1
    assert "one" in site.sacctmgr("-nP", "show", "account").stdout


def test_without_i_a_change_asks_first(site, shown):
    words = ("modify", "account", "name=one", "set", "GrpJobs=3")
    assert site.sacctmgr(*words, stdin="n\n").stdout.endswith(" Changes Discarded\n")
    assert site.sacctmgr(*words).stdout.endswith(" Changes Discarded\n")
    assert shown("GrpJobs", "account=one", "user=") == [""]
    assert site.sacctmgr(*words, stdin="y\n").returncode == 0
    assert shown("GrpJobs", "account=one", "user=") == ["3"]


def test_what_the_cluster_does_not_know_is_refused_not_answered_with_nothing(site):
    for words in (("show", "transactions"), ("dump", "lab"), ("show", "assoc", "tree"), ("add", "cluster", "x")):
        answer = site.sacctmgr("-i", "-nP", *words)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert answer.stderr
