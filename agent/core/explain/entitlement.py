"""What gives somebody access to a resource: an active role in its project, or being one of its service accounts."""

from collections.abc import Sequence

from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.rooms import Room, works_in
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Kind, Subject
from agent.core.members import counts
from agent.core.model.marketplace import ProjectRole, Resource
from agent.core.moments import moment
from agent.core.snapshot import complete, reason


def role_link(sight: Sight, who: Subject, room: Room) -> Link:
    """Whether there is a right to be in a room, and what it rests on."""
    offering, resource = sight.resources.get(room.resource, ("", None))
    if resource is None:
        return _link(room, *_without_resource(sight, who, room))
    if who.kind is Kind.SERVICE:
        return _link(room, *_of_service(sight, who, resource))
    if who.kind is Kind.NAME:
        return _link(room, Mark.NONE, "no person of the marketplace has this name")
    roles = [one for one in sight.roles.get((offering, who.uuid), ()) if one.project_uuid == resource.project_uuid]
    return _of_person(sight, room, roles, resource)


def entitled(sight: Sight, person: tuple[str, str], resource: Resource) -> bool:
    """Whether a person has an active role that counts in the project of a resource."""
    return bool(_active(sight, sight.roles.get(person, ()), person[0], resource))


def _active(sight: Sight, roles: Sequence[ProjectRole], offering: str, resource: Resource) -> list[ProjectRole]:
    now, policy = sight.observed.at, sight.policy[offering]
    return [
        role
        for role in roles
        if role.project_uuid == resource.project_uuid
        and counts(role, policy)
        and (role.expires is None or role.expires > now)
    ]


def _of_person(sight: Sight, room: Room, roles: Sequence[ProjectRole], resource: Resource) -> Link:
    offering, _ = sight.resources[room.resource]
    policy, teams = sight.policy[offering], sight.offering(offering).teams
    project = _project(resource)
    active = _active(sight, roles, offering, resource)
    if active:
        until = f" until {moment(active[0].expires)}" if active[0].expires is not None else ""
        return _link(room, Mark.OK, f"{active[0].role} in {project}{until}")
    if not complete(teams):
        return _link(room, Mark.UNKNOWN, f"not known: {reason(teams)}")
    counting = [role for role in roles if counts(role, policy)]
    if counting:
        text = f"{counting[0].role} in {project} expired on {moment(counting[0].expires)}"
        return _link(room, Mark.BROKEN, text, "extend the role in the marketplace")
    if roles:
        allowed = ", ".join(sorted(policy.roles))
        text = f"{roles[0].role} in {project} gives no access here, only {allowed} (offerings.roles)"
        return _link(room, Mark.BROKEN, text, "give one of these roles in the marketplace")
    return _link(room, Mark.BROKEN, f"none in {project}", "give a role in the marketplace")


def _of_service(sight: Sight, who: Subject, resource: Resource) -> tuple[Mark, str]:
    account = next(one for offering, one in sight.services if (offering, one.uuid) == (who.offering, who.uuid))
    if works_in(account, resource):
        return Mark.OK, f"works in {_project(resource)}"
    return Mark.BROKEN, f"does not work in {_project(resource)}"


def _without_resource(sight: Sight, who: Subject, room: Room) -> tuple[Mark, str]:
    policy = sight.policy.get(who.offering)
    if policy and room.account == policy.default_account:
        return Mark.OK, f"the default account of offering {policy.name}"
    gap = next((reason(one.resources) for one in sight.observed.offerings.values() if not complete(one.resources)), "")
    if gap:
        return Mark.UNKNOWN, f"not known: {gap}"
    return Mark.NONE, "the account is not that of a resource"


def _project(resource: Resource) -> str:
    return f"project {resource.project_name or resource.project_slug or resource.project_uuid[:8]}"


def _link(room: Room, mark: Mark, text: str, remedy: str = "") -> Link:
    return Link(step=Step.ROLE, mark=mark, text=text, remedy=remedy, account=room.account, resource=room.resource)
