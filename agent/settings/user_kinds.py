"""The kinds of value a key about users can hold; each refuses what it is not, and says what to write instead."""

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from agent.core.usernames import LONGEST
from agent.settings import kinds

_PARTITION = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,63}")
_LDAP_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_PERSONAL = re.compile(r"[a-z][a-z0-9_]{0,63}")


def _default_account(value: str) -> str:
    if value == "root":
        raise ValueError("'root' is the account above all others; write one of its own, without hours, or take it out")
    return kinds.account(value) if value else value


def _named(value: str) -> str:
    if not value:
        raise ValueError("is empty; write the name of a QOS, or take it out of the list")
    return value


def _partition(value: str) -> str:
    if not _PARTITION.fullmatch(value):
        raise ValueError(f"{value!r} is not a partition in lower case; write up to 64 of a-z, 0-9, _, . and -")
    return value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValueError(f"has {twice!r} twice; keep one of the two")
    return values


def _ldap_attribute(value: str) -> str:
    if not _LDAP_ATTRIBUTE.fullmatch(value):
        raise ValueError(f'{value!r} is not an attribute of LDAP; write for instance "uid" or "mail"')
    return value


def _personal(value: str) -> str:
    plain = value.removeprefix("user_")
    if not _PERSONAL.fullmatch(plain):
        raise ValueError(f'{value!r} is not an attribute of a person; write for instance "email" or "full_name"')
    return plain


QosNames: TypeAlias = Annotated[tuple[Annotated[kinds.QosName, AfterValidator(_named)], ...], AfterValidator(_distinct)]
PartitionNames: TypeAlias = Annotated[tuple[Annotated[str, AfterValidator(_partition)], ...], AfterValidator(_distinct)]
DefaultAccount: TypeAlias = Annotated[str, AfterValidator(_default_account)]
LdapAttribute: TypeAlias = Annotated[str, AfterValidator(_ldap_attribute)]
PersonalAttribute: TypeAlias = Annotated[str, AfterValidator(_personal)]
PersonalAttributes: TypeAlias = Annotated[tuple[PersonalAttribute, ...], AfterValidator(_distinct)]
Length: TypeAlias = Annotated[int, Field(ge=1, le=LONGEST), kinds.NO_BOOL]
