"""What may be set on a partition, and what Slurm 22.05 says to what may not."""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from agent.sandbox.cluster import hardware, times, tres
from agent.sandbox.cluster.answer import Refused

NUMBER = re.compile(r"\d+")
HIGHEST = 65533
JOB_DEFAULT = re.compile(r"(DefCpuPerGPU|DefMemPerGPU)=\d+", re.IGNORECASE)
WEIGHT = re.compile(r"[a-z/]+=[0-9.]+[KMGTP]?", re.IGNORECASE)
BINDINGS = {"threads": "threads", "cores": "cores", "sockets": "sockets", "ldom": "ldoms", "none": "none", "off": ""}
STATES = ("UP", "DOWN", "DRAIN", "INACTIVE")
FLAGS = ("Default", "DisableRootJobs", "ExclusiveUser", "Hidden", "LLN", "ReqResv", "RootOnly")
LISTS = ("AllowAccounts", "AllowGroups", "AllowQos", "DenyAccounts", "DenyQos")
NO_ERROR = "slurm_update error: No error\n"


def _misspelt(complaint: str) -> Refused:
    """What scontrol itself does not understand."""
    return Refused(f"{complaint}{NO_ERROR}")


def applied(
    db: sqlite3.Connection, fields: Mapping[str, str], words: Sequence[str], failing: str
) -> tuple[dict[str, str], str]:
    """The fields after ``Key=value`` words, and complaints that stopped nothing.

    Raises ``Refused``, with ``failing`` before what the controller says. Nothing of it is stored here.
    """
    after = dict(fields)
    complaints = ""
    for text in words:
        key, _, value = text.partition("=")
        name = SETTERS.get(key.lower())
        if name is None:
            raise _misspelt(
                f"scontrol: error: Update of this parameter is not supported: {text}\n\n"
                "scontrol: error: Request aborted\n"
            )
        found, setter = name
        complaints += setter(after, found, value) or ""
    _check_by_controller(db, after, failing)
    return after, complaints


def _check_by_controller(db: sqlite3.Connection, after: Mapping[str, str], failing: str) -> None:
    if after["QoS"] != "N/A" and not db.execute("SELECT 1 FROM qos WHERE name = ?", (after["QoS"],)).fetchone():
        raise Refused(f"{failing}: Invalid qos specification\n")
    defaults = after["JobDefaults"]
    if defaults != "(null)" and not all(JOB_DEFAULT.fullmatch(part) for part in defaults.split(",")):
        raise Refused(f"{failing}: Invalid JobDefaults specification\n")
    weights = after["TRESBillingWeights"]
    if weights and not all(WEIGHT.fullmatch(part) and _tracked(part) for part in weights.split(",")):
        raise Refused(f"{failing}: Invalid TRESBillingWeights specification\n")
    if after["Nodes"] not in ("", *hardware.NODES, hardware.hosts(hardware.NODES)):
        raise Refused(f"{failing}: Invalid node name specified\n")


def _tracked(weight: str) -> bool:
    return weight.partition("=")[0].lower() in tres.IDS


def _number(fields: dict[str, str], name: str, value: str) -> str | None:
    if not NUMBER.fullmatch(value) or (name.startswith("Priority") and int(value) > HIGHEST):
        raise _misspelt(f"scontrol: error: Invalid {name} value: {value}\n")
    fields[name] = str(int(value))
    return None


def _number_or_unlimited(fields: dict[str, str], name: str, value: str) -> str | None:
    if value.upper() in ("UNLIMITED", "INFINITE"):
        fields[name] = "UNLIMITED"
        return None
    return _number(fields, name, value)


def _nodes_number(fields: dict[str, str], name: str, value: str) -> str | None:
    if value.upper() not in ("UNLIMITED", "INFINITE") and not NUMBER.fullmatch(value):
        if name == "MinNodes":
            fields[name] = "4294967295"
            return f'scontrol: error: "{value}" is not a valid node count\n'
        raise Refused(f'scontrol: error: Invalid numeric value "{value}" for {name}.\n')
    return _number_or_unlimited(fields, name, value)


def _time(fields: dict[str, str], name: str, value: str) -> str | None:
    try:
        minutes = times.minutes(value)
    except ValueError:
        raise _misspelt(f"scontrol: error: Invalid input {name}={value}\n") from None
    fields[name] = "UNLIMITED" if minutes is None else times.elapsed(minutes * 60)
    return None


def _flag(fields: dict[str, str], name: str, value: str) -> str | None:
    if value.upper() not in ("YES", "NO"):
        raise _misspelt(
            f"scontrol: error: Invalid input: {name}={value}\n"
            f"scontrol: error: Acceptable {name} values are YES and NO\n"
        )
    fields[name] = value.upper()
    return None


def _names(fields: dict[str, str], name: str, value: str) -> str | None:
    everybody = "ALL" if name.startswith("Allow") else ""
    fields[name] = everybody if value.upper() in ("", "ALL") else value
    return None


def _memory(fields: dict[str, str], name: str, value: str) -> str | None:
    if not NUMBER.fullmatch(value):
        raise _misspelt(f"scontrol: error: Invalid {name} value: {value}\n")
    fields[name[:6]] = f"{name}={int(value) or 'UNLIMITED'}"
    return None


def _binding(fields: dict[str, str], name: str, value: str) -> str | None:
    if value.lower() not in BINDINGS:
        raise _misspelt(f"scontrol: error: Invalid input {name}={value}\n")
    fields[name] = BINDINGS[value.lower()]
    return None


def _state(fields: dict[str, str], name: str, value: str) -> str | None:
    if value.upper() not in STATES:
        raise _misspelt(
            f"scontrol: error: Invalid input: {name}={value}\n"
            "scontrol: error: Acceptable State values are UP, DOWN, DRAIN and INACTIVE\n"
        )
    fields[name] = value.upper()
    return None


def _text(fields: dict[str, str], name: str, value: str) -> str | None:
    fields[name] = value or {"QoS": "N/A", "JobDefaults": "(null)"}.get(name, "")
    return None


Setter = Callable[[dict[str, str], str, str], str | None]
"""Sets one field of the given ones; gives a complaint that stops nothing."""
SETTERS: Mapping[str, tuple[str, Setter]] = {
    name.lower(): (shown, setter)
    for setter, names in (
        (_flag, FLAGS),
        (_names, LISTS),
        (_time, ("MaxTime", "DefaultTime")),
        (_number, ("GraceTime", "PriorityTier", "PriorityJobFactor")),
        (_number_or_unlimited, ("MaxCPUsPerNode",)),
        (_nodes_number, ("MaxNodes", "MinNodes")),
        (_memory, ("DefMemPerCPU", "DefMemPerNode", "MaxMemPerCPU", "MaxMemPerNode")),
        (_binding, ("CpuBind",)),
        (_state, ("State",)),
        (_text, ("QoS", "JobDefaults", "TRESBillingWeights", "Nodes")),
    )
    for name, shown in ((each, each) for each in names)
}
