"""The site's own part of GLAuth's file: where it listens, its backend, its service accounts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agent.errors import ConfigError
from agent.templates import render
from backends.glauth.base_check import check_base
from backends.glauth.base_tables import Table, folded, formats, records

TEMPLATE_SUFFIX = ".j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the agent needs to know of the base: how DNs are made, and whose names and ids are taken.

    ``members`` maps each user of the base to its gids, the primary one first; ``groups`` each gid to its group's name;
    ``mails`` are in lower case.
    """

    basedn: str
    nameformat: str
    groupformat: str
    sshkeyattr: str
    user_names: frozenset[str]
    uids: frozenset[int]
    groups: Mapping[int, str]
    members: Mapping[str, tuple[int, ...]]
    mails: frozenset[str] = frozenset()

    @property
    def group_names(self) -> frozenset[str]:
        """The names of its groups."""
        return frozenset(self.groups.values())

    @property
    def gids(self) -> frozenset[int]:
        """Their gids."""
        return frozenset(self.groups)

    def dn(self, name: str) -> str:
        """The DN a user of that name binds with; GLAuth does not ask for the group in it."""
        return f"{self.nameformat}={name},{self.basedn}"


def base_text(file: Path, values: Mapping[str, str] = MappingProxyType({})) -> str:
    """What the file says; one whose name ends in .j2 is filled in with ``values``. Raises ConfigError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}, the base of the GLAuth file, cannot be read: {error}") from error
    if file.suffix != TEMPLATE_SUFFIX:
        return text
    try:
        return render(text, values)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}; add what is missing to glauth.base_values in the settings") from error


def read_base(text: str, name: str = "the base of the GLAuth file") -> Base:
    """The base's facts. Raises ConfigError with ``name`` and everything ``check_base`` has to say."""
    if problems := check_base(text):
        raise ConfigError(f"{name} cannot be used: {'; '.join(problems)}")
    return base_of(tomllib.loads(text))


def base_of(tables: Mapping[str, Any]) -> Base:
    """The facts of a base that was good once, without another look. Raises KeyError for what never was."""
    tables = folded(tables)
    backend, users, groups = tables["backend"], records(tables, "users"), records(tables, "groups")
    return Base(
        basedn=backend["basedn"],
        nameformat=formats(backend, "nameformat", "cn,uid")[0],
        groupformat=formats(backend, "groupformat", "ou,cn")[0],
        sshkeyattr=str(backend.get("sshkeyattr") or "sshPublicKey"),
        user_names=frozenset(str(user.get("name", "")) for user in users),
        uids=frozenset(user["uidnumber"] for user in users if "uidnumber" in user),
        groups={group["gidnumber"]: str(group.get("name", "")) for group in groups if "gidnumber" in group},
        members={str(user.get("name", "")): _gids(user) for user in users},
        mails=frozenset(str(user["mail"]).lower() for user in users if user.get("mail")),
    )


def read_at_start(text: str) -> Table:
    """What GLAuth reads of a base only when it starts: all but users, groups and behaviors. Raises ValueError."""
    tables = folded(tomllib.loads(text))
    return {key: value for key, value in tables.items() if key not in {"users", "groups", "behaviors"}}


def _gids(user: Table) -> tuple[int, ...]:
    return (user.get("primarygroup", 0), *user.get("othergroups", ()))
