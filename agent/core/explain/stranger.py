"""A username that no person and no service account of the marketplace has."""

from collections.abc import Iterator

from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.sight import Sight
from agent.core.moments import moment
from agent.core.snapshot import complete, reason


def stranger_links(sight: Sight, name: str) -> Iterator[Link]:
    """Why the agent has nothing to do with it: it is somebody's it does not know, or nobody's any more."""
    mark, text = _whose(sight, name)
    yield Link(step=Step.USERNAME, mark=mark, text=text)


def _whose(sight: Sight, name: str) -> tuple[Mark, str]:
    known = sight.known
    if name in known.holders:
        return Mark.NONE, f"{name} was given to user {known.holders[name][:40]}, of whom no offering says anything now"
    gap = next((reason(one.users) for one in sight.observed.offerings.values() if not complete(one.users)), "")
    if gap:
        return Mark.UNKNOWN, f"whose {name} is cannot be said: {gap}"
    return Mark.NONE, _nobodys(sight, name)


def _nobodys(sight: Sight, name: str) -> str:
    known = sight.known
    if name in known.let_go:
        return f"{name} was released on {moment(known.let_go[name])}; nobody has it"
    if name in sight.reserved or name in sight.local:
        return f"{name} is the system's or the site's; no person of the marketplace gets it"
    if any(user == name for _, user in known.associations):
        return f"no person of the marketplace has {name} any more; the agent made its associations"
    if name in sight.of_user:
        return f"no person of the marketplace has {name}: an administrator added it"
    return f"no person of the marketplace has {name}"
