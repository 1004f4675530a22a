"""The last good feeds and what is not served, as they come back from the file."""

import sqlite3

from agent.core.admission import RefusedRecord
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed, Quarantined
from agent.journal.store import SqliteJournal

ALICE = DirectoryUser(
    name="alice",
    uidnumber=10_001,
    primarygroup=10_001,
    othergroups=(20_001, 20_002),
    givenname="Ali \u00e7e",
    sn="\ud800 'quoted' \"twice\"",
    mail="a@b.c",
    loginshell="/bin/zsh",
    homedir="/home/",
    sshkeys=("ssh-ed25519 AAAA me", "line\nbreak"),
    disabled=True,
)
FEED = Feed(
    directory=Directory(
        users=(ALICE, DirectoryUser(name="", uidnumber=-1, primarygroup=2**40)),
        groups=(DirectoryGroup(name="alice", gidnumber=10_001), DirectoryGroup(name="20001", gidnumber=20_001)),
    ),
    tells_disabled=False,
)
ROOT = RefusedRecord(name="root", reason="its uid is 0", offering="o1")
SUDO = RefusedRecord(name="sudo", reason="no", kind="group", offering="o1")


def test_a_feed_comes_back_as_it_was_from_another_process_too(journal, path):
    assert journal.last_feed("o1") is None
    journal.remember_feed("o1", FEED, 1.0)
    journal.remember_feed("o2", Feed(), 1.0)
    journal.close()
    again = SqliteJournal(path)
    assert (again.last_feed("o1"), again.last_feed("o2")) == (FEED, Feed())
    again.close()


def test_whether_a_feed_is_the_last_one_is_told_without_writing(journal):
    assert not journal.is_last_feed("o1", Feed())
    journal.remember_feed("o1", FEED, 1.0)
    assert journal.is_last_feed("o1", FEED)
    assert not journal.is_last_feed("o2", FEED)
    assert not journal.is_last_feed("o1", Feed(directory=FEED.directory))
    journal.remember_feed("o1", Feed(), 2.0)
    assert journal.is_last_feed("o1", Feed())


def test_a_field_that_this_version_does_not_know_is_left_out(journal, path):
    journal.remember_feed("o1", FEED, 1.0)
    with sqlite3.connect(path) as db:
        db.execute("update feed set content = replace(content, '\"mail\"', '\"phone\"')")
    db.close()
    found = journal.last_feed("o1")
    assert found is not None
    assert (found.directory.users[0].mail, found.directory.users[0].sn) == ("", ALICE.sn)


def test_a_refused_record_keeps_the_date_of_its_first_refusal_whatever_the_reason(journal):
    journal.remember_quarantine((ROOT, SUDO), 1.0)
    journal.remember_quarantine((RefusedRecord(name="root", reason="another", offering="o1"), SUDO), 2.0)
    assert journal.quarantined() == (
        Quarantined(kind="user", name="root", offering="o1", reason="another", since=1.0),
        Quarantined(kind="group", name="sudo", offering="o1", reason="no", since=1.0),
    )


def test_a_record_that_is_served_again_is_forgotten_and_dated_anew_when_it_comes_back(journal):
    journal.remember_quarantine((ROOT,), 1.0)
    journal.remember_quarantine((SUDO,), 2.0)
    journal.remember_quarantine((ROOT, SUDO), 3.0)
    assert [(one.name, one.since) for one in journal.quarantined()] == [("sudo", 2.0), ("root", 3.0)]
    journal.remember_quarantine((), 4.0)
    assert journal.quarantined() == ()


def test_of_two_reasons_for_one_record_the_first_is_kept(journal):
    journal.remember_quarantine((ROOT, RefusedRecord(name="root", reason="second", offering="o1")), 1.0)
    journal.remember_quarantine((RefusedRecord(name="root", reason="elsewhere", offering="o2"), ROOT), 2.0)
    assert [(one.offering, one.reason, one.since) for one in journal.quarantined()] == [
        ("o1", "its uid is 0", 1.0),
        ("o2", "elsewhere", 2.0),
    ]


def test_a_gid_keeps_the_group_that_it_was_first_for(journal):
    journal.remember_groups({20_001: "chem", 20_002: "bio"})
    journal.remember_groups({20_001: "phys", 20_003: "bio"})
    assert journal.known(1.0).groups == {20_001: "chem", 20_002: "bio", 20_003: "bio"}
