"""What two entries of the file cannot both say.

The file is looked at as it is, so that a conflict is told beside other problems.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from agent.settings.component_conflicts import component_conflicts
from agent.settings.glauth_conflicts import glauth_conflicts
from agent.settings.identity_conflicts import identity_conflicts
from agent.settings.offering_conflicts import offering_conflicts
from agent.settings.user_conflicts import user_conflicts

Location: TypeAlias = tuple[str | int, ...]


def conflicts(data: Mapping[str, object]) -> Iterator[tuple[Location, str]]:
    """Each conflict as the key that cannot stand beside another, and what to do."""
    rows = data.get("offerings")
    offerings = [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
    yield from _same_offering(offerings)
    yield from glauth_conflicts(data)
    yield from identity_conflicts(data, offerings)
    for index, offering in enumerate(offerings):
        for where, text in (
            *offering_conflicts(offering),
            *user_conflicts(offering),
            *component_conflicts(offering),
        ):
            yield ("offerings", index, *where), text


def _same_offering(offerings: list[dict[str, object]]) -> Iterator[tuple[Location, str]]:
    first: dict[str, int] = {}
    for index, offering in enumerate(offerings):
        uuid = str(offering.get("uuid", f"missing {index}")).replace("-", "").lower()
        earlier = first.setdefault(uuid, index)
        if earlier != index:
            yield ("offerings", index, "uuid"), f"is the offering of offerings[{earlier}] again; keep one of the two"
