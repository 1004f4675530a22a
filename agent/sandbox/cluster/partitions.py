"""Partitions: what they are set to, and how scontrol shows them."""

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from agent.sandbox.cluster import hardware, times

DEFAULTS: Mapping[str, str] = {
    "AllowGroups": "ALL", "AllowAccounts": "ALL", "AllowQos": "ALL", "DenyAccounts": "", "DenyQos": "",
    "AllocNodes": "ALL", "Default": "NO", "CpuBind": "", "QoS": "N/A", "DefaultTime": "NONE", "DisableRootJobs": "NO",
    "ExclusiveUser": "NO", "GraceTime": "0", "Hidden": "NO", "MaxNodes": "UNLIMITED", "MaxTime": "UNLIMITED",
    "MinNodes": "1", "LLN": "NO", "MaxCPUsPerNode": "UNLIMITED", "Nodes": "", "PriorityJobFactor": "1",
    "PriorityTier": "1", "RootOnly": "NO", "ReqResv": "NO", "State": "UP", "JobDefaults": "(null)",
    "DefMem": "DefMemPerNode=UNLIMITED", "MaxMem": "MaxMemPerNode=UNLIMITED", "TRESBillingWeights": "",
}  # fmt: skip
"""What ``scontrol create`` gives a partition, in the words it is shown in; "" is not shown."""
CONFIGURED: Mapping[str, str] = {
    "Nodes": "node[1-2]", "MinNodes": "0", "MaxTime": "1-00:00:00", "TRESBillingWeights": hardware.WEIGHTS,
}  # fmt: skip


class Partition(NamedTuple):
    """A partition; ``fields`` has the keys of ``DEFAULTS``."""

    name: str
    fields: Mapping[str, str]


def configure(db: sqlite3.Connection) -> None:
    """Set the partitions to what the configuration file says: cpu and gpu, nothing else."""
    db.execute("DELETE FROM partition")
    add(db, Partition("cpu", {**DEFAULTS, **CONFIGURED, "Default": "YES", "DefaultTime": "01:00:00"}))
    add(db, Partition("gpu", {**DEFAULTS, **CONFIGURED}))


def every(db: sqlite3.Connection) -> dict[str, Partition]:
    """All partitions in the order they were made."""
    rows = db.execute("SELECT name, fields FROM partition ORDER BY place")
    return {name: Partition(name, json.loads(fields)) for name, fields in rows}


def add(db: sqlite3.Connection, partition: Partition) -> None:
    """Insert a partition after the others."""
    place = db.execute("SELECT coalesce(max(place), 0) + 1 FROM partition").fetchone()[0]
    db.execute("INSERT INTO partition VALUES (?, ?, ?)", (partition.name, place, json.dumps(dict(partition.fields))))


def store(db: sqlite3.Connection, partition: Partition) -> None:
    """Store changed fields."""
    db.execute("UPDATE partition SET fields = ? WHERE name = ?", (json.dumps(dict(partition.fields)), partition.name))


def delete(db: sqlite3.Connection, name: str) -> None:
    """Remove a partition."""
    db.execute("DELETE FROM partition WHERE name = ?", (name,))


def shown(partition: Partition, *, one_line: bool) -> str:
    """The partition as ``scontrol show partition`` prints it."""
    lines = _lines(partition)
    return " ".join(lines) + "\n" if one_line else "\n   ".join(lines) + "\n\n"


def _lines(partition: Partition) -> list[str]:
    fields = partition.fields
    nodes = _nodes(fields)
    total = hardware.configured(nodes, fields["TRESBillingWeights"]) if nodes else "(null)"
    weights = [f"TRESBillingWeights={fields['TRESBillingWeights']}"] if fields["TRESBillingWeights"] else []
    bind = f" CpuBind={fields['CpuBind']} " if fields["CpuBind"] else ""
    return [
        f"PartitionName={partition.name}",
        f"AllowGroups={fields['AllowGroups']} {_access(fields, 'Accounts')} {_access(fields, 'Qos')}",
        f"AllocNodes={fields['AllocNodes']} Default={fields['Default']}{bind} QoS={fields['QoS']}",
        _words(fields, "DefaultTime DisableRootJobs ExclusiveUser GraceTime Hidden"),
        _words(fields, "MaxNodes MaxTime MinNodes LLN MaxCPUsPerNode"),
        f"Nodes={fields['Nodes'] or '(null)'}",
        _words(fields, "PriorityJobFactor PriorityTier RootOnly ReqResv") + " OverSubscribe=NO",
        "OverTimeLimit=NONE PreemptMode=OFF",
        f"State={fields['State']} TotalCPUs={hardware.CPUS * nodes} TotalNodes={nodes} SelectTypeParameters=NONE",
        f"JobDefaults={fields['JobDefaults']}",
        f"{fields['DefMem']} {fields['MaxMem']}",
        f"TRES={total}",
        *weights,
    ]


def _nodes(fields: Mapping[str, str]) -> int:
    return {"": 0, hardware.hosts(hardware.NODES): len(hardware.NODES)}.get(fields["Nodes"], 1)


def _words(fields: Mapping[str, str], names: str) -> str:
    return " ".join(f"{name}={fields[name]}" for name in names.split())


def _access(fields: Mapping[str, str], what: str) -> str:
    """Who is denied is shown only while everybody is allowed."""
    if fields[f"Allow{what}"] == "ALL" and fields[f"Deny{what}"]:
        return f"Deny{what}={fields[f'Deny{what}']}"
    return f"Allow{what}={fields[f'Allow{what}']}"


def time_limit(partition: Partition) -> str:
    """The longest a job may run, as sinfo prints it."""
    limit = partition.fields["MaxTime"]
    if limit == "UNLIMITED":
        return "infinite"
    return times.brief((times.minutes(limit) or 0) * 60)
