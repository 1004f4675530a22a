"""The accounts above: made before what hangs below them, moved with their project, removed only empty and if asked."""

from collections.abc import Iterable

from agent.core.actions import Action, CreateAccount, Evidence, MoveAccount, RemoveEmptyAccount
from agent.core.diff.scene import Scene
from agent.core.diff.standing import stands
from agent.core.place import level
from agent.core.tree import Above


def above_actions(scene: Scene) -> Iterable[Action]:
    """What concerns the accounts above the accounts of one offering."""
    if not scene.may(CreateAccount) or scene.desired.problem:
        return
    needed = _needed(scene)
    for one in scene.desired.above:
        if one.place.name in needed and one.account.parent in scene.parents:
            yield from _made(scene, one)
    yield from _empty(scene, needed)


def _needed(scene: Scene) -> set[str]:
    """The accounts above what stands or is to be made; of a project told with two customers, the line it hangs in."""
    names = {one.place.name for wanted in scene.desired.wanted if stands(scene, wanted) for one in wanted.above}
    for one in reversed(scene.desired.above):
        if one.place.name in names:
            names.add(one.account.parent)
    return names


def _made(scene: Scene, one: Above) -> Iterable[Action]:
    if one.place.refused:
        return
    if not one.place.ours:
        yield CreateAccount(offering=scene.offering, account=one.account, resource=one.holder)
        return
    before = scene.accounts[one.place.name]
    if before.parent != one.account.parent and scene.may(MoveAccount):
        yield MoveAccount(offering=scene.offering, before=before, after=one.account, resource=one.holder)


def _empty(scene: Scene, needed: set[str]) -> Iterable[RemoveEmptyAccount]:
    """Nothing below, nobody in it, nothing that is wanted would come below it."""
    if not scene.desired.policy.remove_empty or not scene.may(RemoveEmptyAccount):
        return
    parents = {account.parent for account in scene.accounts.values()}
    for account in scene.our_accounts():
        used = account.name in needed or account.name in parents or scene.users.get(account.name)
        if level(account) and not used:
            yield RemoveEmptyAccount(
                offering=scene.offering,
                account=account.name,
                resource="",
                users=(),
                why=f"nothing is below this account of a {level(account)} any more",
                evidence=Evidence.ABSENCE,
            )
