"""Moves on a real Slurm, whose tree does strange things."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Account
from agent.core.snapshot import Complete

pytestmark = pytest.mark.real_slurm
FLAT = {"hpc": "root", "z": "hpc", "p": "hpc", "x": "hpc", "y": "hpc", "k": "p"}


@pytest.fixture
def cluster(real_slurm, counted):
    """The accounts of ``FLAT``, made one by one: where Slurm keeps them in its tree depends on it."""
    made = "".join(f"add account name={name} parent={parent} cluster=lab\n" for name, parent in FLAT.items())
    real_slurm.sacctmgr("-iQ", stdin=made)
    return counted(real_slurm)


def accounts(cluster) -> dict[str, Account]:
    section = cluster.slurm.observe_accounting().accounts
    assert isinstance(section, Complete), section
    return {name: account for name, account in section.value.items() if name != "root"}


def moved(cluster, wanted: dict[str, str]) -> dict[str, str]:
    """What the parents are after these moves, in one call."""
    before = accounts(cluster)
    changes = [(before[name], replace(before[name], parent=parent)) for name, parent in wanted.items()]
    assert cluster.slurm.change(changes) == ()
    return {name: account.parent for name, account in accounts(cluster).items()}


def test_two_accounts_moved_below_a_third_leave_that_one_where_it_is(cluster):
    """In one command Slurm 22.05 pulls k up to hpc, and says nothing."""
    assert moved(cluster, {"x": "k", "y": "k"}) == {**FLAT, "x": "k", "y": "k"}


def test_a_tree_turned_upside_down_is_a_tree(cluster):
    wanted = {"k": "hpc", "p": "k", "x": "p", "y": "p", "z": "y"}
    assert moved(cluster, wanted) == {"hpc": "root", **wanted}
    assert moved(cluster, {name: FLAT[name] for name in wanted}) == FLAT
