"""Accounting rows to the figures of one account: per component, and per component and user."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.core.model.cluster import UsageRow
from agent.core.policy import ComponentRule
from agent.core.usage.rounding import amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Month-to-date totals in the components' units. ``users``: (component, username) → amount, none of them zero."""

    totals: Mapping[str, Decimal]
    users: Mapping[tuple[str, str], Decimal]


def figures(rows: Iterable[UsageRow], components: Mapping[str, ComponentRule], factors: Mapping[str, int]) -> Figures:
    """The figures of one account's rows. The total is rounded from the whole sum, not summed from rounded parts.

    Only components that are billed by TRES-minutes have figures.
    """
    components = {name: rule for name, rule in components.items() if rule.billed}
    seconds: dict[tuple[str, str], int] = {}
    for row in rows:
        for name, rule in components.items():
            used = row.tres_seconds.get(rule.tres, 0)
            if used:
                seconds[name, row.user] = seconds.get((name, row.user), 0) + used
    whole = {name: sum(value for (component, _), value in seconds.items() if component == name) for name in components}
    users = {key: amount(value, factors[key[0]]) for key, value in seconds.items() if key[0] in factors}
    return Figures(
        totals={name: amount(value, factors[name]) for name, value in whole.items() if name in factors},
        users={key: value for key, value in users.items() if value},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A figure that fell below what was told already: never lowered without a person's word."""

    component: str
    user: str
    told: Decimal
    now: Decimal


def news(figure: Figures, told: Mapping[tuple[str, str], Decimal]) -> tuple[Figures | None, tuple[Unsent, ...]]:
    """What must be sent, and what must not. ``told``: (component, username or "") → the amount told this month.

    Totals go together, all components in one call, whenever one of them changed (an older server forgets the rest);
    None when nothing changed. A figure that fell keeps its told value.
    """
    now = {**{(name, ""): value for name, value in figure.totals.items()}, **figure.users}
    fell = tuple(
        Unsent(component=key[0], user=key[1], told=told[key], now=now.get(key, Decimal(0)))
        for key in sorted(told)
        if now.get(key, Decimal(0)) < told[key]
    )
    totals = {name: max(value, told.get((name, ""), value)) for name, value in figure.totals.items()}
    users = {key: value for key, value in figure.users.items() if value > told.get(key, Decimal(0))}
    changed = any(value != told.get((name, ""), Decimal(0)) for name, value in totals.items())
    if not changed and not users:
        return None, fell
    return Figures(totals=totals if changed else {}, users=users), fell
