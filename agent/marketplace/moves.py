"""The life of an offering user: the server's moves from state to state, and the shortest way along them.

A move from a wrong state is a 400. So after a refusal the state is read again, and what counts is where it stands: a
move whose reply was lost has been made. A state off the way is left alone, since somebody else moved it there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import Rejected, Unavailable
from agent.marketplace import routes
from agent.marketplace.failure import Conflict, NoRoute
from agent.marketplace.http import Http

PENDING = ("Pending account linking", "Pending additional validation")


@dataclass(frozen=True, slots=True)
class Move:
    """One action of the server; ``commented`` says that it takes a comment for the person."""

    action: str
    states: tuple[str, ...]
    to: str
    commented: bool = False


# Of two moves that lead to the same state the earlier is made: the end of a validation clears the comment as well.
MOVES = (
    Move("begin_creating", ("Requested", "Error creating"), "Creating"),
    Move("set_pending_account_linking", ("Creating", "Error creating"), PENDING[0], commented=True),
    Move("set_pending_additional_validation", ("Creating", "Error creating"), PENDING[1], commented=True),
    Move("set_validation_complete", PENDING, "OK"),
    Move("set_ok", ("Requested", "Creating", *PENDING, "Error creating", "Error deleting"), "OK"),
    Move("set_error_creating", ("Requested", "Creating", *PENDING), "Error creating"),
    Move("request_deletion", ("OK",), "Requested deletion"),
    Move("set_deleting", ("Requested deletion", "Error deleting"), "Deleting"),
    Move("set_deleted", ("Deleting",), "Deleted"),
    Move("set_error_deleting", ("Requested deletion", "Deleting"), "Error deleting"),
)


def way(state: str, to: str) -> tuple[Move, ...] | None:
    """The fewest moves from a state to another, none when it is there; None when no way leads there."""
    ways: dict[str, tuple[Move, ...]] = {state: ()}
    queue = [state]
    for at in queue:
        for move in MOVES:
            if at in move.states and move.to not in ways:
                ways[move.to] = (*ways[at], move)
                queue.append(move.to)
    return ways.get(to)


def move_offering_user(http: Http, offering_user: str, state: str, to: str, comment: str = "") -> None:
    """Bring an offering user from a state to another; one that is there gets only the comment.

    Nothing is asked of a server without states (``state`` is ""). Raises ``Rejected`` when no way leads there, and
    ``Conflict`` when it stands elsewhere by now.
    """
    if not state:
        return
    moves = way(state, to)
    if moves is None:
        raise Rejected(f"offering user {offering_user}: no way leads from {state} to {to}")
    try:
        if comment and not (moves and moves[-1].commented):
            http.patch(routes.OFFERING_USER_COMMENTS, {"service_provider_comment": comment}, offering_user)
        _walk(http, offering_user, moves, comment)
    except NoRoute:
        return  # a server from before there were states


def _walk(http: Http, offering_user: str, moves: Sequence[Move], comment: str) -> None:
    while moves:
        body = {"comment": comment} if comment and moves[0].commented else {}
        try:
            http.post(f"{routes.OFFERING_USER}{moves[0].action}/", body, offering_user)
            moves = moves[1:]
        except Rejected as error:
            moves = _rest(moves, _state(http, offering_user), error)


def _rest(moves: Sequence[Move], state: str, error: Rejected) -> Sequence[Move]:
    """What is still to be done from a state on the way; raises ``Conflict`` when it is not on it."""
    for number, move in enumerate(moves, 1):
        if move.to == state:
            return moves[number:]
    raise Conflict(f"{error}; the offering user is {state}") from None


def _state(http: Http, offering_user: str) -> str:
    body = http.get(routes.OFFERING_USER, offering_user, [("field", "uuid"), ("field", "state")]).body
    state = body.get("state") if isinstance(body, dict) else None
    if not isinstance(state, str):
        where = http.url(routes.OFFERING_USER, offering_user)
        raise Unavailable(f"GET {where}: the reply does not say which state it is in")
    return state
