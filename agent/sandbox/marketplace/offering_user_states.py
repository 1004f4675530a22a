"""The life of an offering user on a server with states: its transitions, and what each of them changes."""

from dataclasses import dataclass
from typing import Any

from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.store import Row

STATES = (
    "Requested",
    "Creating",
    "Pending account linking",
    "Pending additional validation",
    "OK",
    "Requested deletion",
    "Deleting",
    "Deleted",
    "Error creating",
    "Error deleting",
)
PENDING = ("Pending account linking", "Pending additional validation")
WAITING = ("Requested", "Creating", *PENDING, "Error creating")
"""The states that a name ends."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states, to which; ``commented`` takes a comment along, ``clears`` removes the one there was."""

    valid: tuple[str, ...]
    state: str
    commented: bool = False
    clears: bool = False


TRANSITIONS = {
    "begin_creating": Transition(("Requested", "Error creating"), "Creating"),
    "set_pending_account_linking": Transition(("Creating", "Error creating"), PENDING[0], commented=True),
    "set_pending_additional_validation": Transition(("Creating", "Error creating"), PENDING[1], commented=True),
    "set_validation_complete": Transition(PENDING, "OK", clears=True),
    "set_ok": Transition((*WAITING, "Error deleting"), "OK"),
    "set_error_creating": Transition(("Requested", "Creating", *PENDING), "Error creating"),
    "request_deletion": Transition(("OK",), "Requested deletion"),
    "set_deleting": Transition(("Requested deletion", "Error deleting"), "Deleting"),
    "set_deleted": Transition(("Deleting",), "Deleted"),
    "set_error_deleting": Transition(("Requested deletion", "Deleting"), "Error deleting"),
}


def changes(name: str, row: Row, body: dict[str, Any]) -> dict[str, object]:
    """What a transition changes on the row; refused with 400 and the state's number when it is in a wrong one."""
    transition = TRANSITIONS[name]
    if row["state"] not in transition.valid:
        current = STATES.index(row["state"]) + 1
        detail = f"Cannot transition to {transition.state} from current state: {current}."
        raise bad({"detail": f"{detail} Valid states for operation: {', '.join(transition.valid)}."})
    comment = {"service_provider_comment": "", "service_provider_comment_url": ""} if transition.clears else {}
    if transition.commented:
        comment = {f"service_provider_{key}": body[key] for key in ("comment", "comment_url") if key in body}
    return {"state": transition.state, **comment}


def named(row: Row, username: str | None) -> dict[str, object]:
    """What a username changes: one that waits for a name is OK with it."""
    changed = username and username != row["username"] and row["state"] in WAITING
    return {"username": username, "state": "OK" if changed else row["state"]}
