"""What may be sent to Slurm."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association
from backends.slurm.names import (
    account_objection,
    change_objection,
    new_account_objection,
    new_association_objection,
    qos_list_objection,
    tres_objection,
    user_objection,
)


def account(**fields):
    return Account(**{"name": "p1", "parent": "hpc", "organization": "waldur-1", "description": "waldur-2", **fields})


@pytest.mark.parametrize("name", ["p", "p_1-x", "0abc", "a" * 42])
def test_a_good_account_may_be_created(name):
    assert new_account_objection(account(name=name)) == ""


@pytest.mark.parametrize(
    "name", ["", "P1", "a,b", "a[1-3]", "-a", "a b", "a|b", "a'b", "a\nb", "a.b", "ü", "a" * 43, "a=b", "root"]
)
def test_a_name_that_slurm_would_change_or_misread_is_refused(name):
    assert new_account_objection(account(name=name)) != ""


@pytest.mark.parametrize(
    "text", ["", "Waldur", "a'b", 'a"b', "a|b", "a:b", "a#b", "a\\b", "a\nb", " a", "ä", "x" * 256]
)
def test_a_text_that_would_not_be_stored_as_it_is_is_refused(text):
    assert "description" in new_account_objection(account(description=text))
    assert "organization" in new_account_objection(account(organization=text))


def test_a_bad_parent_is_refused():
    assert "parent" in new_account_objection(account(parent="x'y"))
    assert new_account_objection(account(parent="root")) == ""


@pytest.mark.parametrize("name", ["root", "a,b", "a b", "x'", ""])
def test_root_and_unsafe_names_are_never_changed(name):
    assert account_objection(name)
    assert user_objection(name)


def test_an_adopted_account_may_have_dots():
    assert account_objection("dept.physics") == ""


@pytest.mark.parametrize("user", ["1a", "-a", "a" * 33, "A", "a@b"])
def test_a_bad_user_is_refused(user):
    assert new_association_objection(Association(account="p1", user=user))


@pytest.mark.parametrize("partition", ["GPU", "a,b", "a b", "a'b", "-a", "a=b", "ü"])
def test_an_association_for_a_partition_is_made_and_changed_only_by_a_name_that_accounting_keeps(partition):
    for name, fits in ((partition, False), ("gpu-a100.v2", True)):
        one = Association(account="p1", user="alice", partition=name)
        assert (new_association_objection(one) == "") is fits
        assert (change_objection(one, replace(one, grp_jobs=1)) == "") is fits


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        ({"cpu": 0}, True),
        ({"cpu": 2**63 - 1}, True),
        ({"cpu": 2**63}, False),
        ({"cpu": -1}, False),
        ({"mem": 2**53 - 1}, True),
        ({"mem": 2**53}, False),
        ({"mem": 2**40}, False),
        ({"mem": 2**40 + 1}, True),
        ({"mem": 0}, True),
        ({"gres/gpu": 1}, True),
        ({"cpu=1,mem": 1}, False),
    ],
)
def test_limits_outside_what_is_stored_exactly_are_refused(limits, fits):
    assert (tres_objection(limits) == "") is fits


@pytest.mark.parametrize(
    ("qos", "default", "fits"),
    [
        ((), "", True),
        ((), "gold", True),
        (("gold", "normal"), "gold", True),
        (("+gold", "-normal"), "gold", True),
        (("normal",), "gold", False),
        (("+gold", "normal"), "", False),
        (("a b",), "", False),
        (("+",), "", False),
        (("gold",), "gold,x", False),
    ],
)
def test_a_list_of_qos_that_cannot_be_sent_is_refused(qos, default, fits):
    assert (qos_list_objection(account(qos=qos, default_qos=default)) == "") is fits


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"grp_jobs": 2**31 - 1}, True),
        ({"grp_jobs": 2**31}, False),
        ({"grp_wall": -1}, False),
        ({"max_tres": {"cpu": -1}}, False),
        ({"parent": "p1"}, False),
        ({"parent": "a,b"}, False),
        ({"parent": "root"}, True),
        ({"description": "It's"}, False),
        ({"organization": ""}, False),
    ],
)
def test_a_change_that_cannot_be_sent_exactly_is_refused(change, fits):
    assert (change_objection(account(), account(**change)) == "") is fits


def test_a_text_that_stays_as_it_is_may_be_odd():
    assert change_objection(account(description="It`s"), account(description="It`s", grp_jobs=1)) == ""
