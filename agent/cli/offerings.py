"""The ``--offering`` option: which of the configured offerings a command is about."""

from collections.abc import Sequence

from agent.core.policy import OfferingPolicy
from agent.errors import ConfigError


def chosen(policies: Sequence[OfferingPolicy], wanted: Sequence[str]) -> tuple[OfferingPolicy, ...]:
    """The policies named by UUID (with or without dashes), all when none is named. Raises ConfigError."""
    uuids = [name.replace("-", "").lower() for name in wanted]
    unknown = sorted(set(uuids) - {policy.uuid for policy in policies})
    if unknown:
        known = ", ".join(policy.uuid for policy in policies)
        raise ConfigError(f"--offering {unknown[0]}: no such offering in the settings; there are {known}")
    return tuple(policy for policy in policies if not uuids or policy.uuid in uuids)
