"""People's accounts at an offering: who is named, who is reported ready or refused, and whose deletion is finished."""

from collections.abc import Iterable

from agent.core.actions import Action, DeleteOfferingUser, MoveOfferingUser, SetUsername
from agent.core.diff.scene import Scene
from agent.core.model.marketplace import OfferingUser
from agent.core.naming import CREATED, GOING, LINKING, Naming

READY = "OK"
REFUSED = "Error creating"
DELETED = "Deleted"


def user_actions(scene: Scene) -> Iterable[Action]:
    """What has to be told about the offering's people."""
    for user, naming in scene.desired.people:
        if user.state in GOING:
            yield from _deleted(scene, user, naming)
        elif naming.write:
            if scene.may(SetUsername):
                yield SetUsername(offering=scene.offering, user=user, name=naming.write, back=naming.back)
        elif scene.may(MoveOfferingUser):
            yield from _moved(scene, user, naming)


def _moved(scene: Scene, user: OfferingUser, naming: Naming) -> Iterable[Action]:
    """A named person is reported ready; one who cannot be named reads why on their own page."""
    to, comment = "", ""
    if user.username and not naming.refused and user.state in CREATED | {LINKING}:
        to = READY
    elif naming.refused and user.state in CREATED - {REFUSED}:
        to, comment = REFUSED, f"The account {naming.reason}."
    elif not naming.linked and user.state in CREATED - {REFUSED}:
        to, comment = LINKING, f"The account {naming.reason}."
    if to:
        yield MoveOfferingUser(offering=scene.offering, user=user, to=to, comment=comment)


def _deleted(scene: Scene, user: OfferingUser, naming: Naming) -> Iterable[Action]:
    """Finished once nothing of the agent's own is left under the name in the offering's accounts."""
    name = naming.held
    if user.state == DELETED or not scene.may(DeleteOfferingUser) or (name and name in scene.own_names):
        return
    yield DeleteOfferingUser(offering=scene.offering, user=user, name=name)
