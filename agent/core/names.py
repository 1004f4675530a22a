"""Names: what an account and a user may be called, and the markers that say whose an account is."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from agent.core.model.marketplace import Resource

NameMaker = Callable[[Resource], str]
"""Renders the offering's name template for a resource; given in from outside."""

ACCOUNT_LENGTH = 42
"""Slurm 22.05 to 26.05 tell accounts apart only by their first 42 characters (docs/slurm.md)."""

_ACCOUNT = re.compile(r"[a-z0-9_][a-z0-9_-]{0,41}\Z")
_USERNAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}\Z")
_MARKER = re.compile(r"waldur-([0-9a-f]{32})(?: \(([a-z]+)(?: ([0-9a-f-]+))?\))?(?: |\Z)")
_HUMAN_LENGTH = 60
LEVELS = ("customer", "project")
"""What an account above the accounts of resources can stand for, from the top."""
TERMINATED = "terminated"
QOS = "qos"
KINDS = frozenset({*LEVELS, TERMINATED, QOS})


def is_account_name(name: str) -> bool:
    """Whether Slurm keeps this account name exactly as it is, on every version."""
    return _ACCOUNT.match(name) is not None


def is_username(name: str) -> bool:
    """Whether this is a unix account name that is safe in an argv, a load file and LDAP."""
    return _USERNAME.match(name) is not None


def organization(offering: str) -> str:
    """The Organization that marks an account as this offering's."""
    return f"waldur-{offering}"


def description(uuid: str, human: str, kind: str = "") -> str:
    """The Description that marks an account as this resource's, with a human name for ``sreport``.

    ``kind`` says what else it is: ``project`` or ``customer`` for an account above, ``terminated 2026-11-24`` for one
    that is kept though its resource is gone, ``qos`` and an offering for a QOS. A human name never reads like a kind.
    """
    plain = clean(human)
    parts = [f"waldur-{uuid}", f"({kind})" if kind else "", plain if kind else plain.lstrip("( ")]
    return " ".join(filter(None, parts))


def marked(text: str) -> str | None:
    """The UUID a marker carries, or None when the text is no marker of ours."""
    match = _MARKER.match(text)
    return match.group(1) if match else None


def marked_kind(text: str) -> tuple[str, str]:
    """What kind of thing a marker is on, and since when: ("project", ""), ("terminated", "2026-11-24"), ("", "")."""
    match = _MARKER.match(text)
    kind = (match.group(2) or "", match.group(3) or "") if match else ("", "")
    return kind if kind[0] in KINDS else ("", "")


def clean(human: str) -> str:
    """A human name in an alphabet that survives Slurm: lower-case ASCII without bars, quotes, colons, controls."""
    plain = unicodedata.normalize("NFKD", human).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9_.()-]+", " ", plain).split())[:_HUMAN_LENGTH].rstrip()


def shorten(name: str) -> str:
    """A rendered name in Slurm's safe alphabet and length; a long one keeps its head and gets a digest for a tail."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    safe = re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-")
    if len(safe) <= ACCOUNT_LENGTH:
        return safe
    return f"{safe[: ACCOUNT_LENGTH - 9]}-{hashlib.sha256(safe.encode()).hexdigest()[:8]}"


def account_name(resource: Resource, make: NameMaker, used_by: Mapping[str, str], holder: str = "") -> str:
    """The first name of the policy that nobody else has ever had; ``holder`` is who asks, else the resource.

    ``used_by`` maps every name once used to its resource: a name is never computed again, because Slurm's accounting
    charges a new account with what an old one of the same name used. Returns "" when the template gives no usable name.
    """
    base = shorten(make(resource))
    if not is_account_name(base):
        return ""
    mine = holder or resource.uuid
    return next(name for name in _candidates(base) if used_by.get(name, mine) == mine)


def _candidates(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        tail = f"-{number}"
        yield base[: ACCOUNT_LENGTH - len(tail)] + tail
        number += 1
