"""Who is disabled, by the teams: for a feed of 2024, which does not say."""

from agent.core.desired import GONE
from agent.core.members import counts
from agent.core.naming import GOING
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import OfferingSnapshot, complete, value_or


def entitled(policy: OfferingPolicy, snapshot: OfferingSnapshot, now: float) -> frozenset[str] | None:
    """The people with a role that counts in a project that has a live resource of the offering.

    None when the sections that say so are not complete. Whose account at the offering is to be deleted is not among
    them, whatever their roles.
    """
    if not (complete(snapshot.teams) and complete(snapshot.resources) and complete(snapshot.users)):
        return None
    live = {one.project_uuid for one in value_or(snapshot.resources, ()) if one.state not in GONE}
    going = {user.user_uuid for user in value_or(snapshot.users, ()) if user.state in GOING}
    return frozenset(
        role.user_uuid
        for role in value_or(snapshot.teams, ())
        if role.project_uuid in live and counts(role, policy) and (role.expires is None or role.expires > now)
    ).difference(going)
