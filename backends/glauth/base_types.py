"""Values of the base's users and groups of another type than GLAuth has there: it does not load such a file."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from backends.glauth.base_tables import Table, records


class Type(NamedTuple):
    """What a value must be, in words, and the test of it."""

    words: str
    holds: Callable[[object], bool]


Types: TypeAlias = Mapping[str, Type]


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _list_of(words: str, holds: Callable[[object], bool]) -> Type:
    return Type(f"a list of {words}", lambda value: isinstance(value, list) and all(map(holds, value)))


_TEXT = Type("a text in quotes", lambda value: isinstance(value, str))
_NUMBER = Type("a whole number", _is_number)
_TEXTS = _list_of("texts in quotes", _TEXT.holds)
_NUMBERS = _list_of("whole numbers", _is_number)
_TABLES = _list_of("tables", lambda value: isinstance(value, dict))

_OF_USERS: Types = MappingProxyType(
    {
        "name": _TEXT,
        "uidnumber": _NUMBER,
        "primarygroup": _NUMBER,
        "othergroups": _NUMBERS,
        "passsha256": _TEXT,
        "passbcrypt": _TEXT,
        "passappsha256": _TEXTS,
        "passappbcrypt": _TEXTS,
        "capabilities": _TABLES,
        "sshkeys": _TEXTS,
        "otpsecret": _TEXT,
        "yubikey": _TEXT,
        "disabled": Type("a true or a false", lambda value: isinstance(value, bool)),
        "mail": _TEXT,
        "loginshell": _TEXT,
        "givenname": _TEXT,
        "sn": _TEXT,
        "homedir": _TEXT,
    }
)
_OF_GROUPS: Types = MappingProxyType({"name": _TEXT, "gidnumber": _NUMBER})


def check_types(tables: Table) -> Iterator[str]:
    """What has another type, each with its remedy; values are not repeated, as one may be a password."""
    for kind, types in (("users", _OF_USERS), ("groups", _OF_GROUPS)):
        for record in records(tables, kind):
            for key, type_ in types.items():
                if key in record and not type_.holds(record[key]):
                    yield f"[[{kind}]] {record.get('name', '')!r}: {key} is not {type_.words}; write it as one"
