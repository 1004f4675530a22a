"""The one line of slurm.conf that the agent needs before it can ask Slurm anything."""

import re
from pathlib import Path

from agent.errors import ConfigError

_NAME = re.compile(r"^\s*ClusterName\s*=\s*([^\s#]+)", re.IGNORECASE | re.MULTILINE)


def cluster_name(conf: Path) -> str:
    """The ClusterName of slurm.conf, lower case as the accounting has it. Raises ConfigError."""
    try:
        found = _NAME.search(conf.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise ConfigError(
            f"{conf}: the cluster's name cannot be read ({error.strerror}); correct slurm.conf in the settings,"
            " or write slurm.cluster"
        ) from error
    if found is None:
        raise ConfigError(f"{conf}: has no ClusterName; write slurm.cluster in the settings")
    return found.group(1).lower()
