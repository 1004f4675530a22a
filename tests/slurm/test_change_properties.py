"""Whatever a tree is and whatever it is to be: after one change it is that, and nothing was refused."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association, Qos
from agent.core.snapshot import Complete
from agent.process import Processes
from agent.sandbox.cluster.inprocess import InProcess
from agent.sandbox.cluster.site import EmbeddedCluster
from agent.writer_lock import WriterLock
from backends.slurm.cluster import SlurmCluster
from backends.slurm.parse import PARENT_SHARE
from backends.slurm.session import SlurmTools

ORGANIZATION = "waldur-" + "a" * 32
ACCOUNTS = [f"a{number}" for number in range(6)]
PAIRS = [(account, user) for account in ACCOUNTS for user in ("alice", "bob")]
QOS = ("normal", "q1", "q2", "q3")
TEXTS = ("x", "some words", "y, z")

AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "mem", "gres/gpu"]), st.sampled_from([0, 1, 1024, 60_000]))
NUMBER = st.sampled_from([None, 0, 5, 1563])
LISTS = st.lists(st.sampled_from(QOS), unique=True).map(lambda names: tuple(sorted(names)))
LIMITS = st.fixed_dictionaries(
    {
        "grp_tres_mins": AMOUNTS,
        "grp_tres": AMOUNTS,
        "grp_tres_run_mins": AMOUNTS,
        "max_tres": AMOUNTS,
        "grp_jobs": NUMBER,
        "grp_submit_jobs": NUMBER,
        "grp_wall": NUMBER,
        "fairshare": st.sampled_from([None, 2, PARENT_SHARE]),
    }
)


@st.composite
def trees(draw):
    """Accounts below one another in any way, and members, some of whom have their own limits and lists of QOS.

    Slurm wants the default QOS that an association has, or inherits, to be in the list it has or inherits.
    """
    accounts: dict[str, Account] = {}
    defaults = {"hpc": ""}
    for name in draw(st.permutations(ACCOUNTS)):
        parent = draw(st.sampled_from(["hpc", *accounts]))
        qos = draw(LISTS)
        default = draw(st.sampled_from(qos)) if qos else ""
        defaults[name] = default or defaults[parent]
        accounts[name] = Account(
            name=name,
            parent=parent,
            organization=ORGANIZATION,
            description=f"waldur-{name} {draw(st.sampled_from(TEXTS))}",
            qos=qos,
            default_qos=default,
            **draw(LIMITS),
        )
    return accounts, {pair: draw(members(*pair, defaults[pair[0]])) for pair in PAIRS}


@st.composite
def members(draw, account: str, user: str, inherited: str) -> Association:
    qos = draw(LISTS)
    if qos and inherited:
        qos = tuple(sorted({*qos, inherited}))
    default = draw(st.sampled_from(["", *qos]))
    most = draw(NUMBER)
    return Association(account=account, user=user, qos=qos, default_qos=default, max_submit_jobs=most, **draw(LIMITS))


def built(processes, site, folder: Path) -> SlurmCluster:
    """A cluster with the QOS, the accounts side by side, and their members."""
    tools, lock = SlurmTools(site.bin), WriterLock(folder / "lock")
    slurm = SlurmCluster(processes({"SLURM_CONF": str(site.conf)}), tools, lock, "lab", scratch=folder / "loads")
    assert slurm.add_qos([Qos(name=name, description=f"waldur-{name}") for name in QOS[1:]]) == ()
    flat = [
        Account(name=name, parent="hpc", organization=ORGANIZATION, description=f"waldur-{name}") for name in ACCOUNTS
    ]
    hpc = Account(name="hpc", parent="root", organization=ORGANIZATION, description="waldur-0")
    assert slurm.add([hpc, *flat], [Association(account=account, user=user) for account, user in PAIRS]) == ()
    return slurm


def state(slurm: SlurmCluster):
    snapshot = slurm.observe_accounting()
    assert isinstance(snapshot.accounts, Complete)
    assert isinstance(snapshot.associations, Complete)
    accounts = {name: account for name, account in snapshot.accounts.value.items() if name in ACCOUNTS}
    return accounts, {(each.account, each.user): each for each in snapshot.associations.value if each.user != "root"}


def becomes(slurm: SlurmCluster, wanted) -> None:
    accounts, users = state(slurm)
    changes = [(before, wanted[0][name]) for name, before in accounts.items()]
    assert slurm.change(changes, [(before, wanted[1][pair]) for pair, before in users.items()]) == ()
    assert state(slurm) == wanted


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(trees(), min_size=1, max_size=3))
def test_the_embedded_cluster_becomes_whatever_is_desired(several):
    with tempfile.TemporaryDirectory() as folder, EmbeddedCluster(Path(folder) / "cluster") as site:
        slurm = built(InProcess, site, Path(folder))
        for wanted in several:
            becomes(slurm, wanted)


@pytest.mark.real_slurm
def test_a_real_slurm_becomes_whatever_is_desired(real_slurm, tmp_path):
    """One cluster becomes one tree after the other: starting anew for each would take too long."""
    slurm = built(Processes, real_slurm, tmp_path)

    @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(trees())
    def every_tree(wanted):
        becomes(slurm, wanted)

    every_tree()
