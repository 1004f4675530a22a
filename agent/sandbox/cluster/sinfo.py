"""sinfo: partitions and nodes at a glance."""

import re
import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import hardware, jobs, options, partitions
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.partitions import Partition
from agent.sandbox.cluster.scontrol.show import VERSION, state

OPTIONS = (
    options.Option("h", "noheader"), options.Option("N", "Node"), options.Option("o", "format", valued=True),
    options.Option("p", "partition", valued=True), options.Option("a", "all"), options.Option("V", "version"),
)  # fmt: skip
ITEM = re.compile(r"%(\.?)(\d*)([A-Za-z])")
DEFAULT = "%9P %.5a %.10l %.6D %.6t %N"
HEADINGS = {
    "P": "PARTITION", "R": "PARTITION", "a": "AVAIL", "l": "TIMELIMIT", "D": "NODES", "T": "STATE", "t": "STATE",
    "N": "NODELIST", "F": "NODES(A/I/O/T)", "C": "CPUS(A/I/O/T)", "c": "CPUS", "m": "MEMORY", "G": "GRES",
}  # fmt: skip
SHORT = {"IDLE": "idle", "ALLOCATED": "alloc", "MIXED": "mix"}


def main(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Run sinfo."""
    given, _ = options.parse("sinfo", words, OPTIONS)
    if "version" in given:
        return Answer(f"slurm-wlm {VERSION}\n")
    form = given.get("format", DEFAULT)
    for found in ITEM.finditer(form):
        if found.group(3) not in HEADINGS:
            raise Refused(f"sinfo: error: Invalid node format specification: {found.group(3)}\n")
    heading = "" if "noheader" in given else _line(form, HEADINGS)
    return Answer(heading + "".join(_line(form, row) for row in _rows(db, given)))


def _line(form: str, cells: Mapping[str, str]) -> str:
    return ITEM.sub(lambda found: _fitted(found, cells[found.group(3)]), form) + "\n"


def _fitted(found: re.Match[str], text: str) -> str:
    right, width, _ = found.groups()
    return text.rjust(int(width or 0)) if right else text.ljust(int(width or 0))


def _rows(db: sqlite3.Connection, given: Mapping[str, str]) -> list[Mapping[str, str]]:
    """One row for the nodes of a partition that are in one state; with ``-N`` one for each node and partition."""
    queue = jobs.active(db)
    used = {node: jobs.used(queue, node) for node in hardware.NODES}
    wanted = given.get("partition", "").split(",") if "partition" in given else list(partitions.every(db))
    rows = []
    for partition in (each for each in partitions.every(db).values() if each.name in wanted):
        of_partition = [node for node in hardware.NODES if node in _nodes(partition)]
        groups = [[node] for node in of_partition] if "Node" in given else _by_state(of_partition, used)
        rows += [_row(partition, group, used) for group in groups]
    return rows


def _nodes(partition: Partition) -> Sequence[str]:
    nodes = partition.fields["Nodes"]
    return hardware.NODES if nodes == hardware.hosts(hardware.NODES) else [nodes]


def _by_state(nodes: Sequence[str], used: Mapping[str, int]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for node in nodes:
        groups.setdefault(state(used[node]), []).append(node)
    return list(groups.values()) or [[]]


def _row(partition: Partition, nodes: Sequence[str], used: Mapping[str, int]) -> Mapping[str, str]:
    busy, total = sum(used[node] for node in nodes), hardware.CPUS * len(nodes)
    taken = sum(bool(used[node]) for node in nodes)
    shown = state(used[nodes[0]]) if nodes else "n/a"
    return {
        "P": partition.name + ("*" if partition.fields["Default"] == "YES" else ""),
        "R": partition.name,
        "a": partition.fields["State"].lower(),
        "l": partitions.time_limit(partition),
        "D": str(len(nodes)),
        "T": shown.lower(),
        "t": SHORT.get(shown, shown),
        "N": hardware.hosts(nodes),
        "F": f"{taken}/{len(nodes) - taken}/0/{len(nodes)}",
        "C": f"{busy}/{total - busy}/0/{total}",
        "c": str(hardware.CPUS),
        "m": str(hardware.MEMORY),
        "G": f"gpu:{hardware.GPUS}",
    }
