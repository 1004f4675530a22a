"""The controller's answers: configuration, partitions and nodes, from one ``scontrol -o`` session (pure)."""

import re
from collections.abc import Mapping, Sequence

from agent.core.model.cluster import ClusterFacts, Partition
from agent.core.snapshot import Complete, Missing, Partial, Section
from backends.slurm.parse import parse_tres
from backends.slurm.partition_fields import observed_fields, unsettable
from backends.slurm.session import Reply
from backends.slurm.version import Version, parse_version

COMMANDS = ("show config", "show partition", "show node")
CONFIG_LINE = re.compile(r"(\S+)\s+= ?(.*)")
SHOWN = re.compile(r"(?:^| )([A-Za-z]+)=(\S*)")


def shown(line: str) -> dict[str, str]:
    """The ``Key=value`` words of a ``scontrol -o`` line; the first of each key, since free text comes last."""
    found: dict[str, str] = {}
    for key, value in SHOWN.findall(line):
        found.setdefault(key, value)
    return found


def config(lines: Sequence[str]) -> dict[str, str]:
    """``scontrol show config`` as key to value."""
    return {match[1]: match[2].strip() for match in map(CONFIG_LINE.fullmatch, lines) if match}


def partition(line: str, version: Version | None = None) -> Partition:
    """One line of ``show partition``. Raises ``ValueError`` when it is not one."""
    words = shown(line)
    if not words.get("PartitionName") or not {"MaxTime", "MaxNodes", "State"} <= words.keys():
        raise ValueError(f"not a partition: {line!r}")
    return Partition(
        name=words["PartitionName"],
        fields=observed_fields(words),
        unsettable=unsettable(version) if version else {},
    )


def partitions(reply: Reply) -> Section[Mapping[str, Partition]]:
    """The partitions in the marketplace's fields; complete only when every line, and the version, was understood."""
    answer = reply.answers[1]
    found: dict[str, Partition] = {}
    doubts = [reply.trouble] if reply.trouble else []
    doubts += [] if answer.proved else ["the list of partitions is cut off"]
    version: Version | None = None
    try:
        version = parse_version(config(reply.answers[0].lines).get("SLURM_VERSION", ""))
    except ValueError as error:
        doubts.append(str(error))
    for line in answer.lines:
        try:
            each = partition(line, version)
            found[each.name] = each
        except ValueError as error:
            doubts.append(str(error))
    if not found:
        return Missing("; ".join(doubts) or "no partition is shown")
    return Partial(found, "; ".join(doubts)) if doubts else Complete(found)


def facts(reply: Reply) -> Section[ClusterFacts]:
    """Name, version, configuration and the sum over all nodes; missing unless all three answers are whole."""
    settings, nodes = config(reply.answers[0].lines), reply.answers[2].lines
    if reply.trouble or not all(answer.proved for answer in reply.answers):
        return Missing(reply.trouble or "the controller's answer is cut off")
    try:
        return Complete(_facts(settings, [shown(line) for line in nodes]))
    except (KeyError, ValueError) as error:
        return Missing(f"the controller's answer is not understood: {error}")


def _facts(settings: Mapping[str, str], nodes: Sequence[Mapping[str, str]]) -> ClusterFacts:
    return ClusterFacts(
        name=settings["ClusterName"],
        version=settings["SLURM_VERSION"],
        nodes=len(nodes),
        tres=_sum([_node_tres(node) for node in nodes]),
        config=settings,
    )


def _node_tres(node: Mapping[str, str]) -> dict[str, int]:
    # CfgTRES rounds memory to two decimals of the largest unit; RealMemory is exact, in MiB.
    configured = [part for part in node["CfgTRES"].split(",") if part and not part.startswith("mem=")]
    return {**parse_tres(",".join(configured)), "mem": int(node["RealMemory"])}


def _sum(each: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = sorted({name for tres in each for name in tres})
    return {name: sum(tres.get(name, 0) for tres in each) for name in names}
