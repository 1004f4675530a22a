"""The table of the cluster."""

from pathlib import Path

from pydantic import Field

from agent.settings import kinds
from agent.settings.table import Table


class SlurmSettings(Table):
    """The cluster, and the commands that reach it."""

    cluster: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]*$",
        description="The name of the cluster in the accounting. Empty: the ClusterName of slurm.conf.",
        examples=["lab"],
    )
    bin: kinds.AbsolutePath = Field(
        default=Path("/usr/bin"), description="The folder of sacctmgr, scontrol, sacct, sreport and squeue."
    )
    conf: kinds.AbsolutePath = Field(
        default=Path("/etc/slurm/slurm.conf"), description="Slurm's own settings, given to each command."
    )
    read_timeout: kinds.Period = Field(default=60, description="A command that only reads is ended after this time.")
    write_deadline: kinds.Period = Field(
        default=120,
        description="A command that writes is reported after this time. It is never ended: nothing else is written"
        " before it is through.",
    )
    lock: kinds.AbsolutePath = Field(
        default=Path("/run/lock/slurm-site-agent/writer.lock"),
        description="The file that lets one writer at a time through on this host. The cluster's name is added to it"
        " before the suffix, so that each cluster has its own.",
    )

    def lock_file(self, cluster: str) -> Path:
        """The lock of one cluster: ``…/writer-lab.lock`` for ``lab``."""
        return self.lock.with_name(f"{self.lock.stem}-{cluster}{self.lock.suffix}")
