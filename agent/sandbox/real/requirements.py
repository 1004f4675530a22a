"""What a machine needs to run a real Slurm of its own."""

import ctypes
import os
import pwd
import shutil
from pathlib import Path

PROGRAMS = (
    *("munged", "mariadbd", "mariadb", "mariadb-install-db", "slurmdbd", "slurmctld", "slurmd"),
    *("sacctmgr", "scontrol", "sacct", "squeue", "scancel", "sinfo", "sreport", "sshare", "sbatch"),
)
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
NSS_WRAPPER = "libnss_wrapper.so"


def program(name: str) -> Path:
    """Where a program is installed; FileNotFoundError names it."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed (looked in {PATH})")
    return Path(found)


def missing() -> list[str]:
    """What this machine lacks to run a real Slurm: programs, the library, the Slurm user, root. Empty means it can."""
    lacking = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    if not _has_nss_wrapper():
        lacking.append(NSS_WRAPPER)
    if "slurm" not in {user.pw_name for user in pwd.getpwall()}:
        lacking.append("the unix user slurm")
    if os.geteuid() != 0:
        lacking.append("root")
    return lacking


def _has_nss_wrapper() -> bool:
    try:
        ctypes.CDLL(NSS_WRAPPER)
    except OSError:
        return False
    return True
