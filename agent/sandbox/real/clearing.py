"""Emptying a cluster between tests."""

import time

from agent.sandbox.real.commands import Commands

PATIENCE = 20.0
POLL = 0.1


def remove_everything(commands: Commands) -> None:
    """Remove every user and account but root's, and every QOS but normal. RuntimeError when something stays.

    slurmdbd refuses while it believes that a job is active, so a refusal is tried again for a while.
    """
    deadline = time.monotonic() + PATIENCE
    while left := _remove_once(commands):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the cluster could not be emptied: {left}")
        time.sleep(POLL)


def _remove_once(commands: Commands) -> str:
    """Try to remove everything; what Slurm said against it, "" when all is gone."""
    said = [_remove(commands, kind, name) for kind, name in _names(commands)]
    return "; ".join(filter(None, said))


def _names(commands: Commands) -> list[tuple[str, str]]:
    """What there is to remove, users before accounts."""
    kept = {"user": "root", "account": "root", "qos": "normal"}
    return [
        (kind, name)
        for kind in kept
        for name in commands.said("sacctmgr", "-nP", "show", kind, f"format={_column(kind)}").splitlines()
        if name != kept[kind]
    ]


def _column(kind: str) -> str:
    return "name" if kind == "qos" else kind


def _remove(commands: Commands, kind: str, name: str) -> str:
    answer = commands.run("sacctmgr", "-iQ", "delete", kind, f"name={name}")
    gone = answer.returncode == 0 or "Nothing deleted" in answer.stdout
    return "" if gone else (answer.stderr or answer.stdout).strip()
