"""How large a directory may be: of what is taken for a mistake, and where GLAuth gets slow."""

from collections.abc import Iterable

from agent.core.policy import AdmissionPolicy

SLOW = 16_000_000
"""Users x groups from which one lookup takes longer than SSSD waits (6 s) with a few clients at work: GLAuth 2.4.0 and
2.5.1 go through all users for each group; measured at 4 000 users with a group of their own."""


def too_many(users: int, groups: int, policy: AdmissionPolicy) -> str:
    """Why a directory of so many users and project groups is not served at all; "" when it is."""
    for count, most, word in ((users, policy.most_users, "users"), (groups, policy.most_groups, "groups")):
        if count > most:
            return (
                f"the directory stays as it is: the feeds list {count} {word}, and more than {most} are taken for a"
                " mistake of the marketplace; look at them, or leave some of the offerings to another directory"
            )
    return ""


def slow_lookups(users: int, groups: int) -> Iterable[str]:
    """A notice when lookups would take too long. ``groups``: all of them, those of single users included."""
    if users * groups > SLOW:
        yield (
            f"directory: with {users} users and {groups} groups one lookup in GLAuth takes longer than SSSD waits;"
            " one shared primary group for all makes it fast (see docs/glauth.md)"
        )
