"""How large the directory is, for a server that takes the whole list for each look-up."""

from collections.abc import Iterator

from agent.core.model.directory import Directory
from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published

_SECONDS_ANYWAY = 0.005
_SECONDS_PER_PAIR = 6.5e-8
_SECONDS_PER_USER = 1.1e-5
"""Measured on two busy cores with GLAuth 2.4.0 and 2.5.1: 1 000 to 50 000 users with 100 to 10 300 groups."""
SLOW, TOO_SLOW = 0.5, 6.0
"""Seconds of one look-up: nodes begin to wait; SSSD gives up by default."""


def look_up_seconds(users: int, groups: int) -> float:
    """About how long GLAuth takes for one name: it compares each group with each user, every time."""
    return _SECONDS_ANYWAY + _SECONDS_PER_PAIR * users * groups + _SECONDS_PER_USER * users


def personal_groups(directory: Directory) -> int:
    """How many groups are one user's own."""
    own = {(user.name, user.primarygroup) for user in directory.users}
    return sum((group.name, group.gidnumber) in own for group in directory.groups)


def look_ups(published: Published) -> Iterator[Finding]:
    """Whether GLAuth can answer so many users and groups in time."""
    directory = published.server.current()
    users, groups, personal = len(directory.users), len(directory.groups), personal_groups(directory)
    seconds = look_up_seconds(users, groups)
    text = f"{users} users, {groups} groups, {personal} of them personal: about {seconds:.2g} s for each look-up"
    if seconds < SLOW:
        yield Finding(mark=Mark.OK, about="size", text=text)
        return
    yield Finding(
        mark=Mark.DOUBTFUL if seconds < TOO_SLOW else Mark.BROKEN,
        about="size",
        text=text,
        remedy=_remedy(personal > groups / 2),
    )


def _remedy(mostly_personal: bool) -> str:
    if mostly_personal:
        return 'personal_groups = "drop" in the table [glauth] makes it many times less; see docs/glauth.md'
    return "longer caches in SSSD, more than one GLAuth, nss_slurm for jobs; see docs/glauth.md"
