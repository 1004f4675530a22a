"""The configuration files of a cluster on one machine: what its daemons are told."""

from dataclasses import dataclass
from pathlib import Path

from agent.sandbox.real.address import Address

HOST = "sandbox"
WEIGHTS = 'TRESBillingWeights="CPU=1.0,Mem=0.25G,GRES/gpu=10.0"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a cluster lives and how big it claims to be. ``memory_mb`` is MiB a node; ports are TCP."""

    folder: Path
    name: str
    address: Address
    nodes: int
    cpus: int
    memory_mb: int
    gpus: int
    database_port: int
    slurmdbd_port: int
    slurmctld_port: int
    slurmd_ports: tuple[int, ...]

    @property
    def munge(self) -> Path:
        """Munge's socket."""
        return self.folder / "munge.sock"

    @property
    def node_names(self) -> list[str]:
        """The names of all nodes: node1, node2 and so on."""
        return [f"node{number}" for number in range(1, self.nodes + 1)]


def write_configuration(layout: Layout) -> None:
    """Write every file the daemons read; slurmdbd.conf still has to be given to the Slurm user."""
    etc = layout.folder / "etc"
    (etc / "slurm.conf").write_text(slurm_conf(layout))
    (etc / "partitions.conf").write_text(partitions_conf(layout))
    (etc / "gres.conf").write_text(gres_conf(layout))
    (etc / "cgroup.conf").write_text("CgroupAutomount=no\n")
    (etc / "slurmdbd.conf").write_text(slurmdbd_conf(layout))


def slurm_conf(layout: Layout) -> str:
    """slurm.conf; limits are enforced, and everything that only delays a test is set short."""
    return (
        "".join(
            f"{key}={value}\n"
            for key, value in (
                *_identity(layout),
                *_places(layout),
                *ACCOUNTING,
                *_accounting_host(layout),
                *SCHEDULING,
                *_nodes(layout),
            )
        )
        + f"Include {layout.folder}/etc/partitions.conf\n"
    )


def partitions_conf(layout: Layout) -> str:
    """The two partitions, cpu (the default) and gpu, over all nodes."""
    nodes = f"Nodes={','.join(layout.node_names)}"
    return (
        f"PartitionName=cpu {nodes} Default=YES MaxTime=1-0 DefaultTime=1:0:0 State=UP {WEIGHTS}\n"
        f"PartitionName=gpu {nodes} MaxTime=1-0 State=UP {WEIGHTS}\n"
    )


def gres_conf(layout: Layout) -> str:
    """Slurm counts only GPUs that have a device file; any will do."""
    if not layout.gpus:
        return "# no gpus\n"
    devices = f"{layout.folder}/dev/gpu[0-{layout.gpus - 1}]"
    return "".join(f"NodeName={node} Name=gpu File={devices}\n" for node in layout.node_names)


def slurmdbd_conf(layout: Layout) -> str:
    """slurmdbd.conf; slurmdbd reads it from the folder of SLURM_CONF and wants it mode 600, owned by SlurmUser."""
    return f"""\
AuthType=auth/munge
AuthInfo=socket={layout.munge}
CommunicationParameters=NoInAddrAny
DbdHost={HOST}
DbdAddr={layout.address.host}
DbdPort={layout.slurmdbd_port}
SlurmUser=slurm
PidFile={layout.folder}/run/slurmdbd.pid
LogFile={layout.folder}/log/slurmdbd.log
DebugLevel=info
StorageType=accounting_storage/mysql
StorageHost={layout.address.host}
StoragePort={layout.database_port}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
"""


ACCOUNTING = (
    ("AccountingStorageType", "accounting_storage/slurmdbd"),
    ("AccountingStorageEnforce", "associations,limits,qos,safe"),
    ("AccountingStorageTRES", "gres/gpu"),
    ("PriorityType", "priority/multifactor"),
    ("PriorityDecayHalfLife", "0"),
    ("PriorityUsageResetPeriod", "MONTHLY"),
    ("PriorityCalcPeriod", "1"),
    ("JobRequeue", "1"),
)
SCHEDULING = (
    # No cgroups and no binding: the machine is smaller than the cluster it claims to be.
    ("ProctrackType", "proctrack/linuxproc"),
    ("TaskPlugin", "task/none"),
    ("SlurmdParameters", "config_overrides"),
    ("JobAcctGatherType", "jobacct_gather/none"),
    ("MpiDefault", "none"),
    ("ReturnToService", "2"),
    ("KillWait", "2"),
    ("MinJobAge", "30"),
    ("SchedulerType", "sched/backfill"),
    ("SchedulerParameters", "sched_min_interval=100000,bf_interval=1"),
    ("SelectType", "select/cons_tres"),
    ("SelectTypeParameters", "CR_Core_Memory"),
    ("GresTypes", "gpu"),
    ("DefMemPerCPU", "1000"),
    ("PropagateResourceLimits", "NONE"),
)


def _identity(layout: Layout) -> tuple[tuple[str, object], ...]:
    return (
        ("ClusterName", layout.name),
        ("SlurmctldHost", f"{HOST}({layout.address.host})"),
        ("SlurmctldPort", layout.slurmctld_port),
        ("SlurmUser", "slurm"),
        ("SlurmdUser", "root"),
        ("AuthType", "auth/munge"),
        ("AuthInfo", f"socket={layout.munge}"),
        ("CommunicationParameters", "NoCtldInAddrAny,NoInAddrAny"),
    )


def _places(layout: Layout) -> tuple[tuple[str, object], ...]:
    folder = layout.folder
    return (
        ("StateSaveLocation", folder / "state"),
        ("SlurmdSpoolDir", folder / "spool-%n"),
        ("SlurmctldPidFile", folder / "run/slurmctld.pid"),
        ("SlurmdPidFile", folder / "run/slurmd-%n.pid"),
        ("SlurmctldLogFile", folder / "log/slurmctld.log"),
        ("SlurmdLogFile", folder / "log/slurmd-%n.log"),
    )


def _accounting_host(layout: Layout) -> tuple[tuple[str, object], ...]:
    return (
        ("AccountingStorageHost", layout.address.host),
        ("AccountingStoragePort", layout.slurmdbd_port),
        ("AccountingStoragePass", layout.munge),
    )


def _nodes(layout: Layout) -> list[tuple[str, str]]:
    size = f"CPUs={layout.cpus} RealMemory={layout.memory_mb}"
    gres = f" Gres=gpu:{layout.gpus}" if layout.gpus else ""
    where = f"NodeHostname={HOST} NodeAddr={layout.address.host}"
    return [
        ("NodeName", f"{node} {where} Port={port} {size}{gres} State=UNKNOWN")
        for node, port in zip(layout.node_names, layout.slurmd_ports, strict=True)
    ]
