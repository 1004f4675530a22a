"""What is wrong with the base; GLAuth itself accepts most of it.

The rules come from what versions 2.4.0 and 2.5.1 then do.
"""

import ipaddress
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from agent.errors import ConfigError
from backends.glauth.base_tables import Table, folded, formats, records, table
from backends.glauth.base_types import check_types
from backends.glauth.sentinel import Sentinel

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_SENTINEL = Sentinel()


def check_base(text: str, sentinel: Sentinel = _SENTINEL) -> tuple[str, ...]:
    """What is wrong with the base, each with its remedy; nothing when it can be used."""
    try:
        tables = folded(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ConfigError) as error:
        return (f"it is not valid: {error}",)
    return (
        *_server(tables),
        *_backend(tables),
        *_listeners(tables),
        *_records(tables),
        *check_types(tables),
        *_groups(tables),
        *_users(tables),
        *_sentinel(tables, sentinel),
    )


def _server(tables: Table) -> Iterator[str]:
    if tables.get("watchconfig") is not True:
        yield "watchconfig is not true, so that GLAuth would never read a new file; write watchconfig = true at the top"
    behaviors = table(tables, "behaviors")
    if behaviors.get("limitfailedbinds"):
        yield "[behaviors] LimitFailedBinds crashes GLAuth and locks out whole hosts; write LimitFailedBinds = false"
    if behaviors.get("ignorecapabilities"):
        yield "[behaviors] IgnoreCapabilities lets every user read the directory; remove it"
    if "frontend" in tables:
        yield "[frontend] is of an older GLAuth; write [ldap] and [ldaps]"
    api = table(tables, "api")
    if api.get("enabled") and not _loopback(str(api.get("listen", ""))):
        yield '[api] shows its pages to whoever asks; write enabled = false, or listen = "127.0.0.1:5555"'


def _backend(tables: Table) -> Iterator[str]:
    if "backends" in tables:
        yield "[[backends]] is not supported; write one [backend]"
    backend = table(tables, "backend")
    if backend.get("datastore") != "config":
        yield '[backend] datastore is not "config", so that GLAuth would not read users from this file'
    if not isinstance(backend.get("basedn"), str) or "=" not in backend["basedn"]:
        yield '[backend] has no usable baseDN; write for instance baseDN = "dc=example,dc=org"'
    names, groups = formats(backend, "nameformat", "cn,uid"), formats(backend, "groupformat", "ou,cn")
    if "uid" not in names or not _plain(names):
        yield '[backend] nameformat must hold uid for SSSD, in lower case, without spaces; write nameformat = "cn,uid"'
    if "cn" not in groups or not _plain(groups):
        yield '[backend] groupformat must hold cn for SSSD, in lower case, without spaces; write groupformat = "ou,cn"'


def _plain(parts: list[str]) -> bool:
    return all(part == part.strip().lower() for part in parts)


def _listeners(tables: Table) -> Iterator[str]:
    ldap, ldaps = table(tables, "ldap"), table(tables, "ldaps")
    if not ldap.get("enabled") and not ldaps.get("enabled", True):
        yield "neither [ldap] nor [ldaps] is enabled; GLAuth needs one"
    if ldap.get("tls"):
        yield "[ldap] tls (StartTLS) makes GLAuth 2.4 log the private key; write tls = false and use [ldaps]"
    if ldap.get("enabled") and not ldap.get("listen"):
        yield '[ldap] has no listen, and GLAuth does not start; write for instance listen = "127.0.0.1:3893"'
    if ldaps.get("enabled", True) and not all(ldaps.get(key) for key in ("listen", "cert", "key")):
        yield "[ldaps] is enabled unless it says enabled = false, and needs listen, cert and key; write them"
    for name, one in (("ldap", ldap), ("ldaps", ldaps), ("api", table(tables, "api"))):
        if "legacytls" in one:
            yield f"[{name}] legacytls is unknown to GLAuth 2.4, which then does not start; remove it"
        for key in ("cert", "key", "tlscert", "tlskey"):
            if "-----BEGIN" in str(one.get(key, "")):
                yield f"[{name}] {key} holds the PEM text itself; write the path of the file"
    if {"certpath", "keypath"} & set(ldaps):
        yield "[ldaps] certpath and keypath are unknown to GLAuth 2.4, which then does not start; write cert and key"


def _records(tables: Table) -> Iterator[str]:
    for kind, number in (("users", "uidnumber"), ("groups", "gidnumber")):
        found = tables.get(kind, [])
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            yield f"{kind} is not a list of tables; write each as [[{kind}]]"
            continue
        if any("unixid" in record for record in found):
            yield f"[[{kind}]] unixid means 0 to GLAuth 2.5; write uidnumber or gidnumber"
        for record in found:
            value = record.get(number, 0)
            if "unixid" not in record and not (isinstance(value, int) and value > 0):
                yield f"[[{kind}]] {record.get('name', '')!r} has no {number}, which makes it 0, root's; write one"
        names = Counter(str(record.get("name", "")).lower() for record in found)
        for name in (name for name, times in names.items() if times > 1 or not name):
            yield f"[[{kind}]] name {name!r} is written {names[name]} times; each needs one of its own"


def _groups(tables: Table) -> Iterator[str]:
    if any("includegroups" in group for group in records(tables, "groups")):
        yield "[[groups]] includegroups in a circle ends GLAuth at the next search; write othergroups for each user"


def _users(tables: Table) -> Iterator[str]:
    for user in records(tables, "users"):
        if not _has_password(user):
            yield (
                f"the user {user.get('name', '')!r} has no password, so that GLAuth before 2.5.1 takes any;"
                " write passsha256 (64 lower-case hex digits) or passbcrypt"
            )


def _has_password(user: Table) -> bool:
    """Whether a password is asked of the user, each of its digests being one of something."""
    digest, of_programs = user.get("passsha256", ""), user.get("passappsha256", [])
    digests = [*([digest] if digest else []), *(of_programs if isinstance(of_programs, list) else [of_programs])]
    good = all(_SHA256.fullmatch(str(one)) and one != _OF_NOTHING for one in digests)
    return good and bool(digest or user.get("passbcrypt"))


def _sentinel(tables: Table, sentinel: Sentinel) -> Iterator[str]:
    for kind, number in (("users", "uidnumber"), ("groups", "gidnumber")):
        for record in records(tables, kind):
            if str(record.get("name", "")).lower() == sentinel.name or record.get(number) == sentinel.number:
                yield (
                    f"[[{kind}]] {record.get('name', '')!r} has the name {sentinel.name} or the {number}"
                    f" {sentinel.number}, which the agent's own probe needs; write another"
                )


def _loopback(listen: str) -> bool:
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
