"""Slurm fails: an outage errs no order and removes nobody, and the next good cycle finishes the work."""

import pytest

from agent.sandbox.real.slurm import RealCluster
from tests.faults.conftest import OCEAN, WEATHER, Busy, MakeBusy
from tests.fixtures.tools import WRITES, Wrapped, wrapped


def test_a_missing_sacctmgr_is_named_with_its_setting(busy_with_tools: Busy, tools: Wrapped) -> None:
    kept = (tools.bin / "sacctmgr").read_text().removeprefix("#!/bin/sh\n")
    tools.remove("sacctmgr")
    answer = busy_with_tools.lab.sync()
    assert answer.code == 75
    assert f"{tools.bin / 'sacctmgr'} cannot be started: No such file or directory" in answer.text
    assert "install it, or correct" in answer.text
    assert busy_with_tools.nothing_happened()

    (tools.bin / "sacctmgr").touch()
    tools.replace("sacctmgr", kept)
    assert busy_with_tools.lab.sync().code == 0
    assert busy_with_tools.finished()


def test_a_hanging_sacctmgr_is_stopped_at_its_timeout(busy_with_tools: Busy, tools: Wrapped) -> None:
    kept = (tools.bin / "sacctmgr").read_text().removeprefix("#!/bin/sh\n")
    tools.replace("sacctmgr", "exec sleep 60")
    busy_with_tools.set_read_timeout(1)
    answer = busy_with_tools.lab.sync("--confirm-removals")
    assert answer.code == 75
    assert f"{tools.bin / 'sacctmgr'} did not answer within 1 s and was stopped" in answer.text
    assert "raise the read timeout" in answer.text
    assert busy_with_tools.nothing_happened()

    tools.replace("sacctmgr", kept)
    busy_with_tools.set_read_timeout(30)
    assert busy_with_tools.lab.sync().code == 0
    assert busy_with_tools.finished()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'sacctmgr: error: slurmdbd is away' >&2; exit 1", "exit code 1: sacctmgr: error: slurmdbd is away"),
        ("exit 0", "sacctmgr's answer is cut off"),
    ],
    ids=["refusing", "silent"],
)
def test_a_sacctmgr_that_cannot_be_read_is_an_outage(
    busy_with_tools: Busy, tools: Wrapped, script: str, said: str
) -> None:
    kept = (tools.bin / "sacctmgr").read_text().removeprefix("#!/bin/sh\n")
    tools.replace("sacctmgr", script)
    answer = busy_with_tools.lab.sync("--confirm-removals")
    assert answer.code == 75
    assert said in answer.text
    assert "waits: Slurm's accounts could not be read" in answer.text
    assert busy_with_tools.nothing_happened()

    tools.replace("sacctmgr", kept)
    assert busy_with_tools.lab.sync().code == 0
    assert busy_with_tools.finished()


def test_refused_writes_leave_the_order_executing_and_say_who_may_write(busy_with_tools: Busy, tools: Wrapped) -> None:
    real = tools.bin.parent / "sacctmgr.kept"
    (tools.bin / "sacctmgr").rename(real)
    (tools.bin / "sacctmgr").touch()
    denied = "sacctmgr: error: Access/permission denied"
    tools.replace("sacctmgr", f'[ "$1" != {WRITES} ] || {{ echo \'{denied}\' >&2; exit 1; }}\nexec {real} "$@"')
    answer = busy_with_tools.lab.sync()
    assert answer.code == 4
    assert "the agent's user may write (root, SlurmUser, or AdminLevel=Operator)" in answer.text
    assert busy_with_tools.lab.accounts() == {WEATHER}
    assert busy_with_tools.nobody_was_removed()
    assert busy_with_tools.lab.order_states(busy_with_tools.ocean) == [("Create", "executing")]

    (tools.bin / "sacctmgr").unlink()
    real.rename(tools.bin / "sacctmgr")
    assert busy_with_tools.lab.sync().code == 0
    assert busy_with_tools.finished()


def test_a_dead_slurmdbd_errs_no_order(real_slurm: RealCluster, make_busy: MakeBusy, tmp_path) -> None:
    busy = make_busy(real_slurm, wrapped(tmp_path / "tools", real_slurm))
    real_slurm.kill_slurmdbd()
    answer = busy.lab.sync("--confirm-removals")
    assert answer.code == 75
    assert "Slurm's accounts are not known for sure: sacctmgr ended with exit code 1" in answer.text
    assert busy.ordered()

    real_slurm.start_slurmdbd()
    assert busy.nothing_happened()
    assert busy.lab.sync().code == 0
    assert busy.finished()


def test_a_dead_slurmctld_holds_up_partitions_only(real_slurm: RealCluster, make_busy: MakeBusy) -> None:
    busy = make_busy(real_slurm, None)
    busy.set_read_timeout(8)  # scontrol waits for as long as it may
    real_slurm.kill_slurmctld()
    answer = busy.lab.sync()
    assert "Slurm's partitions are not known for sure" in answer.text
    assert OCEAN in busy.lab.accounts()
    assert busy.lab.order_states(busy.ocean) == [("Create", "done")]

    real_slurm.start_slurmctld()
    busy.set_read_timeout(30)
    busy.lab.sync()
    assert busy.finished()
