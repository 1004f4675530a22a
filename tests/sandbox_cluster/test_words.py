import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, folded, means, names, split, word

NAME = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1)


@given(st.lists(NAME, min_size=1))
def test_a_comma_list_is_its_names_each_once(wanted):
    assert names(",".join(wanted)) == list(dict.fromkeys(wanted))


@given(st.lists(NAME))
def test_a_line_is_split_at_blanks(wanted):
    assert split("  ".join(wanted)) == wanted


def test_blanks_within_quotes_do_not_end_a_word():
    assert split("set description=\"it's two\" organization='x y'") == [
        "set", "description=it's two", "organization=x y",
    ]  # fmt: skip


def test_ranges_are_expanded_and_keep_their_zeros():
    assert names("q[1-3],z,n[08-10,x]") == ["q1", "q2", "q3", "z", "n[08-10,x]"]
    assert names("n[08-10,12]") == ["n08", "n09", "n10", "n12"]


def test_names_and_texts_are_folded():
    assert names("UPPER,Mixed") == ["upper", "mixed"]
    assert folded('It\'s "odd"') == "it`s `odd`"
    assert folded("'in quotes'") == "in quotes"


def test_an_assignment_is_taken_apart():
    assert word("qos+=a,b")[:3] == ("qos", "+=", "a,b")
    assert word("GrpTRESMins=cpu=1")[:3] == ("GrpTRESMins", "=", "cpu=1")
    assert word("where")[:3] == ("where", "", "")


def test_enough_letters_stand_for_a_keyword():
    keyword = Keyword("grpsubmitjobs", 4)
    assert means("GrpSubmit", keyword)
    assert not means("Grp", keyword)
    assert not means("GrpSubmitJobsX", keyword)


def test_an_unknown_condition_is_refused_with_a_hint():
    known = (Keyword("names", 1),)
    assert conditions(["where", "a,b"], known, "names") == {"names": "a,b"}
    with pytest.raises(Refused, match="Unknown condition: bogus=1"):
        conditions(["bogus=1"], known, "names")
