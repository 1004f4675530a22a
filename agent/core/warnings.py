"""What makes an ordered limit untrue: warnings that name the slurm.conf line (docs/slurm.md)."""

from collections.abc import Iterable, Mapping, Sequence

from agent.core.model.cluster import ClusterFacts
from agent.core.model.marketplace import Offering
from agent.core.periods import untrue
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, OfferingSnapshot, Section, value_or


def cluster_warnings(
    facts: Section[ClusterFacts], policies: Sequence[OfferingPolicy], offerings: Mapping[str, OfferingSnapshot]
) -> tuple[str, ...]:
    """A line for each setting of slurm.conf that makes limits not bite, bite too hard, or refill by themselves."""
    if isinstance(facts, Missing):
        return ()
    config = facts.value.config
    found = [*_enforcement(config)]
    for policy in policies:
        offering: Offering | None = value_or(offerings[policy.uuid].offering, None)
        if offering is not None:
            found += untrue(policy, offering, config)
    return tuple(dict.fromkeys(found))


def _enforcement(config: Mapping[str, str]) -> Iterable[str]:
    enforced = {word.strip().lower() for word in config.get("AccountingStorageEnforce", "").split(",")}
    if "limits" not in enforced and "all" not in enforced:
        yield (
            "no limit is enforced: slurm.conf has AccountingStorageEnforce="
            f"{config.get('AccountingStorageEnforce', '') or 'none'}, it needs limits (and safe)"
        )
    elif "safe" not in enforced and "all" not in enforced:
        yield "jobs start that will be killed at their limit: slurm.conf needs safe in AccountingStorageEnforce"
