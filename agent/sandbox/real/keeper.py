"""Ends a cluster whose owner died without ending it: a process that waits on a pipe from the owner.

The daemons cannot be told to die with their parent, since Linux forgets that wish when they change their user.
"""

import os
import subprocess
import sys
from pathlib import Path

from agent.sandbox.real import leftovers
from agent.sandbox.real.address import Address, give_back


class Keeper:
    """Watches over the cluster in ``folder`` until it is dismissed."""

    def __init__(self, folder: Path, address: Address) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent.sandbox.real.keeper", str(folder), address.host, address.subnet],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the owner
        )

    def dismiss(self) -> None:
        """The owner has ended the cluster."""
        self._process.communicate(b"ended")


def main(folder: str, host: str, subnet: str) -> None:
    """Wait until the owner is done or dead, and clean up after a dead one."""
    if not sys.stdin.read():
        leftovers.end_all(Path(folder))
        give_back(Address(host, subnet))


if __name__ == "__main__":
    main(*sys.argv[1:])
