"""Slurm's commands with a sacctmgr that writes down what it is told to change."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.site import LabCluster
from tests.fixtures.tools import WRITES

_SCRIPT = """\
#!/bin/sh
# Keeps the commands of every writer, and the lines of the load files they name.
[ "$1" = {writes} ] || exec '{real}' "$@"
said="$(cat)"
printf '%s\\n' "$said" >> '{log}'
printf '%s\\n' "$said" | sed -n 's/^load file=//p' | xargs -r cat >> '{log}'
printf '%s\\n' "$said" | '{real}' "$@"
"""


@dataclass(frozen=True)
class Recorded:
    """A folder of commands; ``conf`` is the cluster's own."""

    bin: Path
    conf: Path

    def changes(self, name: str = "") -> list[str]:
        """Every line that was to change something and has this name in it, oldest first."""
        log = self.bin.parent / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if not line.startswith("show ") and re.search(rf"\b{re.escape(name)}\b", line)]


def recorded(folder: Path, cluster: LabCluster) -> Recorded:
    """The cluster's commands, with such a sacctmgr."""
    tools = Recorded(folder / "bin", cluster.conf)
    tools.bin.mkdir(parents=True)
    for command in cluster.bin.iterdir():
        (tools.bin / command.name).symlink_to(command)
    writer = tools.bin / "sacctmgr"
    writer.unlink()
    writer.write_text(_SCRIPT.format(writes=WRITES, real=cluster.bin / "sacctmgr", log=folder / "log"))
    writer.chmod(0o755)
    return tools
