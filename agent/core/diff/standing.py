"""Whether a resource's account stands or may be made, and what is in the way."""

from collections.abc import Iterable

from agent.core.actions import CreateAccount
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.model.marketplace import ResourceState
from agent.core.orders import Step
from agent.core.snapshot import SectionName

_LIVING = frozenset({ResourceState.OK, ResourceState.UPDATING})


def stands(scene: Scene, wanted: Wanted) -> bool:
    """Whether the account is there, or is to be made by this plan."""
    return wanted.place.ours or (wanted.step.makes and not _refused(scene, wanted)) or lost(scene, wanted)


def taken(scene: Scene, wanted: Wanted) -> bool:
    """Whether an Update or Restore is about an account that stands without our marker: a matter for a person."""
    return wanted.step is not Step.CREATE and foreign(scene, wanted)


def foreign(scene: Scene, wanted: Wanted) -> bool:
    """Whether the account this resource is said to have stands without our marker."""
    return _was_there(scene, wanted) and bool(wanted.place.refused) and wanted.place.name in scene.accounts


def lost(scene: Scene, wanted: Wanted) -> bool:
    """Whether a finished resource's account vanished from Slurm: the one case of making one without an order."""
    if wanted.step is not Step.KEEP or wanted.place.ours or wanted.place.refused or wanted.limits.refused:
        return False
    if scene.desired.problem or wanted.resource.state not in _LIVING:
        return False
    sections = {SectionName.OFFERING, SectionName.ORDERS, SectionName.RESOURCES}
    known = sections <= scene.complete and scene.may(CreateAccount)
    return known and _was_there(scene, wanted) and not missing_parent(scene, wanted) and not refused_above(wanted)


def missing_parent(scene: Scene, wanted: Wanted) -> str:
    """The account that should be above and is neither there nor about to be made; "" when none is missing."""
    parents: Iterable[str] = (*(one.account.parent for one in wanted.above), wanted.account.parent)
    return next((parent for parent in parents if parent not in scene.parents), "")


def refused_above(wanted: Wanted) -> str:
    """Why an account above a resource's cannot be had; "" when it can."""
    return next((one.place.refused for one in wanted.above if one.place.refused), "")


def _refused(scene: Scene, wanted: Wanted) -> bool:
    refusals = (wanted.place.refused, wanted.limits.refused, refused_above(wanted))
    return taken(scene, wanted) or any(refusals)


def _was_there(scene: Scene, wanted: Wanted) -> bool:
    return bool(wanted.resource.backend_id) or wanted.resource.uuid in scene.known.accounts
