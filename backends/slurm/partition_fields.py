"""One row for each partition field of the marketplace: Slurm's key, how it is shown, how it is written, since when.

Measured on 22.05, 24.11 and 26.05. Values have the marketplace's units: minutes, MiB, seconds. What Slurm shows as
unset is left out, but where a value of the marketplace says the same: memory 0 (unlimited), ``cpu_bind`` off, booleans
False, ``qos`` "".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.core.model.cluster import PartitionValue
from backends.slurm.version import Version, show_version

CPU_BIND = {2: "threads", 4: "cores", 8: "sockets", 16: "ldom", 32: "none", 0x80000: "off"}
"""The bits of ``slurm.h`` that a partition takes; the marketplace stores the number, ``scontrol`` wants the word."""
CPU_BIND_OFF = 0x80000
QOS = re.compile(r"[a-z0-9_][a-z0-9_.-]*|")
TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d+):(\d+)")
NUMBER_END = 2**31
MEMORY_END = 2**53

Shown = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartitionField:
    """A field: ``read`` gives its value from what is shown (None: unset), ``write`` the text behind ``key=``.

    ``write`` raises ``ValueError`` on a value that Slurm would refuse, or take for something else.
    Fields with the same key are always sent together, separated by commas.
    """

    name: str
    key: str
    read: Callable[[Shown], PartitionValue | None]
    write: Callable[[PartitionValue], str]
    since: Version = (0, 0)


def observed_fields(shown: Shown) -> dict[str, PartitionValue]:
    """The marketplace's fields of a partition as ``scontrol -o show partition`` shows it."""
    values = {field.name: field.read(shown) for field in FIELDS.values()}
    return {name: value for name, value in values.items() if value is not None}


def unsettable(version: Version) -> dict[str, str]:
    """The fields that this version does not know → the version that does."""
    return {field.name: show_version(field.since) for field in FIELDS.values() if version < field.since}


def written(name: str, value: PartitionValue, version: Version) -> str:
    """The text that sets a field. Raises ``ValueError`` saying why it cannot be set on this version."""
    field = FIELDS.get(name)
    if field is None:
        raise ValueError(f"{name} is no setting of a Slurm partition")
    if version < field.since:
        raise ValueError(f"{name} needs Slurm {show_version(field.since)}, this is {show_version(version)}")
    try:
        return field.write(value)
    except ValueError as error:
        raise ValueError(f"{name}={value!r}: {error}") from None


def _number(end: int = NUMBER_END) -> Callable[[PartitionValue], str]:
    def write(value: PartitionValue) -> str:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < end:
            raise ValueError(f"not a whole number from 0 to {end - 1}")
        return str(value)

    return write


def _named_number(name: str, end: int = NUMBER_END) -> Callable[[PartitionValue], str]:
    number = _number(end)
    return lambda value: f"{name}={number(value)}"


def _yes_no(value: PartitionValue) -> str:
    if not isinstance(value, bool):
        raise ValueError("not true or false")  # noqa: TRY004 - one kind of error for every unusable value
    return "YES" if value else "NO"


def _cpu_bind(value: PartitionValue) -> str:
    if isinstance(value, bool) or value not in CPU_BIND:
        raise ValueError(f"a partition takes one of {', '.join(f'{bit} ({word})' for bit, word in CPU_BIND.items())}")
    return CPU_BIND[int(value)]


def _qos(value: PartitionValue) -> str:
    if not isinstance(value, str) or not QOS.fullmatch(value):
        raise ValueError("not the name of a QOS (lower case)")
    return value


def _shown_number(key: str) -> Callable[[Shown], int | None]:
    return lambda shown: int(shown[key]) if shown.get(key, "").isdecimal() else None


def _shown_memory(key: str) -> Callable[[Shown], int | None]:
    number = _shown_number(key)
    return lambda shown: number(shown) or 0


def _shown_minutes(key: str) -> Callable[[Shown], int | None]:
    def read(shown: Shown) -> int | None:
        match = TIME.fullmatch(shown.get(key, ""))
        if match is None:
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return days * 1440 + hours * 60 + minutes + (seconds > 0)

    return read


def _shown_yes(key: str, exclusive: str = "") -> Callable[[Shown], bool]:
    """``Key=YES``; from 26.05 on the two exclusive flags are one word, ``Exclusive=USER``."""

    def read(shown: Shown) -> bool:
        return shown.get(key) == "YES" or bool(exclusive and exclusive in shown.get("Exclusive", ""))

    return read


def _shown_job_default(name: str) -> Callable[[Shown], int | None]:
    def read(shown: Shown) -> int | None:
        pairs = dict(part.partition("=")[::2] for part in shown.get("JobDefaults", "").split(","))
        return int(pairs[name]) if pairs.get(name, "").isdecimal() else None

    return read


def _shown_cpu_bind(shown: Shown) -> int:
    word = shown.get("CpuBind", "off").removesuffix("s")
    return next((bit for bit, each in CPU_BIND.items() if each.removesuffix("s") == word), CPU_BIND_OFF)


def _shown_qos(shown: Shown) -> str:
    return shown.get("QoS", "").removeprefix("N/A")


_ROWS = (
    PartitionField("cpu_bind", "CpuBind", _shown_cpu_bind, _cpu_bind),
    PartitionField("def_cpu_per_gpu", "JobDefaults", _shown_job_default("DefCpuPerGPU"), _named_number("DefCpuPerGPU")),
    PartitionField(
        "def_mem_per_gpu", "JobDefaults", _shown_job_default("DefMemPerGPU"), _named_number("DefMemPerGPU", MEMORY_END)
    ),
    PartitionField("max_cpus_per_node", "MaxCPUsPerNode", _shown_number("MaxCPUsPerNode"), _number()),
    PartitionField("max_cpus_per_socket", "MaxCPUsPerSocket", _shown_number("MaxCPUsPerSocket"), _number(), (23, 2)),
    PartitionField("def_mem_per_cpu", "DefMemPerCPU", _shown_memory("DefMemPerCPU"), _number(MEMORY_END)),
    PartitionField("def_mem_per_node", "DefMemPerNode", _shown_memory("DefMemPerNode"), _number(MEMORY_END)),
    PartitionField("max_mem_per_cpu", "MaxMemPerCPU", _shown_memory("MaxMemPerCPU"), _number(MEMORY_END)),
    PartitionField("max_mem_per_node", "MaxMemPerNode", _shown_memory("MaxMemPerNode"), _number(MEMORY_END)),
    PartitionField("default_time", "DefaultTime", _shown_minutes("DefaultTime"), _number()),
    PartitionField("max_time", "MaxTime", _shown_minutes("MaxTime"), _number()),
    PartitionField("grace_time", "GraceTime", _shown_number("GraceTime"), _number()),
    PartitionField("max_nodes", "MaxNodes", _shown_number("MaxNodes"), _number()),
    PartitionField("min_nodes", "MinNodes", _shown_number("MinNodes"), _number()),
    PartitionField("exclusive_topo", "ExclusiveTopo", _shown_yes("ExclusiveTopo", "TOPO"), _yes_no, (24, 5)),
    PartitionField("exclusive_user", "ExclusiveUser", _shown_yes("ExclusiveUser", "USER"), _yes_no),
    PartitionField("priority_tier", "PriorityTier", _shown_number("PriorityTier"), _number(65534)),
    PartitionField("qos", "QOS", _shown_qos, _qos),
    PartitionField("req_resv", "ReqResv", _shown_yes("ReqResv"), _yes_no),
)
FIELDS: Mapping[str, PartitionField] = {field.name: field for field in _ROWS}
ONE_SLOT = (("def_mem_per_cpu", "def_mem_per_node"), ("max_mem_per_cpu", "max_mem_per_node"))
"""Pairs that are one setting in Slurm: the last one set wins."""
