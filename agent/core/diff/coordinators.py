"""Coordinators: the managers of a project may act for the users of its accounts, where the settings say so."""

from collections.abc import Iterable, Mapping, Set

from agent.core.actions import Action, AddCoordinator, Evidence, RemoveCoordinator
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.orders import Step
from agent.core.place import terminated_on
from agent.core.snapshot import value_or


def coordinator_actions(scene: Scene, joining: Set[tuple[str, str]]) -> Iterable[Action]:
    """Who becomes a coordinator, and who of those the agent made is one no longer.

    ``joining``: (account, user) of those whom this plan associates: only a user of the account can be one.
    """
    standing = value_or(scene.cluster.coordinators, {})
    for wanted in scene.desired.wanted:
        if wanted.step is Step.TERMINATE or not (wanted.place.ours or wanted.step.makes):
            continue
        there = standing.get(wanted.place.name, frozenset()) if wanted.place.ours else frozenset()
        yield from _joining(scene, wanted, there, joining)
        yield from _leaving(scene, wanted, there)
    yield from _disabled(scene, standing)


def vanished(scene: Scene) -> Iterable[tuple[str, str]]:
    """Coordinators that the journal holds and Slurm does not show: whoever is made one now, somebody else did it."""
    if not scene.may(AddCoordinator):
        return
    standing = value_or(scene.cluster.coordinators, {})
    for account, user in sorted(scene.known.coordinators):
        if user not in standing.get(account, frozenset()):
            yield account, user


def _joining(scene: Scene, wanted: Wanted, there: frozenset[str], joining: Set[tuple[str, str]]) -> Iterable[Action]:
    name = wanted.place.name
    if wanted.place.refused or not scene.may(AddCoordinator):
        return
    present = scene.users.get(name, {}) if wanted.place.ours else {}
    for user in sorted(wanted.members.managers - there):
        if user in present or (name, user) in joining:
            yield AddCoordinator(offering=scene.offering, account=name, user=user)


def _leaving(scene: Scene, wanted: Wanted, there: frozenset[str]) -> Iterable[Action]:
    if not scene.may(RemoveCoordinator):
        return
    members, name = wanted.members, wanted.place.name
    for user in sorted(there - members.managers - members.spared):
        if (name, user) in scene.known.coordinators:
            evidence = Evidence.POSITIVE if members.why_ended(user) else Evidence.ABSENCE
            yield RemoveCoordinator(offering=scene.offering, account=name, user=user, evidence=evidence)


def _disabled(scene: Scene, standing: Mapping[str, frozenset[str]]) -> Iterable[Action]:
    """Nobody coordinates an account that is only kept: who does could put users back."""
    if not scene.may(RemoveCoordinator):
        return
    wanted = {one.place.name for one in scene.desired.wanted}
    for account in scene.our_accounts():
        for user in sorted(standing.get(account.name, ())) if terminated_on(account) else ():
            if account.name not in wanted and (account.name, user) in scene.known.coordinators:
                yield RemoveCoordinator(
                    offering=scene.offering, account=account.name, user=user, evidence=Evidence.POSITIVE
                )
