"""What an order's amounts mean in Slurm: limit = ordered times factor, for the account and for each member."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias, TypeVar

from agent.core.model.cluster import Account, Association, Qos
from agent.core.model.marketplace import Component
from agent.core.policy import ComponentRule, LimitKind, OfferingPolicy

L = TypeVar("L", Account, Association, Qos)

LimitName: TypeAlias = tuple[str, str]
"""A field of ``Limits`` (or ``fairshare``) and its TRES, "" for a limit that is a number."""

LARGEST = 2**63 - 1
"""Slurm keeps limits as 64-bit numbers and gives the highest ones a meaning of their own."""
LARGEST_MEMORY = 2**53 - 1
"""Slurm shows a memory limit by way of a double: a larger one could not be read back (docs/slurm.md)."""
LARGEST_NUMBER = 2**31 - 1
"""Numbers of jobs, wall times and shares are 32-bit numbers."""

FIELDS: Mapping[LimitKind, str] = {
    LimitKind.GRP_TRES_MINS: "grp_tres_mins",
    LimitKind.GRP_TRES: "grp_tres",
    LimitKind.GRP_TRES_RUN_MINS: "grp_tres_run_mins",
    LimitKind.MAX_TRES: "max_tres",
    LimitKind.GRP_JOBS: "grp_jobs",
    LimitKind.GRP_SUBMIT: "grp_submit_jobs",
    LimitKind.GRP_WALL: "grp_wall",
    LimitKind.FAIRSHARE: "fairshare",
}
SLURM_WORDS: Mapping[str, str] = {
    "grp_tres_mins": "GrpTRESMins",
    "grp_tres": "GrpTRES",
    "grp_tres_run_mins": "GrpTRESRunMins",
    "max_tres": "MaxTRES",
    "grp_jobs": "GrpJobs",
    "grp_submit_jobs": "GrpSubmitJobs",
    "grp_wall": "GrpWall",
    "max_submit_jobs": "MaxSubmitJobs",
    "fairshare": "Fairshare",
}
"""Each limit's field and what Slurm calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLimits:
    """What amounts mean in Slurm, for the account and for each of its members.

    ``managed`` and ``managed_per_user``: every limit the settings speak of; one that is not in ``account`` or ``user``
    is to be cleared. ``unmapped``: components the settings do not name; they are shown and never sent.
    ``refused``: why the limits cannot be set at all ("" when they can), in words for the customer.
    """

    account: Mapping[LimitName, int] = field(default_factory=dict)
    user: Mapping[LimitName, int] = field(default_factory=dict)
    managed: frozenset[LimitName] = frozenset()
    managed_per_user: frozenset[LimitName] = frozenset()
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


def ordered_limits(
    policy: OfferingPolicy, components: Iterable[Component], amounts: Mapping[str, int], months: int = 1
) -> OrderedLimits:
    """The Slurm limits of what was ordered, component → marketplace units; prepaid amounts count for ``months``."""
    sold = tuple(components)
    known, prepaid = factors(policy, sold), {component.type for component in sold if component.prepaid}
    found: tuple[dict[LimitName, int], dict[LimitName, int]] = ({}, {})
    for name, amount in amounts.items():
        rule = policy.components.get(name)
        if rule is not None and name in known:
            total = rule.limit in {LimitKind.GRP_TRES_MINS, LimitKind.GRP_WALL}
            times = months if rule.prepaid or (total and name in prepaid) else 1
            found[rule.per_user].update(_limits_of(rule, amount * times, known[name]))
    account, user = found
    return OrderedLimits(
        account=account,
        user=user,
        managed=_managed(policy, per_user=False),
        managed_per_user=_managed(policy, per_user=True),
        unmapped=tuple(sorted(set(amounts) - set(policy.components))),
        refused=_refusal(amounts, {**account, **user}),
    )


def limits_of(item: Account | Association | Qos) -> dict[LimitName, int]:
    """Every limit that is set, fairshare and MaxSubmitJobs among them."""
    return dict(_set(item))


def with_limits(item: L, limits: Mapping[LimitName, int], managed: Iterable[LimitName]) -> L:
    """``item`` with the managed limits exactly as given: what is not given is cleared, what is not managed stays."""
    cleared = frozenset(managed)
    if not limits and not cleared:
        return item
    kept = {name: value for name, value in limits_of(item).items() if name not in cleared}
    wanted = {**kept, **limits}
    values: dict[str, Any] = {}
    for name in _limit_fields(item):
        if name in _TRES_FIELDS:
            values[name] = {tres: value for (field_name, tres), value in wanted.items() if field_name == name}
        else:
            values[name] = wanted.get((name, ""))
    return replace(item, **values)


def shown_limits(limits: Mapping[LimitName, int]) -> str:
    """Limits for a person, in Slurm's words: ``GrpJobs=5 GrpTRESMins=cpu=600,mem=10``."""
    words: dict[str, list[str]] = {}
    for (name, tres), value in sorted(limits.items()):
        words.setdefault(SLURM_WORDS[name], []).append(f"{tres}={value}" if tres else str(value))
    return " ".join(f"{word}={','.join(values)}" for word, values in words.items())


_TRES_FIELDS = frozenset(FIELDS[kind] for kind in FIELDS if kind.of_tres)


def _limit_fields(item: Account | Association | Qos) -> list[str]:
    return [one.name for one in fields(item) if one.name in SLURM_WORDS]


def _set(item: Account | Association | Qos) -> Iterator[tuple[LimitName, int]]:
    for name in _limit_fields(item):
        value = getattr(item, name)
        if name in _TRES_FIELDS:
            yield from (((name, tres), amount) for tres, amount in value.items())
        elif value is not None:
            yield (name, ""), value


def _limits_of(rule: ComponentRule, amount: int, factor: int) -> dict[LimitName, int]:
    name = FIELDS.get(rule.limit)
    if name is None:
        return {}
    if not rule.limit.of_tres:
        return {(name, ""): amount * factor}
    return {(name, tres): amount * times for tres, times in {rule.tres: factor, **rule.also}.items()}


def _managed(policy: OfferingPolicy, *, per_user: bool) -> frozenset[LimitName]:
    rules = [rule for rule in policy.components.values() if rule.per_user is per_user]
    return frozenset(name for rule in rules for name in _limits_of(rule, 1, 1))


def _factor(rule: ComponentRule, served: int | None) -> int | None:
    if rule.factor is not None:
        return rule.factor
    return served if rule.limit.of_tres or rule.limit is LimitKind.NONE else served or 1


def _refusal(amounts: Mapping[str, int], limits: Mapping[LimitName, int]) -> str:
    negative = sorted(name for name, amount in amounts.items() if amount < 0)
    if negative:
        return f"the limit of {', '.join(negative)} is negative"
    huge = sorted({tres or SLURM_WORDS[name] for (name, tres), value in limits.items() if value > _largest(name, tres)})
    return f"the limit of {', '.join(huge)} is larger than Slurm can hold" if huge else ""


def _largest(name: str, tres: str) -> int:
    if name not in _TRES_FIELDS:
        return LARGEST_NUMBER
    return LARGEST_MEMORY if tres == "mem" else LARGEST
