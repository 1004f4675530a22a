"""Values of the base of another type than GLAuth has there: it does not load such a file."""

from collections.abc import Iterator

from backends.glauth.base_keys import OF_RECORDS, OF_TABLES, OF_THE_TOP, Types
from backends.glauth.base_tables import Table, records, table

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def check_types(tables: Table) -> Iterator[str]:
    """What has another type, each with its remedy; values are not repeated, as one may be a password."""
    yield from _others(tables, OF_THE_TOP, "")
    for name, types in OF_TABLES.items():
        yield from _others(table(tables, name), types, f"[{name}] ")
    for kind, types in OF_RECORDS.items():
        for record in records(tables, kind):
            yield from _others(record, types, f"[[{kind}]] {record.get('name', '')!r}: ")
    yield from (f"{key} is beyond 64 bits; write a smaller number" for key in _too_large(tables, ""))


def _others(found: Table, types: Types, where: str) -> Iterator[str]:
    for key, type_ in types.items():
        if key in found and not type_.holds(found[key]):
            yield f"{where}{key} is not {type_.words}; write it as one"


def _too_large(value: object, key: str) -> Iterator[str]:
    """The keys of whole numbers that no program in Go can hold, whatever they are for."""
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _too_large(one, inner)
    elif isinstance(value, list):
        for one in value:
            yield from _too_large(one, key)
    elif isinstance(value, int) and not _LOWEST <= value <= _HIGHEST:
        yield key
