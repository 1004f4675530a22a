"""The daemons of one cluster: started in order, each waited for, ended by their own pids."""

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from agent.sandbox.real import leftovers
from agent.sandbox.real.commands import Commands
from agent.sandbox.real.configuration import HOST, Layout
from agent.sandbox.real.daemon import Daemon
from agent.sandbox.real.database import Database
from agent.sandbox.real.requirements import PATH, program

DEVICE = os.makedev(1, 3)  # another /dev/null passes for a GPU


class Services:
    """MariaDB, munge, slurmdbd, slurmctld and slurmds. ``users`` is the environment that shows them the unix users."""

    def __init__(self, layout: Layout, commands: Commands, users: Mapping[str, str]) -> None:
        self._layout, self._commands = layout, commands
        self._daemons: dict[str, Daemon] = {}
        hosts = layout.folder / "etc" / "hosts"
        hosts.write_text(f"{layout.address.host} {HOST}\n")
        self._environment = {
            "PATH": PATH,
            "TZ": "UTC",
            "SLURM_CONF": str(commands.conf),
            leftovers.MARK: str(layout.folder),
            # With a host name of its own that means our address, Slurm listens there and nowhere else.
            "NSS_WRAPPER_HOSTNAME": HOST,
            "NSS_WRAPPER_HOSTS": str(hosts),
            **users,
        }

    def start_all(self) -> None:
        """Bring everything up; RuntimeError names the daemon that failed, with its last words."""
        hand_over(self._layout.folder / "etc" / "slurmdbd.conf")
        self._start_munge()
        self.database = Database(self._layout.folder, self._layout.address.host, self._layout.database_port)
        self._daemons["mariadbd"] = self.database.daemon
        self.database.wait_until_ready()
        self.start_slurmdbd()
        self._commands.run("sacctmgr", "-iQ", "add", "cluster", self._layout.name)
        self.start_slurmctld()
        self._start_nodes()

    def end_all(self) -> None:
        """End every daemon, the ones that use a service before the service."""
        for name in [name for name in self._daemons if name.startswith("slurm")]:
            self._daemons[name].ask_to_end()
        for name in reversed(list(self._daemons)):
            self._daemons.pop(name).end()

    def running(self, name: str) -> bool:
        """Whether this daemon's process is there."""
        return name in self._daemons and self._daemons[name].running

    def kill(self, name: str) -> None:
        """Kill a daemon, as a crash would."""
        self._daemons.pop(name).kill()

    def start_slurmdbd(self) -> None:
        """Start slurmdbd; returns when it answers."""
        daemon = self._start("slurmdbd", program("slurmdbd"), "-D")
        daemon.wait_until(lambda: self._commands.run("sacctmgr", "-nP", "show", "cluster").returncode == 0, 30)

    def start_slurmctld(self) -> None:
        """Start slurmctld; returns when it answers and slurmdbd knows where to send it changes."""
        daemon = self._start("slurmctld", program("slurmctld"), "-D")
        daemon.wait_until(self._registered, 30)

    def _start_munge(self) -> None:
        folder, munge = self._layout.folder, self._layout.munge
        key = folder / "etc" / "munge.key"
        key.touch(mode=0o400)
        key.write_bytes(secrets.token_bytes(128))
        words = [f"--socket={munge}", f"--key-file={key}", f"--pid-file={folder}/run/munged.pid"]
        words += [f"--seed-file={folder}/run/munge.seed", f"--log-file={folder}/log/munge.log"]
        daemon = self._start("munged", program("munged"), "--foreground", "--force", *words)
        daemon.wait_until(munge.exists, 10)

    def _start_nodes(self) -> None:
        daemon = None
        for node in self._layout.node_names:
            daemon = self._start(f"slurmd-{node}", program("slurmd"), "-D", "-N", node)
        if daemon:
            daemon.wait_until(self._nodes_idle, 30)

    def _registered(self) -> bool:
        shown = self._commands.said("sacctmgr", "-nP", "show", "cluster", self._layout.name, "format=controlport")
        return shown == str(self._layout.slurmctld_port) and "UP" in self._commands.said("scontrol", "ping")

    def _nodes_idle(self) -> bool:
        up = self._commands.said("sinfo", "-h", "-N", "-t", "idle,mixed,allocated", "-o", "%N").split()
        return set(up) == set(self._layout.node_names)

    def _start(self, name: str, *argv: str | Path) -> Daemon:
        if self.running(name):
            return self._daemons[name]
        self._daemons[name] = Daemon(name, argv, self._environment, self._layout.folder / "log" / f"{name}.out")
        return self._daemons[name]


def lay_out(layout: Layout) -> None:
    """Make the folders and devices, and give the Slurm user what its daemons write."""
    folder = layout.folder
    for name in ("etc", "bin", "run", "log", "state", "jobs", "dev", *(f"spool-{node}" for node in layout.node_names)):
        (folder / name).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for name in ("run", "log", "state"):
        shutil.chown(folder / name, "slurm")
    for number in range(layout.gpus):
        _make_device(folder / "dev" / f"gpu{number}")


def hand_over(file: Path) -> None:
    """Give the Slurm user a file with a password in it; slurmdbd refuses to start on any other."""
    shutil.chown(file, "slurm")
    file.chmod(0o600)


def _make_device(path: Path) -> None:
    """A device node; where the machine does not let us make one, Slurm 22.05 takes a plain file as well."""
    try:
        os.mknod(path, 0o666 | 0o020000, DEVICE)
    except PermissionError:
        path.touch()
    except FileExistsError:
        return
