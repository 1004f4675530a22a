"""The site's own part of GLAuth's file: where it listens, its backend, its service accounts."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agent.errors import ConfigError

Table: TypeAlias = Mapping[str, Any]
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the agent needs to know of the base: how a user's DN is made, and whose names and ids are taken."""

    basedn: str
    nameformat: str
    user_names: frozenset[str]
    uids: frozenset[int]
    group_names: frozenset[str]
    gids: frozenset[int]

    def dn(self, name: str) -> str:
        """The DN a user of that name binds with; GLAuth does not ask for the group in it."""
        return f"{self.nameformat}={name},{self.basedn}"


def read_base(text: str) -> Base:
    """The base's facts. Raises ConfigError with everything ``check_base`` has to say."""
    if problems := check_base(text):
        raise ConfigError("the base of the GLAuth file cannot be used: " + "; ".join(problems))
    tables = _folded(tomllib.loads(text))
    users, groups = tables.get("users", []), tables.get("groups", [])
    return Base(
        basedn=tables["backend"]["basedn"],
        nameformat=_formats(tables["backend"], "nameformat", "cn,uid")[0],
        user_names=frozenset(str(user.get("name", "")) for user in users),
        uids=frozenset(user["uidnumber"] for user in users if "uidnumber" in user),
        group_names=frozenset(str(group.get("name", "")) for group in groups),
        gids=frozenset(group["gidnumber"] for group in groups if "gidnumber" in group),
    )


def check_base(text: str) -> tuple[str, ...]:
    """What is wrong with the base, each with its remedy; nothing when it can be used.

    GLAuth itself accepts most of it; the rules come from what versions 2.4.0 and 2.5.1 then do.
    """
    try:
        tables = tomllib.loads(text)
        folded = _folded(tables)
    except (tomllib.TOMLDecodeError, ConfigError) as error:
        return (f"it is not valid: {error}",)
    return (*_server(folded), *_backend(folded), *_listeners(folded), *_records(folded))


def _server(tables: Table) -> Iterator[str]:
    if tables.get("watchconfig") is not True:
        yield "watchconfig is not true, so that GLAuth would never read a new file; write watchconfig = true at the top"
    behaviors = _table(tables, "behaviors")
    if behaviors.get("limitfailedbinds"):
        yield "[behaviors] LimitFailedBinds crashes GLAuth and locks out whole hosts; write LimitFailedBinds = false"
    if behaviors.get("ignorecapabilities"):
        yield "[behaviors] IgnoreCapabilities lets every user read the directory; remove it"


def _backend(tables: Table) -> Iterator[str]:
    if "backends" in tables:
        yield "[[backends]] is not supported; write one [backend]"
    backend = _table(tables, "backend")
    if backend.get("datastore") != "config":
        yield '[backend] datastore is not "config", so that GLAuth would not read users from this file'
    if not isinstance(backend.get("basedn"), str) or "=" not in backend["basedn"]:
        yield '[backend] has no usable baseDN; write for instance baseDN = "dc=example,dc=org"'
    names, groups = _formats(backend, "nameformat", "cn,uid"), _formats(backend, "groupformat", "ou,cn")
    if "uid" not in names or any(part != part.strip().lower() for part in names):
        yield '[backend] nameformat must hold uid for SSSD, in lower case, without spaces; write nameformat = "cn,uid"'
    if "cn" not in groups:
        yield '[backend] groupformat must hold cn for SSSD; write groupformat = "ou,cn"'


def _listeners(tables: Table) -> Iterator[str]:
    ldap, ldaps = _table(tables, "ldap"), _table(tables, "ldaps")
    if not ldap.get("enabled") and not ldaps.get("enabled", True):
        yield "neither [ldap] nor [ldaps] is enabled; GLAuth needs one"
    if ldap.get("tls"):
        yield "[ldap] tls (StartTLS) makes GLAuth 2.4 log the private key; write tls = false and use [ldaps]"
    for name, table in (("ldap", ldap), ("ldaps", ldaps)):
        if "legacytls" in table:
            yield f"[{name}] legacytls is unknown to GLAuth 2.4, which then does not start; remove it"
        for key in ("cert", "key", "tlscert", "tlskey"):
            if "-----BEGIN" in str(table.get(key, "")):
                yield f"[{name}] {key} holds the PEM text itself; write the path of the file"
    if {"certpath", "keypath"} & set(ldaps):
        yield "[ldaps] certpath and keypath are unknown to GLAuth 2.4, which then does not start; write cert and key"


def _records(tables: Table) -> Iterator[str]:
    for kind in ("users", "groups"):
        records = tables.get(kind, [])
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            yield f"{kind} is not a list of tables; write each as [[{kind}]]"
            continue
        if any("unixid" in record for record in records):
            yield f"[[{kind}]] unixid means 0 to GLAuth 2.5; write uidnumber or gidnumber"
    for user in tables.get("users", []):
        if isinstance(user, dict) and not _has_password(user):
            yield (
                f"the user {user.get('name', '')!r} has no password, so that GLAuth before 2.5.1 takes any;"
                " write passsha256 (64 lower-case hex digits) or passbcrypt"
            )


def _has_password(user: Table) -> bool:
    digest = user.get("passsha256", "")
    if digest:
        return bool(_SHA256.fullmatch(str(digest))) and digest != _OF_NOTHING
    return bool(user.get("passbcrypt"))


def _formats(backend: Table, key: str, default: str) -> list[str]:
    return str(backend.get(key) or default).split(",")


def _table(tables: Table, name: str) -> Table:
    found = tables.get(name, {})
    return found if isinstance(found, dict) else {}


def _folded(value: Any) -> Any:  # noqa: ANN401 - any TOML value, and the same with other keys
    """The value with all keys in lower case, as GLAuth reads them. Raises ConfigError for a key written twice."""
    if isinstance(value, list):
        return [_folded(one) for one in value]
    if not isinstance(value, dict):
        return value
    folded = {key.lower(): _folded(one) for key, one in value.items()}
    if len(folded) != len(value):
        raise ConfigError(f"a key is written in two spellings among {', '.join(sorted(value))}; keep one")
    return folded
