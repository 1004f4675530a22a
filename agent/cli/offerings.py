"""The ``--offering`` option: which of the configured offerings a command is about."""

from collections.abc import Sequence

import typer

from agent.core.policy import OfferingPolicy


def chosen(policies: Sequence[OfferingPolicy], wanted: Sequence[str]) -> tuple[OfferingPolicy, ...]:
    """The policies named by UUID (with or without dashes), all when none is named. Raises BadParameter."""
    uuids = [name.replace("-", "").lower() for name in wanted]
    unknown = sorted(set(uuids) - {policy.uuid for policy in policies})
    if unknown:
        known = ", ".join(policy.uuid for policy in policies)
        raise typer.BadParameter(
            f"{unknown[0]} is no offering of the settings; there are {known}", param_hint="--offering"
        )
    return tuple(policy for policy in policies if not uuids or policy.uuid in uuids)
