"""The account of the settings that every member is in, and that jobs without an account are charged to."""

from collections.abc import Iterable, Sequence

from agent.core.actions import Action, AddAssociation, Evidence, RemoveAssociation, SetDefaultAccount
from agent.core.diff.scene import Scene
from agent.core.names import marked
from agent.core.orders import Step
from agent.core.snapshot import SectionName, value_or

LEFT = "the user is in no account of the offering any more"


def default_account_actions(scenes: Sequence[Scene], planned: Sequence[Action]) -> Iterable[Action]:
    """Members join the default account of their offering, have it as their default, and leave it last.

    Offerings may share one. ``planned``: the actions there are already.
    """
    joined: set[tuple[str, str]] = set()
    for scene in scenes:
        name = scene.desired.policy.default_account
        if _usable(scene, name) and scene.may(AddAssociation):
            for user in sorted(_members(scene)):
                if (name, user) not in joined:
                    joined.add((name, user))
                    yield from _joining(scene, name, user)
    yield from _leaving(scenes, planned)


def missing_default_account(scene: Scene) -> Iterable[str]:
    """A notice when the default account does not exist, or is a resource's: whoever is no member of it is taken out."""
    name = scene.desired.policy.default_account
    if not name or SectionName.ACCOUNTS not in scene.complete or _usable(scene, name):
        return
    offering = scene.desired.policy.name
    if name in scene.accounts:
        yield f"offering {offering}: its default_account {name} is the account of a resource; use one made for it"
    else:
        yield f"offering {offering}: its default_account {name} does not exist; make it: sacctmgr add account {name}"


def _usable(scene: Scene, name: str) -> bool:
    return name in scene.accounts and marked(scene.accounts[name].description) is None


def _members(scene: Scene) -> set[str]:
    """Who is, or is about to be, in an account of the offering."""
    return {
        user
        for wanted in scene.desired.wanted
        if wanted.place.ours and wanted.step is not Step.TERMINATE
        for user in wanted.members.names & scene.users.get(wanted.place.name, {}).keys()
    }


def _joining(scene: Scene, name: str, user: str) -> Iterable[Action]:
    """The default is only moved from nothing and from a resource's account that the agent put the user in.

    What the site chose otherwise stays, and so does the default account of another offering.
    """
    if user not in scene.users.get(name, {}):
        yield AddAssociation(offering=scene.offering, account=name, user=user)
        return
    defaults = value_or(scene.cluster.default_accounts, {})
    before = defaults.get(user, "")
    if scene.may(SetDefaultAccount) and before != name and (not before or _chosen_by_slurm(scene, before, user)):
        yield SetDefaultAccount(offering=scene.offering, user=user, account=name, before=before)


def _chosen_by_slurm(scene: Scene, account: str, user: str) -> bool:
    """Whether a user's default is the account that they were made in: nobody meant it."""
    there = scene.accounts.get(account)
    return there is not None and marked(there.description) is not None and (account, user) in scene.known.associations


def _leaving(scenes: Sequence[Scene], planned: Sequence[Action]) -> Iterable[Action]:
    """Whom no account of ours holds any more, be it of an offering that this run is not about."""
    names = {scene.desired.policy.default_account for scene in scenes} - {""}
    staying = {user for scene in scenes for user in scene.own_names | _wanted(scene) | _elsewhere(scene)}
    adding = {action.user for action in planned if isinstance(action, AddAssociation)}
    for name in sorted(names):
        mine = [scene for scene in scenes if scene.desired.policy.default_account == name]
        if not _usable(mine[0], name) or not all(scene.may(RemoveAssociation) for scene in mine):
            continue
        for account, user in sorted(mine[0].known.associations):
            there = user in mine[0].users.get(account, {})
            if account == name and there and user not in staying | adding:
                yield RemoveAssociation(
                    offering=mine[0].offering, account=name, user=user, why=LEFT, evidence=Evidence.ABSENCE
                )


def _elsewhere(scene: Scene) -> set[str]:
    """The users whom the agent put into an account of any resource."""
    marks = {name for name, account in scene.accounts.items() if marked(account.description)}
    return {user for name, user in scene.known.associations if name in marks and user in scene.users.get(name, ())}


def _wanted(scene: Scene) -> set[str]:
    return {user for wanted in scene.desired.wanted for user in wanted.members.names | wanted.members.spared}
