"""Coordinators and default accounts that are late, cut off or odd: unknown, never nobody, and the rest is read."""

import pytest

from agent.core.snapshot import Complete, Missing, Partial
from tests.slurm.rows import row
from tests.slurm.test_faults import echoing

ROWS = (row("root", QOS="normal"), row("root", user="root"), row("p1", "root"))
HPC = "".join(f"echo '{each}';" for each in ROWS)


def answering(coordinators: str = ":", defaults: str = ":") -> str:
    """A sacctmgr that shows two accounts, and of people what these shell commands print."""
    special = f"""
    "show account withcoord"*) {coordinators} ;;
    "show user"*) {defaults} ;;
    *Organization) echo 'root|root'; echo 'p1|x' ;;
    *Account,Description) echo 'root|default'; echo 'p1|y' ;;
"""
    return echoing(HPC).replace('case "$line" in', f'case "$line" in{special}')


@pytest.fixture
def observed(fake_site, counted):
    """A function that gives what is observed with such an answer."""

    def observed(**answers):
        fake_site.script("sacctmgr", answering(**answers))
        slurm = counted(fake_site, read_timeout=2.0, coordinators=True, default_accounts=True).slurm
        return slurm.observe_accounting()

    return observed


GOOD = {"coordinators": "echo 'root|'; echo 'p1|ann'", "defaults": "echo 'root|root'; echo 'ann|p1'; echo 'ben|'"}


def test_what_is_whole_is_complete_and_who_has_no_default_is_left_out(observed):
    snapshot = observed(**GOOD)
    assert snapshot.coordinators == Complete({"p1": frozenset({"ann"})})
    assert snapshot.default_accounts == Complete({"root": "root", "ann": "p1"})


@pytest.mark.parametrize("what", ["coordinators", "defaults"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("sleep 30", Missing),
        ("exit 1", Missing),
        ("echo gone >&2; exit 1", Missing),
        (":", Missing),
        ("echo 'root|'; exit 0", Partial),
        ("echo 'ann|p1'", Partial),
        ("echo 'root|'; echo nonsense", Partial),
        ("echo 'root|'; echo 'error: half of it' >&2", Partial),
    ],
)
def test_what_is_not_whole_is_not_complete_and_costs_nothing_else(observed, what, answer, kind):
    snapshot = observed(**{**GOOD, what: answer})
    good, bad = snapshot.default_accounts, snapshot.coordinators
    if what == "defaults":
        good, bad = bad, good
    assert isinstance(bad, kind), bad
    assert bad.reason
    assert isinstance(good, Complete)
    assert isinstance(snapshot.accounts, Complete)


def test_coordinators_are_unknown_when_the_accounts_are(fake_site, counted):
    fake_site.script("sacctmgr", "exit 1")
    snapshot = counted(fake_site, coordinators=True).slurm.observe_accounting()
    assert isinstance(snapshot.coordinators, Missing)
