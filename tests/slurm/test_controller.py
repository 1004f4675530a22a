"""``scontrol``'s answers: partitions, what this version can set of them, and the facts of the cluster."""

import pytest

from agent.core.snapshot import Complete, Missing, Partial
from backends.slurm.controller import facts, partitions
from backends.slurm.dialogue import Answer
from backends.slurm.session import Reply

LONG = "PartitionName=long MaxTime=01:00:00 MaxNodes=2 State=UP PriorityTier=1"
NODES = (
    "NodeName=n1 CfgTRES=cpu=8,mem=15.6G,billing=8,gres/gpu=2 RealMemory=16000",
    "NodeName=n2 CfgTRES=cpu=4,mem=4000M,billing=4 RealMemory=4000",
)


def config_of(version: str) -> tuple[str, ...]:
    return (
        "Configuration data as of 2026-11-24T10:00:00",
        "ClusterName             = lab",
        f"SLURM_VERSION           = {version}",
    )


def reply(
    version: str = "22.05.8",
    lines: tuple[str, ...] = (LONG,),
    *,
    proved: bool = True,
    trouble: str = "",
) -> Reply:
    answers = (Answer(config_of(version), True), Answer(lines, proved), Answer(NODES, True))
    return Reply(answers=answers, said="", trouble=trouble)


@pytest.mark.parametrize(
    ("version", "unsettable"),
    [
        ("22.05.8", {"max_cpus_per_socket": "23.02", "exclusive_topo": "24.05"}),
        ("23.02.0", {"exclusive_topo": "24.05"}),
        ("24.05.0-0rc1", {}),
        ("26.05.1", {}),
    ],
)
def test_a_partition_names_the_fields_its_slurm_does_not_know_and_since_when_it_would(
    version: str, unsettable: dict[str, str]
) -> None:
    section = partitions(reply(version))
    assert isinstance(section, Complete)
    assert section.value["long"].unsettable == unsettable
    assert section.value["long"].fields["max_time"] == 60


@pytest.mark.parametrize("version", ["", "unknown"])
def test_without_a_version_nothing_says_what_can_be_set_so_the_section_is_partial(version: str) -> None:
    section = partitions(reply(version))
    assert section == Partial(section.value, f"not a version of Slurm: {version!r}")  # type: ignore[union-attr]
    assert set(section.value) == {"long"}  # type: ignore[union-attr]


def test_a_list_that_is_cut_off_or_holds_something_else_is_partial_and_none_at_all_is_missing() -> None:
    assert partitions(reply(proved=False)) == Partial(
        partitions(reply()).value,  # type: ignore[union-attr]
        "the list of partitions is cut off",
    )
    strange = partitions(reply(lines=(LONG, "PartitionName=")))
    assert isinstance(strange, Partial)
    assert "not a partition: 'PartitionName='" in strange.reason
    assert partitions(reply(lines=(), trouble="slurmctld is away")) == Missing("slurmctld is away")
    assert partitions(reply(lines=())) == Missing("no partition is shown")


def test_the_facts_are_the_sum_over_all_nodes_with_memory_in_mib() -> None:
    section = facts(reply())
    assert isinstance(section, Complete)
    assert (section.value.name, section.value.version, section.value.nodes) == ("lab", "22.05.8", 2)
    assert section.value.tres == {"billing": 12, "cpu": 12, "gres/gpu": 2, "mem": 20_000}


def test_facts_that_are_cut_off_are_missing() -> None:
    assert facts(reply(proved=False)) == Missing("the controller's answer is cut off")
    assert facts(reply(trouble="slurmctld is away")) == Missing("slurmctld is away")
