"""What the next sync would publish, seen without publishing it."""

from dataclasses import dataclass

from agent.cli.directory_changes import Changes, changes
from agent.cli.directory_session import no_directory
from agent.cli.invocation import Invocation
from agent.cli.session import session
from agent.core.actions import DirectoryAction
from agent.core.guard import HeldAction
from agent.core.model.directory import Directory, Quarantined
from agent.core.plan import Plan
from agent.core.snapshot import Missing, value_or
from agent.engine.converge import plan_cycle
from agent.engine.oneshot import down, nothing_known
from agent.errors import Unavailable

_OURS = ("directory", "the directory")
"""How notices about the directory begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``text`` is the whole file with its digests hidden; ``changes`` are those against the published one.

    ``held`` are the changes that the guard holds, ``release`` the checksum that lets everything go that is held.
    ``quarantined``: records that would not be served as they are listed. ``notices``: what else a person should know.
    ``offerings``: UUID → label. ``outage``: what could not be read, "" when all was. ``held_back``: why nothing at all
    is published.
    """

    file: str
    text: str
    changes: Changes
    held: tuple[HeldAction, ...]
    release: str
    quarantined: tuple[Quarantined, ...]
    notices: tuple[str, ...]
    offerings: dict[str, str]
    outage: str
    held_back: str


def preview(asked: Invocation) -> Preview:
    """Plan a cycle and render its directory. Raises ConfigError without one, Unavailable when nothing is known."""
    with session(asked) as agent:
        server = agent.world.directory
        if server is None:
            raise no_directory(asked)
        observed, _, plan = plan_cycle(agent.world, agent.world.policies)
        nothing_known(observed)
        outage = down(observed)
        if plan.directory is None or isinstance(observed.directory, Missing):
            raise Unavailable(f"what would be published cannot be said now: {outage}")
        stands = server.status()
        return Preview(
            file=stands.file,
            text=server.render(plan.directory),
            changes=changes(value_or(observed.directory, Directory()), plan.directory),
            held=tuple(item for item in plan.held if isinstance(item.action, DirectoryAction)),
            release=plan.held_checksum,
            quarantined=_dated(plan, agent.journal.quarantined()),
            notices=tuple(text for text in plan.notices if text.startswith(_OURS)),
            offerings={offering.uuid: offering.name for offering in agent.settings.offerings},
            outage=outage,
            held_back=stands.held_back,
        )


def _dated(plan: Plan, kept: tuple[Quarantined, ...]) -> tuple[Quarantined, ...]:
    """The plan's refused records; what the journal does not know yet is refused from now on."""
    since = {(one.kind, one.name, one.offering): one.since for one in kept}
    return tuple(
        Quarantined(
            kind=one.kind,
            name=one.name,
            offering=one.offering,
            reason=one.reason,
            since=since.get((one.kind, one.name, one.offering), plan.at),
        )
        for one in plan.refused
    )
