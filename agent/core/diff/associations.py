"""Associations: who is added to an account and who is taken out of it."""

from collections.abc import Iterable

from agent.core.actions import Action, AddAssociation, Evidence, RemoveAssociation, Unblock
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.snapshot import SectionName


def additions(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """The members that are not associated yet, and those whose block is taken back."""
    if not scene.may(AddAssociation):
        return
    name = wanted.place.name
    there = scene.users.get(name, {}) if wanted.place.ours else {}
    for user in sorted(wanted.members.names):
        if user not in there:
            yield AddAssociation(offering=scene.offering, account=name, user=user)
        elif f"{name}/{user}" in scene.known.blocked and there[user].max_submit_jobs == 0:
            yield Unblock(offering=scene.offering, account=name, user=user)


def removals(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """The agent's own associations that nothing asks for any more; everybody else's stay."""
    if not scene.may(RemoveAssociation):
        return
    members = wanted.members
    for user in sorted(scene.own_users(wanted.place.name) - members.names - members.spared):
        ended = members.everyone or members.ended.get(user, "")
        yield RemoveAssociation(
            offering=scene.offering,
            account=wanted.place.name,
            user=user,
            why=ended or "the project's team does not list this user any more",
            evidence=Evidence.POSITIVE if ended else Evidence.ABSENCE,
        )


def strangers(scene: Scene) -> Iterable[str]:
    """Associations in our accounts that the agent did not make: shown, and left alone."""
    for wanted in scene.desired.wanted:
        there = scene.users.get(wanted.place.name, {}) if wanted.place.ours else {}
        for user in sorted(set(there) - wanted.members.names - scene.own_users(wanted.place.name)):
            yield f"{wanted.place.name}/{user}"


def inherited(scene: Scene) -> Iterable[tuple[str, str]]:
    """Associations that count as ours only because the journal has never heard of their account.

    All of an account or none: what is left out once is a stranger for ever.
    """
    if SectionName.USERS not in scene.complete:
        return
    for account in scene.our_accounts():
        if account.name not in scene.known.journaled:
            yield from ((account.name, user) for user in sorted(scene.own_users(account.name)))
