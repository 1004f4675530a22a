"""Accounts and associations, and how well they are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association, Qos
from agent.core.snapshot import Complete, Missing, Partial
from backends.slurm.accounting import accounts, associations, qos
from backends.slurm.dialogue import Answer
from backends.slurm.session import Reply
from tests.slurm.rows import row

ROWS = (
    row("root", QOS="normal"),
    row("root", user="root"),
    row("hpc", "root", GrpTRESMins="cpu=60", Fairshare="7", QOS="q2,q1", DefaultQOS="q1"),
    row("hpc", user="alice", MaxSubmit="3", GrpTRES="mem=2G"),
    row("hpc", user="bob", Partition="gpu"),
)
QOS = ("normal||||||||", "gold|NoDecay,DenyOnLimit|cpu=60|||mem=1G||4|01:00:00")
ORGANIZATIONS = ("root|root", "hpc|uni | dept")
QOS_TEXTS = ("normal|Normal QOS default", "gold|waldur-1 | best")
DESCRIPTIONS = ("root|default root account", "hpc|Physics")


def reply(
    rows=ROWS,
    organizations=ORGANIZATIONS,
    descriptions=DESCRIPTIONS,
    proved=True,
    trouble="",
    qos=QOS,
    qos_texts=QOS_TEXTS,
):
    answers = (
        Answer(rows, proved),
        Answer(organizations, proved),
        Answer(descriptions, proved),
        Answer(qos, proved),
        Answer(qos_texts, proved),
        Answer(("lab",), True),
    )
    return Reply(answers, "", trouble)


def test_accounts_have_their_texts_parents_and_limits():
    found = accounts(reply(), "lab")
    assert isinstance(found, Complete)
    assert found.value["hpc"] == Account(
        name="hpc",
        parent="root",
        organization="uni | dept",
        description="Physics",
        grp_tres_mins={"cpu": 60},
        fairshare=7,
        qos=("q1", "q2"),
        default_qos="q1",
    )


def test_associations_are_the_users_rows():
    assert associations(reply(), "lab") == Complete(
        (
            Association(account="root", user="root"),
            Association(account="hpc", user="alice", max_submit_jobs=3, grp_tres={"mem": 2048}),
            Association(account="hpc", user="bob", partition="gpu"),
        )
    )


def test_an_account_without_an_association_on_this_cluster_is_not_there():
    found = accounts(reply(organizations=(*ORGANIZATIONS, "left|x"), descriptions=(*DESCRIPTIONS, "left|y")), "lab")
    assert isinstance(found, Complete)
    assert set(found.value) == {"root", "hpc"}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (reply(proved=False), "cut off"),
        (reply(trouble="sacctmgr ended with exit code 1"), "exit code 1"),
        (reply(rows=(*ROWS, row("a|b", "hpc"))), "17 columns instead of 16"),
        (reply(rows=(*ROWS, ROWS[2], ROWS[3])), "comes twice"),
    ],
)
def test_a_doubt_about_rows_makes_both_sections_partial_but_keeps_what_arrived(broken, reason):
    for section in (accounts(broken, "lab"), associations(broken, "lab")):
        assert isinstance(section, Partial)
        assert reason in section.reason
        assert section.value


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (reply(rows=ROWS[1:]), "root is not shown"),
        (reply(rows=(*ROWS, row("x", "nosuch"))), "the parent nosuch of the account x"),
        (reply(organizations=ORGANIZATIONS[:1]), "hpc is not in"),
        (reply(organizations=(*ORGANIZATIONS, "hpc|b")), "twice"),
        (reply(descriptions=DESCRIPTIONS[:1]), "hpc has no description"),
    ],
)
def test_accounts_that_do_not_fit_together_are_partial(broken, reason):
    found = accounts(broken, "lab")
    assert isinstance(found, Partial)
    assert reason in found.reason


def test_associations_without_that_of_root_are_partial():
    found = associations(reply(rows=(ROWS[0], *ROWS[2:])), "lab")
    assert isinstance(found, Partial)
    assert "root" in found.reason


def test_a_qos_has_its_flags_limits_and_description():
    found = qos(reply())
    assert isinstance(found, Complete)
    assert found.value["gold"] == Qos(
        name="gold",
        description="waldur-1 | best",
        flags=("DenyOnLimit", "NoDecay"),
        grp_tres_mins={"cpu": 60},
        max_tres={"mem": 1024},
        grp_submit_jobs=4,
        grp_wall=60,
    )


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (reply(qos=(*QOS, "a|b||||||||")), "10 columns instead of 9"),
        (reply(qos_texts=QOS_TEXTS[:1]), "gold has no description"),
        (reply(qos=(*QOS, "odd||cpu=x||||||"), qos_texts=(*QOS_TEXTS, "odd|")), "not an exact TRES amount"),
        (reply(proved=False), "cut off"),
        (reply(trouble="sacctmgr ended with exit code 1"), "exit code 1"),
    ],
)
def test_a_doubt_about_a_qos_makes_the_section_partial(broken, reason):
    found = qos(broken)
    assert isinstance(found, Partial)
    assert reason in found.reason
    assert "normal" in found.value


def test_no_rows_are_missing_and_never_an_empty_list():
    empty = reply(rows=(), organizations=(), descriptions=())
    assert isinstance(accounts(empty, "lab"), Missing)
    assert isinstance(associations(empty, "lab"), Missing)
    assert isinstance(qos(reply(qos=(), qos_texts=())), Missing)


LINES = st.lists(st.text(st.characters(blacklist_characters="\n", blacklist_categories=["Cs"])), max_size=6).map(tuple)


@given(LINES, LINES, LINES, st.booleans())
def test_junk_is_never_complete(rows, organizations, descriptions, proved):
    junk = reply(rows, organizations, descriptions, proved)
    assert not isinstance(accounts(junk, "lab"), Complete)
    assert not isinstance(associations(junk, "lab"), Complete)


@given(st.data())
def test_a_changed_character_never_loses_a_row_unnoticed(data):
    row = data.draw(st.integers(0, len(ROWS) - 1))
    lost = tuple(line for number, line in enumerate(ROWS) if number != row)
    at = data.draw(st.integers(0, len(ROWS[row])))
    broken = ROWS[row][:at] + "|" + ROWS[row][at:]
    found = associations(reply(rows=(*lost, broken)), "lab")
    assert not isinstance(found, Complete)
