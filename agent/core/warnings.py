"""What makes an ordered limit untrue: warnings that name the slurm.conf line (docs/slurm.md)."""

from collections.abc import Iterable, Mapping, Sequence

from agent.core.model.cluster import ClusterFacts
from agent.core.model.marketplace import Offering
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, OfferingSnapshot, Section, value_or

_RESETS = {"month": "MONTHLY", "quarterly": "QUARTERLY", "annual": "YEARLY"}
_NEVER = frozenset({"NONE", "", "(NULL)"})


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
            found += _period(config, policy, offering)
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


def _period(config: Mapping[str, str], policy: OfferingPolicy, offering: Offering) -> Iterable[str]:
    """Slurm has one reset and one decay for everything; a component's period has to be that one."""
    reset = config.get("PriorityUsageResetPeriod", "NONE").upper()
    decay = config.get("PriorityDecayHalfLife", "0")
    limited = [part for part in offering.components if part.type in policy.components and part.billing_type == "limit"]
    if limited and not _is_zero(decay):
        yield (
            f"totals refill by themselves: slurm.conf has PriorityDecayHalfLife={decay}, "
            "the limits of an allocation need PriorityDecayHalfLife=0"
        )
    for part in limited:
        wanted = _RESETS.get(part.limit_period or "", "NONE")
        if not (wanted == reset or (wanted == "NONE" and reset in _NEVER)):
            yield (
                f"the limit of component {part.type} counts per {part.limit_period or 'allocation'}: "
                f"slurm.conf has PriorityUsageResetPeriod={reset}, it needs {wanted}"
            )


def _is_zero(duration: str) -> bool:
    return not any(digit in "123456789" for digit in duration)
