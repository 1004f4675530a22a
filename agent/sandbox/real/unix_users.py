"""Unix users that exist for the cluster only.

Slurm asks the system for the uid of every user who submits. nss_wrapper answers from files of our own, in the daemons
and in the commands, so that a job can be submitted as alice with no such user on the machine.
"""

import os
import pwd
import time
from itertools import count
from pathlib import Path

from agent.sandbox.real.requirements import NSS_WRAPPER

FIRST_UID = 20_000


class UnixUsers:
    """The machine's system users, and those added here."""

    def __init__(self, folder: Path) -> None:
        self.passwd, self.group = folder / "passwd", folder / "group"
        self.names = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
        self.passwd.write_text("".join(":".join(map(str, user)) + "\n" for user in pwd.getpwall()))
        self.group.write_text(Path("/etc/group").read_text())

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to see these users."""
        return {
            "LD_PRELOAD": NSS_WRAPPER,
            "NSS_WRAPPER_PASSWD": str(self.passwd),
            "NSS_WRAPPER_GROUP": str(self.group),
        }

    def add(self, name: str) -> bool:
        """Make the user exist; False when it did already."""
        if name in self.names:
            return False
        uid = next(number for number in count(FIRST_UID) if number not in self.names.values())
        self.names[name] = uid
        _append(self.passwd, f"{name}:x:{uid}:{uid}::/tmp:/bin/sh\n")
        _append(self.group, f"{name}:x:{uid}:\n")
        return True


def _append(file: Path, line: str) -> None:
    """Add a line; nss_wrapper reads a file again only when its time, in whole seconds, has changed."""
    before = file.stat().st_mtime
    with file.open("a") as end:
        end.write(line)
    later = max(time.time(), before + 1)
    os.utime(file, (later, later))
