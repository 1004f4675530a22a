"""Everybody who should be in an account or is in it, a link each."""

from collections.abc import Iterator
from dataclasses import replace

from agent.core.explain.association import association_link
from agent.core.explain.entitlement import role_link
from agent.core.explain.history import History
from agent.core.explain.identity import current_name
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.rooms import Room, works_in
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Kind, Subject, person
from agent.core.snapshot import complete, reason


def member_links(sight: Sight, room: Room, history: History) -> Iterator[Link]:
    """Those with a right to be there, then the others who are; a team that was not read whole says so first."""
    offering, _ = sight.resources.get(room.resource, ("", None))
    if offering and not complete(sight.offering(offering).teams):
        text = f"the team is not known: {reason(sight.offering(offering).teams)}"
        yield Link(step=Step.MEMBER, mark=Mark.UNKNOWN, text=text, account=room.account, resource=room.resource)
    told: set[str] = set()
    for names, who in sorted(((all_names(sight, who), who) for who in _entitled(sight, room)), key=_by_name):
        told |= set(names)
        yield _member(sight, who, names, room, history)
    for name in sorted({one.user for one in sight.of_account.get(room.account, ())} - told):
        yield _member(sight, _of_name(sight, offering, name), [name], room, history)


def _by_name(item: tuple[list[str], Subject]) -> tuple[bool, list[str], str]:
    names, who = item
    return not names, names, who.uuid


def all_names(sight: Sight, who: Subject) -> list[str]:
    """Every username of somebody: the one of today first."""
    now = current_name(sight, who) if who.kind is Kind.PERSON else who.name
    return [name for name in dict.fromkeys((now, who.name, *sight.names.get((who.offering, who.uuid), ()))) if name]


def _entitled(sight: Sight, room: Room) -> Iterator[Subject]:
    offering, resource = sight.resources.get(room.resource, ("", None))
    if resource is None:
        return
    for where, user in sorted(sight.in_project.get((offering, resource.project_uuid), ())):
        who = person(sight, where, user)
        if role_link(sight, who, room).mark is Mark.OK:
            yield who
    for where, account in sight.services:
        if where == offering and works_in(account, resource):
            yield Subject(kind=Kind.SERVICE, offering=where, uuid=account.uuid, name=account.username)


def _of_name(sight: Sight, offering: str, name: str) -> Subject:
    """Whose a name in Slurm is: a person's of this offering, else nobody's that is known."""
    for where, user in sight.people.get(name, ()):
        if where == offering:
            return person(sight, where, user)
    return Subject(kind=Kind.NAME, name=name)


def _member(sight: Sight, who: Subject, names: list[str], room: Room, history: History) -> Link:
    role = role_link(sight, who, room).mark
    link = association_link(sight, who, names, room, history, role=role)
    label = names[0] if names else f"user {who.uuid[:8]}"
    return replace(link, step=Step.MEMBER, text=f"{label}: {link.text}")
