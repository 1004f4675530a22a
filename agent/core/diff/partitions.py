"""Partitions: the fields an offering sets, asserted on the partition of that name; none is made or removed."""

from collections.abc import Iterable

from agent.core.actions import SetPartition
from agent.core.diff.scene import Scene
from agent.core.snapshot import ClusterSnapshot, value_or


def partition_actions(scene: Scene, cluster: ClusterSnapshot, taken: set[str]) -> Iterable[SetPartition]:
    """The changes of one offering's partitions. ``taken`` collects names: the first offering that sets one has it."""
    if not scene.may(SetPartition):
        return
    there = value_or(cluster.partitions, {})
    for name, fields in sorted(scene.desired.partitions.items()):
        if name not in there or name in taken:
            continue
        taken.add(name)
        changes = {
            field: value
            for field, value in fields.items()
            if field not in there[name].unsettable and there[name].fields.get(field) != value
        }
        if changes:
            yield SetPartition(offering=scene.offering, partition=name, changes=changes)


def partition_gaps(scene: Scene, cluster: ClusterSnapshot) -> Iterable[str]:
    """A line for each partition the cluster does not have, and for each field its Slurm does not know."""
    if not scene.may(SetPartition):
        return
    for name, partition in sorted(value_or(cluster.partitions, {}).items()):
        for field in sorted(set(scene.desired.partitions.get(name, ())) & set(partition.unsettable)):
            yield f"partition {name}: {field} is left out, it needs Slurm {partition.unsettable[field]}"
    for name in sorted(set(scene.desired.partitions) - set(value_or(cluster.partitions, {}))):
        yield f"partition {name} of offering {scene.desired.policy.name} does not exist in Slurm; make it in slurm.conf"
