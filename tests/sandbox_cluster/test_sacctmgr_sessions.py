"""Several commands on one stdin, and load files."""

HEAD = "Cluster - 'lab'\nParent - 'root'\n"


def load(site, text):
    path = site.folder / "load.cfg"
    path.write_text(text)
    return site.sacctmgr("-inPQ", "load", f"file={path}")


def test_each_line_is_echoed_before_its_answer_and_a_prompt_ends_it(site):
    answer = site.sacctmgr("-nP", stdin="show account name=one format=Account\n\nshow cluster format=Cluster\n")
    assert answer.stdout == (
        "sacctmgr: show account name=one format=Account\none\n"
        "sacctmgr: \nsacctmgr: show cluster format=Cluster\nlab\nsacctmgr: \n"
    )


def test_a_session_goes_on_after_a_failure_and_ends_with_it(site):
    answer = site.sacctmgr("-inP", stdin="bogus\nmodify account name=one set GrpJobs=4\nshow cluster format=Cluster\n")
    assert (answer.returncode, answer.stderr) == (1, "invalid keyword: bogus\n")
    assert "lab\n" in answer.stdout
    assert site.sacctmgr("-nP", "show", "assoc", "account=one", "user=", "format=GrpJobs").stdout == "4\n"


def test_an_unknown_column_ends_the_session(site):
    answer = site.sacctmgr("-nP", stdin="show assoc format=bogus\nshow cluster format=Cluster\n")
    assert (answer.returncode, answer.stdout) == (1, "sacctmgr: show assoc format=bogus\n")
    assert answer.stderr == "Unknown field 'bogus'\n"


def test_a_load_adds_and_a_second_one_finds_nothing_to_do(site, shown):
    text = (
        HEAD
        + "Account - 'new':Description='Two Words':Organization='o':GrpTRESMins=cpu=6\nParent - 'new'\nUser - 'zoe'\n"
    )
    first = load(site, text)
    assert (first.returncode, first.stdout.splitlines()[:3]) == (
        0,
        ["For cluster lab", "Accounts", "newtwo wordso|"],
    )
    assert shown("Account,ParentName,User,GrpTRESMins", "account=new") == ["new|root||cpu=6", "new||zoe|"]
    assert load(site, text).stdout == "For cluster lab\n Nothing new added.\n"


def test_a_load_takes_over_what_is_there_and_merges_its_limits(site, shown):
    site.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpTRESMins=cpu=5,mem=1024", "GrpJobs=3")
    answer = load(site, HEAD + "Account - 'one':Description='taken':GrpTRESMins=cpu=-1,gres/gpu=9\n")
    assert answer.returncode == 0
    assert " Changed description           for Account one             one -> taken\n" in answer.stdout
    assert " Changed Parent                for Account one             hpc -> root\n" in answer.stdout
    assert shown("GrpTRESMins,GrpJobs,ParentName", "account=one", "user=") == ["gres/gpu=9,mem=1G|3|root"]


def test_what_came_before_an_unknown_parent_stays(site, shown):
    answer = load(site, HEAD + "Account - 'early'\nParent - 'nosuch'\nAccount - 'late'\n")
    assert answer.returncode == 1
    assert " line(4) You need to add this parent (nosuch) as a child" in answer.stderr
    assert shown("Account", "account=early,late") == ["early"]


def test_an_unknown_option_takes_the_whole_load_back(site, shown):
    answer = load(site, HEAD + "Account - 'one':Description='taken'\nAccount - 'new':Bogus=1\n")
    assert answer.returncode == 1
    assert answer.stderr.startswith(" Unknown option: Bogus=1\n Problem with line(4)\n")
    assert shown("Account", "account=new") == []
    assert site.sacctmgr("-nP", "show", "account", "name=one").stdout == "one|one|hpc\n"


def test_a_file_without_a_cluster_or_none_at_all_is_refused(site):
    assert "You need to specify a cluster name first" in load(site, "Parent - 'root'\n").stderr
    missing = site.sacctmgr("-i", "load", "file=/nosuch/file")
    assert missing.stderr == ' Unable to read "file=/nosuch/file": No such file or directory\n'


def test_another_cluster_is_refused_plainly(site):
    answer = load(site, "Cluster - 'other'\nParent - 'root'\nAccount - 'new'\n")
    assert (answer.returncode, "the embedded cluster is lab" in answer.stderr.lower()) == (1, True)


def test_a_second_load_ends_the_session_unread(site, tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).write_text(f"Cluster - 'lab'\nParent - 'root'\nAccount - '{name}'\n")
    session = "".join(f"load file={tmp_path / name}\n" for name in ("first", "second")) + "show account hpc\n"
    answer = site.sacctmgr("-inPQ", stdin=session)
    assert answer.returncode == 134
    assert "double free" in answer.stderr
    assert "show account" not in answer.stdout
    assert site.sacctmgr("-nP", "show", "account", "first,second", "format=account").stdout == "first\n"
