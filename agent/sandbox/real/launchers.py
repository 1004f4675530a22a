"""Slurm's commands for one cluster, in a folder to be named as their place.

Each is the installed command, started with the cluster's unix users in its environment: squeue asks the system for the
names of users, and would print "nobody" otherwise.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path

from agent.sandbox.real.requirements import program

COMMANDS = ("sacctmgr", "scontrol", "sacct", "squeue", "scancel", "sinfo", "sreport", "sshare", "sbatch")


def write_launchers(folder: Path, environment: Mapping[str, str]) -> None:
    """Write one launcher for each command into ``folder``."""
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    for command in COMMANDS:
        launcher = folder / command
        launcher.write_text(f'#!/bin/sh\n{settings} exec {program(command)} "$@"\n')
        launcher.chmod(0o755)
