"""Totals over a month, quarter, year or for good: who makes Slurm's count begin anew, and when that cannot be kept."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from agent.core.model.marketplace import Component, Offering
from agent.core.policy import LimitKind, OfferingPolicy

RESETS: Mapping[str, str] = {"month": "MONTHLY", "quarterly": "QUARTERLY", "annual": "YEARLY"}
"""The marketplace's ``limit_period`` → the word of PriorityUsageResetPeriod."""
NEVER = frozenset({"NONE", "", "(NULL)"})


def limited(policy: OfferingPolicy, offering: Offering) -> list[Component]:
    """The components whose ordered total Slurm counts."""
    rules = policy.components
    return [
        part
        for part in offering.components
        if part.type in rules and rules[part.type].limit is LimitKind.GRP_TRES_MINS and part.billing_type == "limit"
    ]


def periods(policy: OfferingPolicy, offering: Offering) -> list[str]:
    """The different periods of the offering's totals; "" is for good."""
    named = [part.limit_period or "" for part in limited(policy, offering)]
    return sorted({period if period in RESETS else "" for period in named})


def reset_by_agent(policy: OfferingPolicy, offering: Offering, config: Mapping[str, str]) -> str:
    """The period after which the agent itself begins the count anew; "" when Slurm does, or nobody may.

    On a QOS nothing decays and nothing is reset by Slurm. On an account the agent does it only where Slurm does not.
    """
    found = periods(policy, offering)
    if len(found) != 1 or not found[0]:
        return ""
    if policy.limits_on == "qos":
        return found[0]
    return found[0] if config.get("PriorityUsageResetPeriod", "").upper() in NEVER else ""


def period_of(at: float, period: str) -> str:
    """The period of a moment by name: ``2026-11``, ``2026-q4``, ``2026``. Periods are UTC."""
    moment = datetime.fromtimestamp(at, UTC)
    if period == "annual":
        return f"{moment.year}"
    if period == "quarterly":
        return f"{moment.year}-q{(moment.month + 2) // 3}"
    return f"{moment.year}-{moment.month:02}"


def over(before: str, now: str) -> bool:
    """Whether one period had ended when the other begins; other settings of periods make no new one begin."""
    return _months(now).start >= _months(before).stop


def another_length(before: str, now: str) -> bool:
    """Whether one is a month, say, and the other a quarter."""
    return len(_months(before)) != len(_months(now))


def _months(period: str) -> range:
    """The months of a period, counted from year 0."""
    year, _, part = period.partition("-")
    january = int(year) * 12
    if not part:
        return range(january, january + 12)
    if part.startswith("q"):
        first = january + 3 * (int(part[1:]) - 1)
        return range(first, first + 3)
    return range(january + int(part) - 1, january + int(part))


def untrue(policy: OfferingPolicy, offering: Offering, config: Mapping[str, str]) -> Iterable[str]:
    """Why an ordered total cannot be kept true, naming the line of slurm.conf or of the settings that would mend it."""
    found = periods(policy, offering)
    if not found:
        return
    if len(found) > 1:
        names = ", ".join(RESETS.get(one, "for good").lower() for one in found)
        yield (
            f"offering {policy.name}: totals of different periods ({names}) cannot be kept in one account: Slurm counts"
            " all TRES of it together; give their components one limit_period"
        )
    if policy.limits_on == "qos":
        return
    decay = config.get("PriorityDecayHalfLife", "0")
    if not _is_zero(decay):
        yield (
            f"totals refill by themselves: slurm.conf has PriorityDecayHalfLife={decay}, the limits of an allocation"
            ' need PriorityDecayHalfLife=0, or limits_on = "qos" in the settings'
        )
    reset = config.get("PriorityUsageResetPeriod", "NONE").upper()
    for part in limited(policy, offering):
        wanted = RESETS.get(part.limit_period or "", "NONE")
        needs = "NONE" if wanted == "NONE" else f"{wanted} or NONE"
        if reset not in NEVER and wanted != reset:
            yield (
                f"the limit of component {part.type} counts per {part.limit_period or 'allocation'}: slurm.conf has"
                f" PriorityUsageResetPeriod={reset}, it needs {needs}"
            )


def _is_zero(duration: str) -> bool:
    return not any(digit in "123456789" for digit in duration)
