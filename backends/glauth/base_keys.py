"""The keys of GLAuth's file with the types they have in its source, 2.4.0; a key that is not here is read by nobody."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias


class Type(NamedTuple):
    """What a value must be, in words, and the test of it."""

    words: str
    holds: Callable[[object], bool]


Types: TypeAlias = Mapping[str, Type]

_DURATION = re.compile(r"([0-9]{1,6}(\.[0-9]{1,9})?(ns|us|ms|s|m|h))+")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_duration(value: object) -> bool:
    return _is_number(value) or (isinstance(value, str) and _DURATION.fullmatch(value) is not None)


def _is_capability(value: object) -> bool:
    return isinstance(value, dict) and all(_is_text(value.get(key, "")) for key in ("action", "object"))


def _list_of(words: str, holds: Callable[[object], bool]) -> Type:
    return Type(f"a list of {words}", lambda value: isinstance(value, list) and all(map(holds, value)))


_TEXT = Type("a text in quotes", _is_text)
_NUMBER = Type("a whole number", _is_number)
_FLAG = Type("a true or a false", lambda value: isinstance(value, bool))
_DURATIONS = Type('a whole number or a text such as "10s"', _is_duration)
_TABLE = Type("a table", lambda value: isinstance(value, dict))
_TEXTS = _list_of("texts in quotes", _is_text)
_NUMBERS = _list_of("whole numbers", _is_number)
_CAPABILITIES = _list_of("tables with texts as action and object", _is_capability)


def _types(keys: Mapping[Type, str]) -> Types:
    return MappingProxyType({key: type_ for type_, names in keys.items() for key in names.split()})


OF_THE_TOP = _types(
    {
        _FLAG: "debug syslog structuredlog watchconfig",
        _TEXT: "yubikeyclientid yubikeysecret configfile awsaccesskeyid awssecretaccesskey awsregion",
        _TABLE: "ldap ldaps backend behaviors api helper tracing",
    }
)
OF_TABLES: Mapping[str, Types] = MappingProxyType(
    {
        "ldap": _types({_FLAG: "enabled tls", _TEXT: "listen tlscert tlskey tlscertpath tlskeypath"}),
        "ldaps": _types({_FLAG: "enabled", _TEXT: "listen cert key"}),
        "backend": _types(
            {
                _TEXT: "basedn datastore nameformat groupformat sshkeyattr plugin pluginhandler database"
                " groupwithsearchcapability",
                _FLAG: "insecure usegraphapi anonymousdse",
                _TEXTS: "servers nameformatasarray groupformatasarray",
            }
        ),
        "behaviors": _types(
            {
                _FLAG: "ignorecapabilities limitfailedbinds",
                _NUMBER: "numberoffailedbinds legacyversion",
                _DURATIONS: "periodoffailedbinds blockfailedbindsfor prunesourcetableevery prunesourcesolderthan",
            }
        ),
        "api": _types({_FLAG: "enabled internals tls", _TEXT: "listen cert key secrettoken"}),
        "helper": _types({_FLAG: "enabled", _TEXT: "basedn datastore plugin pluginhandler database"}),
        "tracing": _types({_FLAG: "enabled", _TEXT: "grpcendpoint httpendpoint"}),
    }
)
OF_RECORDS: Mapping[str, Types] = MappingProxyType(
    {
        "users": _types(
            {
                _TEXT: "name passsha256 passbcrypt otpsecret yubikey mail loginshell givenname sn homedir",
                _NUMBER: "uidnumber primarygroup",
                _NUMBERS: "othergroups",
                _TEXTS: "passappsha256 passappbcrypt sshkeys",
                _FLAG: "disabled",
                _CAPABILITIES: "capabilities",
            }
        ),
        "groups": _types({_TEXT: "name", _NUMBER: "gidnumber", _CAPABILITIES: "capabilities"}),
    }
)
