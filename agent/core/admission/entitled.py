"""Who is disabled by the offering's users; by its teams, too, for a feed of 2024, which does not say."""

from agent.core.desired import GONE
from agent.core.members import counts
from agent.core.naming import GOING
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import OfferingSnapshot, complete, value_or


def entitled(policy: OfferingPolicy, snapshot: OfferingSnapshot, now: float) -> frozenset[str] | None:
    """The people with a role that counts in a project that has a live resource of the offering.

    None when the sections that say so are not complete.
    """
    if not (complete(snapshot.teams) and complete(snapshot.resources) and complete(snapshot.users)):
        return None
    live = {one.project_uuid for one in value_or(snapshot.resources, ()) if one.state not in GONE}
    return frozenset(
        role.user_uuid
        for role in value_or(snapshot.teams, ())
        if role.project_uuid in live and counts(role, policy) and (role.expires is None or role.expires > now)
    )


def barred(snapshot: OfferingSnapshot) -> frozenset[str]:
    """The people whose account at the offering is restricted or to be deleted: disabled there, whatever its feed says.

    The marketplace lists them with their keys like everybody. What was read of some counts, though others were not.
    """
    users = value_or(snapshot.users, ())
    return frozenset(user.user_uuid for user in users if user.restricted or user.state in GOING)
