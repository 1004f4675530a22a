"""The composition root: the one place that wires the real classes into the engine's ports."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypedDict, Unpack

from agent import __version__
from agent.approval_command import ApprovalCommand
from agent.core.model.marketplace import Resource
from agent.core.names import NameMaker
from agent.core.plan import Plan
from agent.core.snapshot import Observed
from agent.directory_wiring import Admission, published_directory
from agent.engine.world import World
from agent.hook_command import HookCommand
from agent.journal.store import SqliteJournal
from agent.marketplace.client import Client
from agent.marketplace.http import Http
from agent.people_wiring import identities, local_names, name_sources, reserved_names
from agent.process import Processes
from agent.settings import Settings
from agent.templates import render
from agent.writer_lock import WriterLock
from backends.slurm.cluster import SlurmCluster
from backends.slurm.session import SlurmTools
from backends.slurm.slurm_conf import cluster_name

TURN_PATIENCE = 3600.0
"""Seconds a one-shot run waits for the daemon's cycle in hand: one cycle at a time per state directory."""


@dataclass(frozen=True, slots=True)
class Observers:
    """Who is told of each process started and each request made; by default nobody."""

    on_start: Callable[[str, int], None] = lambda _program, _changes: None
    on_request: Callable[[str, str, int], None] = lambda _method, _route, _status: None


class SystemClock:
    """The wall clock; a sleep ends early when the agent is told to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def now(self) -> float:
        """UTC seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._stop.wait(seconds)


@dataclass(kw_only=True)
class Agent:
    """A wired agent: the world, and the turns that keep two cycles of one lane apart."""

    settings: Settings
    world: World
    http: Http
    journal: SqliteJournal

    @contextmanager
    def turn(self, lane: str, patience: float = TURN_PATIENCE) -> Iterator[None]:
        """One run of this lane at a time, whichever process it is in.

        Raises Unavailable when it does not come, Stopped when the agent is told to stop before it does.
        """
        with WriterLock(self.settings.state.directory / f"{lane}.lock", self.world.stopping).acquire(patience):
            yield

    def close(self) -> None:
        """Close connections and the journal."""
        self.http.close()
        self.journal.close()


class Watchers(TypedDict, total=False):
    """Who hears of each action and each plan, see ``World``."""

    on_action: Callable[[str, str], None]
    on_plan: Callable[[Observed, Plan], None]


def compose(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    observers: Observers | None = None,
    stop: threading.Event | None = None,
    **watchers: Unpack[Watchers],
) -> Agent:
    """The agent these settings describe. Raises ConfigError or Unavailable, with nothing left open."""
    watch, stopped = observers or Observers(), stop or threading.Event()
    settings.read_token(environ)
    commands = Processes({}, watch.on_start)
    directory = published_directory(settings, commands)
    admission = Admission(settings, directory) if directory else None
    with ExitStack() as opened:
        journal = SqliteJournal(settings.state.directory / "journal.sqlite")
        opened.callback(journal.close)
        http = _http(settings, environ, watch)
        opened.callback(http.close)
        world = World(
            marketplace=Client(http, settings.glauth.unix_name if settings.glauth else "auto"),
            cluster=_cluster(settings, watch, journal),
            journal=journal,
            clock=SystemClock(stopped),
            policies=settings.offering_policies(),
            guard=settings.guard_policy(),
            makers=name_makers(settings),
            directory=directory,
            admission=admission,
            approver=ApprovalCommand(commands),
            name_sources=name_sources(settings, commands),
            reserved_names=reserved_names(settings, admission().reserved_names if admission else ()),
            local_names=local_names(),
            identities=identities(settings, commands),
            hooks=settings.hooks.hooks(),
            hook_runner=HookCommand(commands),
            agent_version=__version__,
            stopping=stopped.is_set,
            **watchers,
        )
        opened.pop_all()
    return Agent(settings=settings, world=world, http=http, journal=journal)


def name_makers(settings: Settings) -> dict[str, NameMaker]:
    """Offering → the maker of its accounts' names; ``OFFERING/LEVEL`` → of those above, by ``name_templates``."""
    return {
        f"{offering.uuid}/{whose}".rstrip("/"): name_maker(template)
        for offering in settings.offerings
        for whose, template in offering.name_templates().items()
    }


def name_maker(template: str) -> NameMaker:
    """The function that renders an offering's account-name template for a resource."""

    def make(resource: Resource) -> str:
        return render(
            template,
            {
                "resource_name": resource.name,
                "resource_slug": resource.slug,
                "resource_uuid": resource.uuid,
                "project_slug": resource.project_slug,
                "project_name": resource.project_name,
                "customer_slug": resource.customer_slug,
                "customer_name": resource.customer_name,
            },
        )

    return make


def _http(settings: Settings, environ: Mapping[str, str], watch: Observers) -> Http:
    return Http(
        settings.marketplace.url,
        lambda: settings.read_token(environ),
        token_source=settings.token_source(environ),
        deadline=settings.marketplace.deadline,
        on_request=watch.on_request,
    )


def _cluster(settings: Settings, watch: Observers, journal: SqliteJournal) -> SlurmCluster:
    """Coordinators that the agent made are looked after until the last one is gone, whatever the settings say now."""
    slurm, policies = settings.slurm, settings.offering_policies()
    made = journal.known(time.time()).coordinators
    name = slurm.cluster or cluster_name(slurm.conf)
    return SlurmCluster(
        Processes({"SLURM_CONF": str(slurm.conf)}, watch.on_start),
        SlurmTools(slurm.bin),
        WriterLock(slurm.lock_file(name)),
        name,
        read_timeout=float(slurm.read_timeout),
        write_deadline=float(slurm.write_deadline),
        scratch=settings.state.directory,
        coordinators=bool(made) or any(policy.coordinators for policy in policies),
        default_accounts=any(policy.default_account for policy in policies),
    )
