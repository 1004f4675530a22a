import pytest

from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.options import Option, parse

KNOWN = (Option("n", "noheader"), Option("P", "parsable2"), Option("S", "starttime", valued=True))


def test_options_may_stand_anywhere_and_short_ones_together():
    assert parse("sacct", ["a", "-nP", "b", "-S2026", "c"], KNOWN) == (
        {"noheader": "", "parsable2": "", "starttime": "2026"},
        ("a", "b", "c"),
    )


@pytest.mark.parametrize("words", [["-S", "x"], ["-Sx"], ["--starttime", "x"], ["--starttime=x"], ["-nSx"]])
def test_a_value_may_follow_in_four_ways(words):
    assert parse("sacct", words, KNOWN).given["starttime"] == "x"


def test_two_dashes_end_the_options():
    assert parse("sacct", ["--", "-n"], KNOWN) == ({}, ("-n",))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bogus"], "unrecognized option '--bogus'"),
        (["-x"], "invalid option -- 'x'"),
        (["-S"], "option requires an argument -- 'S'"),
        (["--starttime"], "option '--starttime' requires an argument"),
    ],
)
def test_what_is_no_option_is_refused_by_name(words, said):
    with pytest.raises(Refused) as refused:
        parse("squeue", words, KNOWN)
    assert refused.value.answer.err == f'squeue: {said}\nTry "squeue --help" for more information\n'
    assert refused.value.answer.code == 1
