"""Coordinators: made and unmade, shown with those of the accounts above, gone with their account or user."""


def coordinators(site) -> list[str]:
    return site.sacctmgr("-nP", "show", "account", "withcoord", "format=Account,Coord").stdout.split()


def test_an_account_shows_its_own_and_those_of_the_accounts_above(site):
    said = site.sacctmgr("-i", "add", "coordinator", "account=hpc,one", "name=alice")
    assert (said.returncode, said.stderr) == (0, "")
    assert coordinators(site) == ["hpc|alice", "one|alice,alice", "root|", "two|alice"]
    accounts = site.sacctmgr("-nP", "show", "user", "withcoord", "name=alice", "format=User,Coord").stdout
    assert accounts == "alice|hpc,one,two\n"


def test_nobody_is_made_one_when_one_of_them_is_unknown(site):
    said = site.sacctmgr("-i", "add", "coordinator", "account=one", "name=alice,ghost")
    assert (said.returncode, said.stderr) == (1, " You specified a non-existent user 'ghost'.\n")
    assert coordinators(site) == ["hpc|", "one|", "root|", "two|"]


def test_leaving_one_account_is_not_the_end_but_leaving_all_is(site):
    site.sacctmgr("-i", "add", "user", "name=carol", "account=one,two")
    site.sacctmgr("-i", "add", "coordinator", "account=one", "name=carol")
    site.sacctmgr("-i", "delete", "user", "name=carol", "account=one")
    assert "one|carol" in coordinators(site)
    site.sacctmgr("-i", "delete", "user", "name=carol", "account=two")
    assert "one|" in coordinators(site)


def test_a_new_account_of_an_old_name_has_no_coordinators(site):
    site.sacctmgr("-i", "add", "account", "name=new", "parent=hpc")
    site.sacctmgr("-i", "add", "coordinator", "account=new", "name=alice")
    site.sacctmgr("-i", "delete", "account", "name=new")
    site.sacctmgr("-i", "add", "account", "name=new", "parent=hpc")
    assert "new|" in coordinators(site)
