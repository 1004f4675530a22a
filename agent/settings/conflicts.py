"""What two entries of the file cannot both say.

The file is looked at as it is, so that a conflict is told beside other problems.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

Location: TypeAlias = tuple[str | int, ...]


def conflicts(data: Mapping[str, object]) -> Iterator[tuple[Location, str]]:
    """Each conflict as the key that repeats another, and what to do."""
    rows = data.get("offerings")
    offerings = [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
    yield from _same_offering(offerings)
    for index, offering in enumerate(offerings):
        components = offering.get("components")
        if isinstance(components, dict):
            yield from _same_tres(index, components)


def _same_offering(offerings: list[dict[str, object]]) -> Iterator[tuple[Location, str]]:
    first: dict[str, int] = {}
    for index, offering in enumerate(offerings):
        uuid = str(offering.get("uuid", f"missing {index}")).replace("-", "").lower()
        earlier = first.setdefault(uuid, index)
        if earlier != index:
            yield ("offerings", index, "uuid"), f"is the offering of offerings[{earlier}] again; keep one of the two"


def _same_tres(index: int, components: dict[str, object]) -> Iterator[tuple[Location, str]]:
    first: dict[str, str] = {}
    for type_, component in components.items():
        tres = component.get("tres") if isinstance(component, dict) else None
        if isinstance(tres, str) and (earlier := first.setdefault(tres, type_)) != type_:
            where = ("offerings", index, "components", type_, "tres")
            yield where, f"{tres!r} has the limit of component {earlier!r} already; give each component its own TRES"
