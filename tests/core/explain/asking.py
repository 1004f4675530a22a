"""Asks why in a small world, as a test would say it."""

from dataclasses import replace

from agent.core.explain import History, Link, Sight, Step, explain, find
from agent.core.model.directory import Directory
from agent.core.snapshot import Section
from tests.fixtures.worlds import World

NOTHING = History()


def sight(world: World, *, directory: Section[Directory] | None = None, **fields: object) -> Sight:
    """What is seen of a world; ``fields`` replace parts of the sight."""
    observed = replace(world.observed(), **({"directory": directory} if directory else {}))
    values = {"known": world.known, "plan": world.plan(), "policies": [world.policy], **fields}
    return Sight(observed=observed, **values)  # type: ignore[arg-type]


def why(world: World, name: str, history: History = NOTHING, **fields: object) -> tuple[Link, ...]:
    """The links of the one thing that a name means."""
    seen = sight(world, **fields)  # type: ignore[arg-type]
    (subject,) = find(seen, name)
    return explain(seen, subject, history)


def one(links: tuple[Link, ...], step: Step) -> Link:
    """The only link of a step."""
    (found,) = [link for link in links if link.step is step]
    return found
