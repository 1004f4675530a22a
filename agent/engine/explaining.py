"""Gather what an answer to "why" is made of, and change nothing: both sides, the plan, the journal, who resolves."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from agent.core.explain import History, Link, Sight, Subject, explain, find, traces
from agent.core.model.people import Identity
from agent.core.names import is_username
from agent.core.snapshot import Section
from agent.engine.converge import plan_cycle
from agent.engine.observe import section
from agent.engine.world import World

Recall = Callable[[Collection[str], Collection[str], Collection[str]], History]
"""What the journal remembers under these usernames, accounts and UUIDs."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One of the things that a name means, with its links and with what the journal remembers of it."""

    subject: Subject
    links: tuple[Link, ...]
    history: History


def look(world: World) -> Sight:
    """Both sides, the journal and the plan of every offering; nobody was asked yet whether a name resolves."""
    observed, known, plan = plan_cycle(world, world.policies)
    return Sight(
        observed=observed,
        known=known,
        plan=plan,
        policies=world.policies,
        reserved=world.reserved_names | world.guard.protected,
        local=world.local_names,
    )


def asked(world: World, sight: Sight, subjects: Iterable[Subject]) -> Sight:
    """The same, with what the directory and the host say of the usernames of these; an outage is no "no"."""
    users, _, _ = traces(sight, subjects)
    names = frozenset(name for name in users if is_username(name))
    found: Mapping[str, Section[Mapping[str, Identity]]] = {
        which: section(partial(identities.resolve, names)) for which, identities in world.identities.items() if names
    }
    return replace(sight, identities=found)


def answers(world: World, sight: Sight, text: str, recall: Recall) -> tuple[Answer, ...]:
    """All that ``text`` means, each with its chain; empty when nothing is known of it."""
    subjects = find(sight, text)
    if not subjects:
        return ()
    seen = asked(world, sight, subjects)
    return tuple(_answer(seen, subject, recall(*traces(seen, [subject]))) for subject in subjects)


def _answer(sight: Sight, subject: Subject, history: History) -> Answer:
    return Answer(subject=subject, links=explain(sight, subject, history), history=history)
