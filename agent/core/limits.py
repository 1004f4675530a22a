"""Ordered limits in Slurm's units: limit = ordered times factor, in TRES-minutes (mem: MiB-minutes)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.model.marketplace import Component
from agent.core.policy import ComponentRule, OfferingPolicy

LARGEST = 2**63 - 1
"""Slurm keeps limits as 64-bit numbers and gives the highest ones a meaning of their own."""
LARGEST_MEMORY = 2**53 - 1
"""Slurm shows a memory limit by way of a double: a larger one could not be read back (docs/slurm.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an order's limits mean in Slurm.

    ``grp_tres_mins``: TRES → minutes. ``unmapped``: components the settings do not name; they are shown and never sent.
    ``refused``: why the limits cannot be set at all ("" when they can), in words for the customer.
    """

    grp_tres_mins: Mapping[str, int]
    unmapped: tuple[str, ...] = ()
    refused: str = ""


def factors(policy: OfferingPolicy, components: Iterable[Component]) -> dict[str, int]:
    """Component → factor: from the settings, else the server's ``unit_factor``; components without one are left out."""
    served = {component.type: component.unit_factor for component in components}
    found = {name: _factor(rule, served.get(name)) for name, rule in policy.components.items()}
    return {name: factor for name, factor in found.items() if factor and factor > 0}


def without_factor(policy: OfferingPolicy, components: Iterable[Component]) -> tuple[str, ...]:
    """The components of the settings that have a factor nowhere: a configuration that cannot be used."""
    return tuple(sorted(set(policy.components) - set(factors(policy, components))))


def limits(policy: OfferingPolicy, components: Iterable[Component], ordered: Mapping[str, int]) -> Limits:
    """The Slurm limits of what was ordered, component → marketplace units."""
    known = factors(policy, components)
    minutes = {policy.components[name].tres: amount * known[name] for name, amount in ordered.items() if name in known}
    return Limits(
        grp_tres_mins=minutes,
        unmapped=tuple(sorted(set(ordered) - set(policy.components))),
        refused=_refusal(ordered, minutes),
    )


def _factor(rule: ComponentRule, served: int | None) -> int | None:
    return rule.factor if rule.factor is not None else served


def _refusal(ordered: Mapping[str, int], minutes: Mapping[str, int]) -> str:
    negative = sorted(name for name, amount in ordered.items() if amount < 0)
    if negative:
        return f"the limit of {', '.join(negative)} is negative"
    huge = sorted(tres for tres, value in minutes.items() if value > (LARGEST_MEMORY if tres == "mem" else LARGEST))
    return f"the limit of {', '.join(huge)} is larger than Slurm can hold" if huge else ""
