"""Limits, shares and QOS in the words of Slurm's commands."""

import pytest

from agent.core.model.cluster import Account, Association, Qos
from backends.slurm.parse import PARENT_SHARE
from backends.slurm.wording import limit_words, load_words, settings


def account(**fields):
    return Account(name="p1", parent="hpc", **fields)


def test_only_limits_that_differ_are_set_and_those_not_wanted_are_cleared():
    before = account(grp_tres_mins={"cpu": 5, "mem": 7, "gres/gpu": 1}, grp_submit_jobs=0, grp_wall=5)
    after = account(grp_tres_mins={"cpu": 6, "mem": 7}, max_tres={"node": 2}, grp_wall=5)
    assert limit_words(before, after) == (
        "GrpTRESMins=cpu=6,gres/gpu=-1",
        "MaxTRESPerJob=node=2",
        "GrpSubmitJobs=-1",
    )
    assert limit_words(after, after) == ()


def test_a_limit_of_nothing_is_not_the_same_as_no_limit():
    assert settings(account(), account(grp_tres_mins={"cpu": 0}, grp_jobs=0)) == "GrpTRESMins=cpu=0 GrpJobs=0"


@pytest.mark.parametrize(("shares", "word"), [(0, "0"), (5, "5"), (PARENT_SHARE, "parent"), (None, "-1")])
def test_shares_have_a_word_for_those_of_the_parent(shares, word):
    assert settings(account(fairshare=7), account(fairshare=shares)) == f"Fairshare={word}"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((), ("gold", "normal"), "QOS=gold,normal DefaultQOS=-1"),
        (("gold",), (), "QOS= DefaultQOS=-1"),
        ((), ("+gold", "-normal"), "QOS+=gold QOS-=normal DefaultQOS=-1"),
        (("+gold",), ("gold",), "QOS=gold DefaultQOS=-1"),
    ],
)
def test_a_list_of_qos_and_its_default_are_one_command(before, after, words):
    assert settings(account(qos=before), account(qos=after)) == words


def test_a_default_qos_alone_is_sent_with_its_list():
    before = Association(account="p1", user="u", qos=("gold", "normal"))
    after = Association(account="p1", user="u", qos=("gold", "normal"), default_qos="gold")
    assert settings(before, after) == "QOS=gold,normal DefaultQOS=gold"


def test_parent_and_texts_are_no_settings():
    before = account(organization="a", description="b")
    assert settings(before, Account(name="p1", parent="x", organization="c", description="d")) == ""


def test_flags_of_a_qos_are_replaced_as_a_whole():
    plain, flagged = Qos(name="q"), Qos(name="q", flags=("DenyOnLimit", "NoDecay"), grp_jobs=1)
    assert settings(plain, flagged) == "GrpJobs=1 flags=DenyOnLimit,NoDecay"
    assert settings(flagged, plain) == "GrpJobs=-1 flags=-1"


def test_everything_that_is_set_goes_into_a_load():
    given = Association(
        account="p1", user="u", grp_jobs=0, max_submit_jobs=2, qos=("+gold",), default_qos="gold", fairshare=3
    )
    assert load_words(given) == ("Fairshare=3", "GrpJobs=0", "MaxSubmitJobs=2", "QOS+='gold'", "DefaultQOS='gold'")
