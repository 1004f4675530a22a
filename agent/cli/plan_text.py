"""A plan as a person reads it: what would be done, what is held and why, what waits."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from agent.core.actions import Action, AddAssociation, PutDirectoryUser
from agent.core.plan import Plan
from agent.core.standing import unhandled

SHOWN = 6
"""Names listed of a group of equal actions; the rest is a number."""


def plan_lines(plan: Plan, *, whole: bool = True) -> Iterable[str]:
    """The plan, a line for each thing; the last line says what it comes to, and not too much unless it is ``whole``."""
    yield from (f"  {sign(first)} {text}" for first, text in together(plan.actions))
    yield from held_lines(plan)
    yield from remark_lines(plan)
    yield summary(plan) if whole else f"As far as could be read: {summary(plan)}"


def together(actions: Iterable[Action]) -> Iterable[tuple[Action, str]]:
    """The actions in their order, plain additions to one account or to the directory in one line: (first, text)."""
    for _, group in groupby(actions, key=_gathered):
        alike = list(group)
        yield alike[0], _text(alike)


def sign(action: Action) -> str:
    """``-`` for what takes something away, ``+`` for everything else."""
    return "-" if action.evidence else "+"


def held_lines(plan: Plan) -> Iterable[str]:
    """The held actions with their reasons, and how to release them."""
    for item in plan.held:
        yield f"  ⏸ held: {item.describe()}"
    if plan.held_checksum:
        yield f"    release them as they stand: agent guard release {plan.held_checksum}"


def printed(lines: Iterable[str]) -> str:
    """The lines as a terminal may have them: what is no printable character in a name from outside is escaped."""
    return "\n".join("".join(map(_harmless, line)) for line in lines)


def _harmless(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def remark_lines(plan: Plan) -> Iterable[str]:
    """What a person should know beside the actions: who waits, what is not handled, what is left alone, what is odd."""
    for item in plan.waiting:
        who = f"user {item.user_uuid[:8]}{item.username and f' ({item.username})'}"
        yield f"  … {item.account}: {who} {item.reason}"
    for order in plan.unhandled:
        yield f"  … {unhandled(order)}"
    for name in plan.strangers:
        yield f"  · {name} was not made by the agent: left alone"
    for notice in plan.notices:
        yield f"  ! {notice}"
    for record in plan.refused:
        yield f"  ! {record.describe()}"


def summary(plan: Plan) -> str:
    """What the plan comes to, in one line."""
    if plan.empty:
        return "Nothing to do."
    done = f"{len(plan.actions)} to do" if plan.actions else "Nothing to do now"
    return f"{done}, {len(plan.held)} held." if plan.held else f"{done}."


def _gathered(action: Action) -> tuple[str, str]:
    if isinstance(action, AddAssociation) and action.association is None and not action.partitions:
        return action.kind, action.account
    if isinstance(action, PutDirectoryUser) and action.before is None:
        return action.kind, "new"
    return action.kind, action.key


def _text(alike: Sequence[Action]) -> str:
    first = alike[0]
    if len(alike) == 1:
        return first.describe()
    names = [action.user if isinstance(action, AddAssociation) else action.subject for action in alike]
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    where = f"account {first.account}" if isinstance(first, AddAssociation) else "the directory"
    return f"add users {listed} to {where}"
