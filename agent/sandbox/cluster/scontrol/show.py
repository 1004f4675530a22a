"""``scontrol show``: configuration, partitions, nodes and jobs."""

import sqlite3
from collections.abc import Mapping

from agent.sandbox.cluster import hardware, jobs, partitions, times, tres
from agent.sandbox.cluster.answer import Answer, Refused

VERSION = "22.05.8"
PING = "Slurmctld(primary) at localhost is UP\n"
CONFIG: Mapping[str, str] = {
    "AccountingStorageEnforce": "associations,limits,qos,safe",
    "AccountingStorageHost": "127.0.0.1",
    "AccountingStoragePort": "6819",
    "AccountingStorageTRES": ",".join(tres.IDS),
    "AccountingStorageType": "accounting_storage/slurmdbd",
    "AuthType": "auth/munge",
    "ClusterName": "",
    "DefMemPerCPU": str(hardware.MEMORY_PER_CPU),
    "EnforcePartLimits": "NO",
    "FirstJobId": "1",
    "GresTypes": "gpu",
    "JobRequeue": "1",
    "KillWait": "2 sec",
    "MaxArraySize": "1001",
    "MaxJobCount": "10000",
    "MaxMemPerNode": "UNLIMITED",
    "MaxNodeCount": str(len(hardware.NODES)),
    "MinJobAge": "30 sec",
    "PriorityDecayHalfLife": "00:00:00",
    "PriorityCalcPeriod": "00:01:00",
    "PriorityFlags": "NO_FAIR_TREE",
    "PriorityUsageResetPeriod": "MONTHLY",
    "PriorityType": "priority/multifactor",
    "PrivateData": "none",
    "ReconfigFlags": "(null)",
    "ReturnToService": "2",
    "SchedulerType": "sched/backfill",
    "SelectType": "select/cons_tres",
    "SelectTypeParameters": "CR_CORE_MEMORY",
    "SlurmUser": "slurm(64030)",
    "SlurmctldHost[0]": "localhost(127.0.0.1)",
    "SlurmctldPort": "6817",
    "SLURM_CONF": "",
    "SLURM_VERSION": VERSION,
    "TopologyPlugin": "topology/none",
    "TrackWCKey": "No",
}


def config(cluster: str, conf: str, now: float) -> Answer:
    """The part of the configuration that says something here, in Slurm's layout."""
    values = {**CONFIG, "ClusterName": cluster, "SLURM_CONF": conf}
    lines = "".join(f"{key:<23} = {value}\n" for key, value in values.items())
    return Answer(f"Configuration data as of {times.shown(now)}\n{lines}\n{PING}")


def partition(db: sqlite3.Connection, name: str, *, one_line: bool) -> Answer:
    """One partition, or with "" all."""
    there = partitions.every(db)
    if name and name not in there:
        return Answer(f"Partition {name} not found\n", "", 1)
    wanted = [there[name]] if name else list(there.values())
    return Answer("".join(partitions.shown(each, one_line=one_line) for each in wanted))


def node(db: sqlite3.Connection, name: str, *, one_line: bool) -> Answer:
    """One node, or with "" all."""
    if name and name not in hardware.NODES:
        return Answer(f"Node {name} not found\n", "", 1)
    queue, there = jobs.active(db), ",".join(partitions.every(db))
    text = ""
    for each in [name] if name else hardware.NODES:
        lines = _node_lines(each, jobs.used(queue, each), there)
        text += " ".join(lines) + "\n" if one_line else "\n   ".join(lines) + "\n\n"
    return Answer(text)


def state(used: int) -> str:
    """A node's state by the cpus in use."""
    return "IDLE" if not used else "ALLOCATED" if used >= hardware.CPUS else "MIXED"


def _node_lines(name: str, used: int, in_partitions: str) -> list[str]:
    memory = used * hardware.MEMORY_PER_CPU
    have = hardware.tres_of(1)
    billing = tres.billing(have, hardware.WEIGHTS)
    allocated = f"cpu={used},mem={tres.memory(memory)}" if used else ""
    return [
        f"NodeName={name} Arch=x86_64 CoresPerSocket=1 ",
        f"CPUAlloc={used} CPUEfctv={hardware.CPUS} CPUTot={hardware.CPUS} CPULoad=0.00",
        "AvailableFeatures=(null)",
        "ActiveFeatures=(null)",
        f"Gres=gpu:{hardware.GPUS}",
        f"NodeAddr=127.0.0.1 NodeHostName=localhost Version={VERSION}",
        f"RealMemory={hardware.MEMORY} AllocMem={memory} FreeMem={hardware.MEMORY - memory}"
        f" Sockets={hardware.CPUS} Boards=1",
        f"State={state(used)} ThreadsPerCore=1 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A",
        f"Partitions={in_partitions} ",
        f"CfgTRES=cpu={have['cpu']},mem={tres.memory(have['mem'])},billing={billing},gres/gpu={have['gres/gpu']}",
        f"AllocTRES={allocated}",
    ]


def job(db: sqlite3.Connection, number: str) -> Answer:
    """One job of the queue on one line."""
    found = next((each for each in jobs.active(db) if str(each.id) == number), None)
    if found is None:
        raise Refused("slurm_load_jobs error: Invalid job id specified\n")
    return Answer(
        f"JobId={found.id} JobName={found.name} UserId={found.user} Account={found.account} QOS={found.qos}"
        f" JobState={found.state} Reason={found.reason} TimeLimit={times.elapsed(found.minutes * 60)}"
        f" Partition={found.partition} NodeList={found.nodes or '(null)'} TRES={tres.shown(found.tres)}\n"
    )
