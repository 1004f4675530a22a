"""One link of the chain from a role to jobs that run: where it stands, why, and what a person can do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a link stands. ``NONE``: there is nothing it would have to hold, or it is only history."""

    OK = "ok"
    NONE = "none"
    WAITING = "waiting"
    BROKEN = "broken"
    UNKNOWN = "unknown"


_WORST_FIRST = (Mark.UNKNOWN, Mark.BROKEN, Mark.WAITING)


class Step(StrEnum):
    """What a link is about, in the order of the chain: of a person first, then of a resource."""

    ROLE = "role"
    OFFERING_USER = "offering user"
    SERVICE = "service account"
    USERNAME = "username"
    RECORD = "GLAuth record"
    LDAP = "LDAP"
    NSS = "NSS"
    ASSOCIATION = "association"
    LIMITS = "limits and QOS"
    LAST = "last action"
    RESOURCE = "resource"
    ORDER = "order"
    ACCOUNT = "account"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``text`` says why it stands so, ``remedy`` what a person is to do ("" for nothing).

    ``account`` and ``resource``: the ones it is about; "" for what is so in every account.
    """

    step: Step
    mark: Mark
    text: str
    remedy: str = ""
    account: str = ""
    resource: str = ""


def verdict(links: Iterable[Link]) -> Mark:
    """How the whole chain stands: what is not known comes first, for it may hide anything; ``OK`` when all is well."""
    marks = {link.mark for link in links}
    return next((mark for mark in _WORST_FIRST if mark in marks), Mark.OK)
