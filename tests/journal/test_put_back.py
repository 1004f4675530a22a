"""What was replaced or taken away for a time is known exactly as it was, until it is put back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agent.core.known import SetAside
from agent.core.model.cluster import Association
from agent.journal import put_back

ALICE = Association(
    account="climate",
    user="alice",
    grp_tres_mins={"cpu": 600, "gres/gpu": 10},
    max_tres={"mem": 4096},
    grp_jobs=3,
    grp_wall=90,
    max_submit_jobs=7,
    fairshare=5,
    qos=("high", "normal"),
    default_qos="high",
)
BOB = Association(account="climate", user="bob")

_TRES = st.dictionaries(st.sampled_from(["cpu", "mem", "gres/gpu:a100"]), st.integers(0, 2**53))
_NUMBER = st.none() | st.integers(0, 2**31)
ASSOCIATIONS = st.builds(
    Association,
    account=st.text(),
    user=st.text(),
    partition=st.text(),
    grp_tres_mins=_TRES,
    grp_tres=_TRES,
    grp_tres_run_mins=_TRES,
    max_tres=_TRES,
    grp_jobs=_NUMBER,
    grp_submit_jobs=_NUMBER,
    grp_wall=_NUMBER,
    max_submit_jobs=_NUMBER,
    fairshare=_NUMBER,
    qos=st.lists(st.text()).map(tuple),
    default_qos=st.text(),
)


def test_the_value_before_is_kept_by_key_and_field(journal):
    journal.replace({"climate": {"GrpJobs": "5", "GrpSubmitJobs": ""}, "climate/alice": {"QOS": "high,normal"}}, 1.0)
    assert journal.known(2.0).replaced == {
        "climate": {"GrpJobs": "5", "GrpSubmitJobs": ""},
        "climate/alice": {"QOS": "high,normal"},
    }


def test_the_first_value_stays_so_that_a_block_is_never_taken_for_what_was_before(journal):
    journal.replace({"climate": {"GrpJobs": "5"}}, 1.0)
    journal.replace({"climate": {"GrpJobs": "0", "QOS": "normal"}}, 2.0)
    assert journal.known(3.0).replaced == {"climate": {"GrpJobs": "5", "QOS": "normal"}}


def test_what_is_put_back_is_forgotten_field_by_field_and_may_be_replaced_again(journal):
    journal.replace({"climate": {"GrpJobs": "5", "QOS": ""}, "other": {"GrpJobs": "1"}}, 1.0)
    journal.put_back(pair for pair in [("climate", "GrpJobs"), ("climate", "MaxSubmitJobs"), ("nothing", "QOS")])
    assert journal.known(2.0).replaced == {"climate": {"QOS": ""}, "other": {"GrpJobs": "1"}}
    journal.replace({"climate": {"GrpJobs": "9"}}, 3.0)
    assert journal.known(4.0).replaced["climate"] == {"QOS": "", "GrpJobs": "9"}


def test_an_association_that_was_set_aside_comes_back_with_all_its_limits(journal):
    journal.set_aside([SetAside(association=ALICE, own=True), SetAside(association=BOB, own=False)], 1.0)
    assert journal.known(2.0).aside == {
        ("climate", "alice"): SetAside(association=ALICE, own=True),
        ("climate", "bob"): SetAside(association=BOB, own=False),
    }


def test_the_first_association_of_a_pair_stays(journal):
    bare = Association(account="climate", user="alice")
    journal.set_aside([SetAside(association=ALICE, own=True)], 1.0)
    journal.set_aside([SetAside(association=bare, own=False)], 2.0)
    assert journal.known(3.0).aside == {("climate", "alice"): SetAside(association=ALICE, own=True)}


def test_an_association_that_was_taken_up_is_set_aside_no_more(journal):
    journal.set_aside([SetAside(association=ALICE, own=True), SetAside(association=BOB, own=True)], 1.0)
    journal.taken_up([("climate", "alice"), ("climate", "nobody")])
    assert set(journal.known(2.0).aside) == {("climate", "bob")}


@given(ASSOCIATIONS)
def test_every_association_is_read_as_it_was_written(one):
    assert put_back.association(put_back._written(one)) == one


def test_a_field_that_this_version_does_not_know_is_left_out():
    text = json.dumps({"account": "a", "user": "u", "grp_jobs": 2, "grp_watts": 9})
    assert put_back.association(text) == Association(account="a", user="u", grp_jobs=2)
