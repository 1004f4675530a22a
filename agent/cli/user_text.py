"""People and service accounts as an administrator reads them: a line for each, or everything about one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.cli.why_text import title
from agent.core.explain import Kind, Sight, Subject
from agent.core.explain.lately import told
from agent.core.limits import limits_of, shown_limits
from agent.core.model.cluster import Association
from agent.core.model.people import Event
from agent.core.moments import moment
from agent.core.roster import Entry
from agent.engine.explaining import Answer
from agent.engine.releasing import Release
from agent.engine.releasing import told as why_nothing

SHOWN = 12
"""Outcomes that are shown of one."""
Told = tuple[Event, float, float | None]
"""An event, when it was noted, and when the site's command took it."""


def roster_values(found: Iterable[Entry]) -> list[dict[str, object]]:
    """The list for a machine."""
    return [
        {
            "kind": one.kind,
            "offering": one.offering,
            "uuid": one.uuid,
            "username": one.username,
            "state": one.state,
            "from": one.source,
            "accounts": list(one.accounts),
            "waiting": one.waiting,
        }
        for one in found
    ]


_HEAD = (f"{'kind':<7}", f"{'state':<10}", f"{'from':<11}", "accounts")


def roster_lines(sight: Sight, found: Sequence[Entry]) -> Iterator[str]:
    """A line for each, and how many there are."""
    if found:
        yield "  ".join((f"{'username':<16}", f"{'uuid':<8}", f"{'offering':<12}", *_HEAD))
    for one in found:
        policy = sight.policy.get(one.offering)
        words = (
            f"{one.username or '-':<16}",
            f"{one.uuid[:8] or '-':<8}",
            f"{policy.name if policy else '-':<12}",
            f"{one.kind:<7}",
            f"{one.state or '-':<10}",
            f"{one.source:<11}",
            ", ".join(one.accounts) or "-",
        )
        yield "  ".join(words) + (f"  … {one.waiting}" if one.waiting else "")
    number = sum(bool(one.waiting) for one in found)
    yield f"{len(found)} known, {number} waiting." if found else "Nobody."


def dossier(sight: Sight, one: Answer, events: Iterable[Told]) -> dict[str, object]:
    """Everything about one, for a machine; times are UTC seconds."""
    subject = one.subject
    names = [subject.name, *sight.names.get((subject.offering, subject.uuid), ())]
    names = [name for name in dict.fromkeys(names) if name]
    return {
        "title": title(sight, subject),
        "kind": subject.kind.value,
        "offering": subject.offering,
        "uuid": subject.uuid,
        "username": subject.name,
        "marketplace": _marketplace(sight, subject),
        "names": [_name(sight, name) for name in names],
        "roles": [
            {"project": role.project_uuid, "role": role.role, "expires": role.expires}
            for role in sight.roles.get((subject.offering, subject.uuid), ())
        ],
        "associations": [_association(sight, it) for name in names for it in sight.of_user.get(name, ())],
        "stays": [
            {"account": stay.account, "user": stay.user, "made": stay.made, "removed": stay.removed}
            for stay in one.history.stays
        ],
        "events": [
            {"event": event.kind, "noted": noted, "taken": at, "tries": event.tries, "trouble": event.trouble}
            for event, noted, at in events
            if event.about in names
        ],
        "outcomes": [told(past) for past in one.history.outcomes[:SHOWN]],
    }


def _marketplace(sight: Sight, subject: Subject) -> dict[str, object]:
    if subject.kind is Kind.SERVICE:
        account = next(it for where, it in sight.services if (where, it.uuid) == (subject.offering, subject.uuid))
        return {"kind": account.kind.value, "state": account.state, "username": account.username, "ends": account.ends}
    user = sight.users.get((subject.offering, subject.uuid))
    if user is None:
        return {}
    return {
        "offering_user": user.uuid,
        "state": user.state,
        "username": user.username,
        "restricted": user.restricted,
        "attributes": dict(user.attributes),
    }


def _name(sight: Sight, name: str) -> dict[str, object]:
    """Whose a name is, and what the directory and the journal have under it."""
    record = sight.records.get(name)
    return {
        "name": name,
        "holder": sight.known.holders.get(name, ""),
        "released": sight.known.let_go.get(name),
        "uid": sight.known.uids.get(name),
        "record": {"uid": record.uidnumber, "disabled": record.disabled} if record else None,
    }


def _association(sight: Sight, one: Association) -> dict[str, object]:
    return {
        "account": one.account,
        "user": one.user,
        "partition": one.partition,
        "own": (one.account, one.user) in sight.known.associations,
        "coordinator": one.user in sight.coordinators.get(one.account, ()),
        "default": sight.default_accounts.get(one.user) == one.account,
        "limits": shown_limits(limits_of(one)),
        "qos": list(one.qos),
        "blocked": sight.known.blocked.get(f"{one.account}/{one.user}"),
    }


def dossier_lines(dossiers: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Everything about each, for a person."""
    for number, one in enumerate(dossiers):
        if number:
            yield ""
        yield str(one["title"])
        for word in ("marketplace", "names", "roles", "associations", "stays", "events", "outcomes"):
            yield from _part(word, one[word])


def _part(word: str, value: object) -> Iterator[str]:
    rows = value if isinstance(value, list) else [value] if value else []
    if rows:
        yield f"  {word}"
    for row in rows:
        yield f"    {_row(row)}"


def _row(row: object) -> str:
    if not isinstance(row, dict):
        return str(row)
    shown = ((key, _shown(key, value)) for key, value in row.items())
    return ", ".join(f"{key} {text}" if text != "yes" else key for key, text in shown if text)


_TIMES = frozenset({"released", "expires", "made", "removed", "noted", "taken", "blocked", "ends"})


def _shown(key: str, value: object) -> str:
    if key in _TIMES:
        return moment(float(str(value))) if value is not None else ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, dict):
        inner = _row(value)
        return f"({inner})" if inner else ""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value or "")


def release_lines(proposal: Release) -> Iterator[str]:
    """Whose the name is, what still uses it, and what follows."""
    if not proposal.held:
        yield why_nothing(proposal)
        return
    yield f"{proposal.name} is the name of {' and of '.join(proposal.holders)}."
    yield from (f"  ! {text}" for text in proposal.obstacles)
    yield "Once it is released:"
    yield from (f"  {text}" for text in proposal.follows)
