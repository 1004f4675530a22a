"""What is wrong with the base; GLAuth itself accepts most of it.

The rules come from what versions 2.4.0 and 2.5.1 then do.
"""

import ipaddress
import tomllib
from collections.abc import Iterator, Mapping

from agent.errors import ConfigError
from backends.glauth.base_records import check_records
from backends.glauth.base_tables import Table, folded, formats, table
from backends.glauth.base_types import check_types
from backends.glauth.sentinel import Sentinel

_SENTINEL = Sentinel()


def check_base(text: str, sentinel: Sentinel = _SENTINEL) -> tuple[str, ...]:
    """What is wrong with the base, each with its remedy; nothing when it can be used."""
    try:
        written = tomllib.loads(text)
        tables = folded(written)
    except (tomllib.TOMLDecodeError, ConfigError) as error:
        return (f"it is not valid: {error}",)
    return (
        *_spelling(written),
        *_continued(text, tables),
        *_server(tables),
        *_backend(tables),
        *_listeners(table(tables, "ldap"), table(tables, "ldaps")),
        *_certificates({name: table(tables, name) for name in ("ldap", "ldaps", "api")}),
        *check_types(tables),
        *check_records(tables, sentinel),
    )


def _spelling(written: Table) -> Iterator[str]:
    for key in written:
        kind = key.lower()
        if kind in {"users", "groups"} and key != kind:
            yield f"{key} beside the agent's own {kind} is two spellings, and GLAuth takes either; write [[{kind}]]"


def _continued(text: str, tables: Table) -> Iterator[str]:
    for kind in ("groups", "users"):
        try:
            tomllib.loads(f"{text}\n[[{kind}]]\n")
        except tomllib.TOMLDecodeError:
            if isinstance(tables.get(kind), list):
                yield f"{kind} is one list, which the agent's records cannot follow; write each as [[{kind}]]"


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
    if api.get("enabled") and not is_loopback(str(api.get("listen", ""))):
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


def _listeners(ldap: Table, ldaps: Table) -> Iterator[str]:
    if not ldap.get("enabled") and not ldaps.get("enabled", True):
        yield "neither [ldap] nor [ldaps] is enabled; GLAuth needs one"
    if ldap.get("tls"):
        yield "[ldap] tls (StartTLS) makes GLAuth 2.4 log the private key; write tls = false and use [ldaps]"
    if ldap.get("enabled") and not ldap.get("listen"):
        yield '[ldap] has no listen, and GLAuth does not start; write for instance listen = "127.0.0.1:3893"'
    if ldaps.get("enabled", True) and not all(ldaps.get(key) for key in ("listen", "cert", "key")):
        yield "[ldaps] is enabled unless it says enabled = false, and needs listen, cert and key; write them"


def _certificates(listeners: Mapping[str, Table]) -> Iterator[str]:
    for name, one in listeners.items():
        if "legacytls" in one:
            yield f"[{name}] legacytls is unknown to GLAuth 2.4, which then does not start; remove it"
        for key in ("cert", "key", "tlscert", "tlskey"):
            if "-----BEGIN" in str(one.get(key, "")):
                yield f"[{name}] {key} holds the PEM text itself; write the path of the file"
    if {"certpath", "keypath"} & set(listeners["ldaps"]):
        yield "[ldaps] certpath and keypath are unknown to GLAuth 2.4, which then does not start; write cert and key"


def is_loopback(listen: str) -> bool:
    """Whether nobody but this host reaches what listens there."""
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
