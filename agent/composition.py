"""The composition root: the one place that wires the real classes into the engine's ports."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from agent import __version__
from agent.approval_command import ApprovalCommand
from agent.core.model.marketplace import Resource
from agent.core.names import NameMaker
from agent.engine.world import World
from agent.journal.store import SqliteJournal
from agent.marketplace.client import Client
from agent.marketplace.http import Http
from agent.process import Processes, WriterLock
from agent.settings import Settings
from agent.settings.directory import GlauthSettings
from agent.templates import render
from backends.slurm.cluster import SlurmCluster
from backends.slurm.session import SlurmTools
from backends.slurm.slurm_conf import cluster_name

if TYPE_CHECKING:
    from backends.glauth.server import GlauthDirectory
    from backends.glauth.verify import Probe

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
        """One run of this lane at a time, whichever process it is in. Raises Unavailable when it does not come."""
        with WriterLock(self.settings.state.directory / f"{lane}.lock").acquire(patience):
            yield

    def close(self) -> None:
        """Close connections and the journal."""
        self.http.close()
        self.journal.close()


def compose(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    observers: Observers | None = None,
    stop: threading.Event | None = None,
    **hooks: Callable[..., None],
) -> Agent:
    """The agent these settings describe; ``hooks`` are ``on_action`` and ``on_plan`` of the world.

    Raises ConfigError, with nothing left open.
    """
    watch, stopped = observers or Observers(), stop or threading.Event()
    settings.read_token(environ)
    cluster, directory = _cluster(settings, watch), _directory(settings)
    admission = settings.admission_policy(**asdict(directory.reserved())) if directory else None
    journal = SqliteJournal(settings.state.directory / "journal.sqlite")
    http = _http(settings, environ, watch)
    world = World(
        marketplace=Client(http),
        cluster=cluster,
        journal=journal,
        clock=SystemClock(stopped),
        policies=settings.offering_policies(),
        guard=settings.guard_policy(),
        makers=name_makers(settings),
        directory=directory,
        admission=admission,
        approver=ApprovalCommand(Processes({}, watch.on_start)),
        agent_version=__version__,
        stopping=stopped.is_set,
        **hooks,
    )
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
        token_source=str(settings.marketplace.token_file or "the environment"),
        deadline=settings.marketplace.deadline,
        on_request=watch.on_request,
    )


def _cluster(settings: Settings, watch: Observers) -> SlurmCluster:
    slurm = settings.slurm
    name = slurm.cluster or cluster_name(slurm.conf)
    return SlurmCluster(
        Processes({"SLURM_CONF": str(slurm.conf)}, watch.on_start),
        SlurmTools(slurm.bin),
        WriterLock(slurm.lock_file(name)),
        name,
        read_timeout=float(slurm.read_timeout),
        write_deadline=float(slurm.write_deadline),
        scratch=settings.state.directory,
    )


def _directory(settings: Settings) -> "GlauthDirectory | None":
    glauth = settings.glauth
    if glauth is None:
        return None
    from backends.glauth.server import GlauthDirectory  # noqa: PLC0415 - a site without a directory saves 5 MiB

    return GlauthDirectory(
        file=glauth.file,
        base_file=glauth.base,
        key_file=settings.state.directory / "sentinel.key",
        last_good=settings.state.directory / "glauth.last-good.toml",
        probe=_probe(glauth),
        group=glauth.group,
    )


def _probe(glauth: GlauthSettings) -> "Probe | None":
    if not glauth.probe_url:
        return None
    from backends.glauth.verify import Probe  # noqa: PLC0415 - likewise

    return Probe(url=glauth.probe_url, ca_file=glauth.ca_file, server_name=glauth.server_name)
