"""The nodes of the embedded cluster, the same as the real test cluster's."""

from collections.abc import Iterable, Mapping

from agent.sandbox.cluster import tres

NODES = ("node1", "node2")
CPUS, MEMORY, GPUS = 16, 64_000, 4
"""Of each node; memory in MiB."""
MEMORY_PER_CPU = 1000
"""What a job gets, MiB."""
WEIGHTS = "CPU=1.0,Mem=0.25G,GRES/gpu=10.0"


def tres_of(nodes: int) -> dict[str, int]:
    """What so many nodes have."""
    return {"cpu": CPUS * nodes, "mem": MEMORY * nodes, "node": nodes, "gres/gpu": GPUS * nodes}


def configured(nodes: int, weights: str) -> str:
    """The same as scontrol prints it of a partition: cpu, mem, node, billing, gres."""
    have = tres_of(nodes)
    return (
        f"cpu={have['cpu']},mem={tres.memory(have['mem'])},node={nodes},billing={tres.billing(have, weights)},"
        f"gres/gpu={have['gres/gpu']}"
    )


def sizes() -> Mapping[str, int]:
    """The cpus of each node."""
    return dict.fromkeys(NODES, CPUS)


def hosts(names: Iterable[str]) -> str:
    """Node names as Slurm writes a list: ``node[1-2]``."""
    numbers = sorted(int(name.removeprefix("node")) for name in names)
    if len(numbers) > 1:
        return f"node[{numbers[0]}-{numbers[-1]}]"
    return f"node{numbers[0]}" if numbers else ""
