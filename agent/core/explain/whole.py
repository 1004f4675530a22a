"""The whole chain of whatever was asked about."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.core.explain.allowance import limits_link
from agent.core.explain.association import association_link
from agent.core.explain.entitlement import entitled, role_link
from agent.core.explain.history import History
from agent.core.explain.holdings import holding_links
from agent.core.explain.identity import current_name, person_links, service_links
from agent.core.explain.lately import last_link
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.membership import all_names
from agent.core.explain.resolving import resolving_links
from agent.core.explain.rooms import Room, rooms
from agent.core.explain.sight import Sight
from agent.core.explain.stranger import stranger_links
from agent.core.explain.subject import Kind, Subject
from agent.core.snapshot import complete, reason


def explain(sight: Sight, subject: Subject, history: History) -> tuple[Link, ...]:
    """The links of one subject in their order: what is so everywhere, then account by account. At least one."""
    if subject.kind in {Kind.RESOURCE, Kind.ACCOUNT}:
        return tuple(holding_links(sight, subject, history))
    names = all_names(sight, subject)
    inside = [
        link for room in rooms(sight, subject, names, history) for link in _inside(sight, subject, names, room, history)
    ]
    return (*_role(sight, subject, inside), *_who(sight, subject), *inside)


def _who(sight: Sight, subject: Subject) -> Iterator[Link]:
    if subject.kind is Kind.PERSON:
        yield from person_links(sight, subject)
        yield from resolving_links(sight, subject.offering, current_name(sight, subject))
        return
    if subject.kind is Kind.SERVICE:
        yield from service_links(sight, subject)
    else:
        yield from stranger_links(sight, subject.name)
    yield from resolving_links(sight, subject.offering, subject.name)


def _inside(sight: Sight, subject: Subject, names: Sequence[str], room: Room, history: History) -> Iterator[Link]:
    role = role_link(sight, subject, room)
    there = any(one.user in names for one in sight.of_account.get(room.account, ()))
    if role.mark is Mark.BROKEN and not there and not _has_record(sight, subject, room):
        role = replace(role, mark=Mark.NONE, text=f"{role.text} any more", remedy="")
    yield role
    yield association_link(sight, subject, names, room, history, role=role.mark)
    if there or role.mark is Mark.OK:
        yield limits_link(sight, room, names)
    yield last_link(sight, room, history, names)


def _has_record(sight: Sight, subject: Subject, room: Room) -> bool:
    """Whether the marketplace still lists a role of this person in the resource's project, good or not."""
    _, resource = sight.resources.get(room.resource, ("", None))
    roles = sight.roles.get((subject.offering, subject.uuid), ())
    return resource is not None and any(role.project_uuid == resource.project_uuid for role in roles)


def _role(sight: Sight, subject: Subject, inside: Sequence[Link]) -> Iterator[Link]:
    """That there is no role at all, which no account could tell."""
    if subject.kind is not Kind.PERSON or any(link.step is Step.ROLE and link.mark is not Mark.NONE for link in inside):
        return
    snapshot = sight.offering(subject.offering)
    gap = reason(snapshot.teams) if not complete(snapshot.teams) else reason(snapshot.resources)
    if gap:
        yield Link(step=Step.ROLE, mark=Mark.UNKNOWN, text=f"not known: {gap}")
        return
    text = f"none in a project that has a resource of offering {sight.policy[subject.offering].name}"
    if _elsewhere(sight, subject):
        yield Link(step=Step.ROLE, mark=Mark.NONE, text=text)
    else:
        yield Link(step=Step.ROLE, mark=Mark.BROKEN, text=text, remedy="give a role in the marketplace")


def _elsewhere(sight: Sight, subject: Subject) -> bool:
    """Whether the person has access at another offering: then having none here is no fault."""
    return any(
        offering != subject.offering and entitled(sight, (offering, subject.uuid), one)
        for offering, one in sight.resources.values()
    )
