"""What Prometheus may know: values kept as the work is done, so that a scrape never asks Slurm or the marketplace."""

import threading
from collections.abc import Collection, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, ProcessCollector

from agent.core.model.directory import DirectoryStatus
from agent.service.directory_metrics import DirectoryMetrics


class Metrics:
    """The agent's metrics on a registry of their own; every method may be called from any thread."""

    def __init__(self, version: str) -> None:
        self.registry = registry = CollectorRegistry()
        self.version = version
        self._lock = threading.Lock()
        self._held: tuple[str, ...] = ()
        self._order_states: set[str] = set()
        self._incomplete_parts: set[tuple[str, str]] = set()
        ProcessCollector(registry=registry)
        Info("agent_build", "The running version.", registry=registry).info({"version": version})
        self._success = Gauge(
            "agent_lane_last_success_timestamp_seconds",
            "When the lane last succeeded, UTC seconds since the epoch.",
            ["lane"],
            registry=registry,
        )
        self._duration = Gauge(
            "agent_lane_duration_seconds", "How long the lane's last run took.", ["lane"], registry=registry
        )
        self._failures = Counter(
            "agent_lane_failures", "Runs of the lane that failed.", ["lane", "error"], registry=registry
        )
        self._actions = Counter("agent_actions", "Actions that were applied.", ["kind", "result"], registry=registry)
        self._held_count = Gauge(
            "agent_held_actions", "Actions that wait for a person to release them.", registry=registry
        )
        self._waiting = Gauge(
            "agent_waiting_users", "People and service accounts that should have access and wait.", registry=registry
        )
        self._orders = Gauge("agent_orders", "Open orders by state.", ["state"], registry=registry)
        self._oldest_order = Gauge(
            "agent_oldest_order_timestamp_seconds",
            "When the oldest open order of the state was placed, UTC seconds since the epoch.",
            ["state"],
            registry=registry,
        )
        self._incomplete = Gauge(
            "agent_incomplete_reads",
            "1 while a part of the marketplace or of Slurm cannot be read whole, so that nothing is removed by it.",
            ["offering", "section"],
            registry=registry,
        )
        self._failed_commands = Gauge(
            "agent_failed_commands",
            "Events that a command of [hooks] failed on, and is run for again.",
            registry=registry,
        )
        self._directory = DirectoryMetrics(registry)
        self._calls = Counter("agent_external_calls", "Processes started.", ["program"], registry=registry)
        self._changes = Counter("agent_slurm_changes", "Changing commands sent to Slurm.", registry=registry)
        self._requests = Counter(
            "agent_marketplace_requests",
            "Requests to the marketplace; status 0 means that no reply came.",
            ["method", "route", "status"],
            registry=registry,
        )

    def lane_finished(self, lane: str, seconds: float, at: float) -> None:
        """The lane succeeded ``at`` this UTC second after running for ``seconds``."""
        self._success.labels(lane).set(at)
        self._duration.labels(lane).set(seconds)

    def lane_failed(self, lane: str, error: str, seconds: float) -> None:
        """The lane failed with an error of this class after running for ``seconds``."""
        self._failures.labels(lane, error).inc()
        self._duration.labels(lane).set(seconds)

    def last_success(self, lane: str) -> float | None:
        """When the lane last succeeded, UTC seconds; None when it has not since the agent started."""
        return self.registry.get_sample_value("agent_lane_last_success_timestamp_seconds", {"lane": lane})

    def action(self, kind: str, result: str) -> None:
        """One action of this kind was applied, with this result."""
        self._actions.labels(kind, result).inc()

    def held(self, descriptions: Sequence[str]) -> None:
        """These actions are held now, each described with reason and age for the status page."""
        with self._lock:
            self._held = tuple(descriptions)
        self._held_count.set(len(descriptions))

    def held_descriptions(self) -> tuple[str, ...]:
        """The held actions as last described."""
        with self._lock:
            return self._held

    def waiting(self, users: int) -> None:
        """So many people and service accounts should have access and do not have it yet."""
        self._waiting.set(users)

    def orders(self, counts: Mapping[str, int], oldest: Mapping[str, float]) -> None:
        """The open orders by state now, and when the oldest of each was placed (UTC seconds).

        A state that is not there any more goes to 0, and has no oldest order.
        """
        with self._lock:
            self._order_states |= counts.keys()
            for state in self._order_states:
                self._orders.labels(state).set(counts.get(state, 0))
            self._oldest_order.clear()
            for state, placed in oldest.items():
                self._oldest_order.labels(state).set(placed)

    def incomplete(self, parts: Collection[tuple[str, str]]) -> None:
        """These parts, (offering, section), could not be read as a whole; "" is the offering of Slurm's."""
        with self._lock:
            self._incomplete_parts |= set(parts)
            for part in self._incomplete_parts:
                self._incomplete.labels(*part).set(part in parts)

    def failed_commands(self, events: int) -> None:
        """So many events were not taken by the site's commands yet, although they were run."""
        self._failed_commands.set(events)

    def directory(self, status: DirectoryStatus, quarantined: Mapping[str, int]) -> None:
        """How the published directory stands now, and how many records of each kind are not served as listed."""
        with self._lock:
            self._directory.set(status, quarantined)

    def directory_unknown(self, file: str) -> None:
        """How the published directory stands cannot be said now."""
        with self._lock:
            self._directory.unknown(file)

    def directory_failing(self, file: str, *, failing: bool) -> None:
        """Whether the last cycle could publish the directory as it should."""
        with self._lock:
            self._directory.failing(file, failing=failing)

    def external_call(self, program: str, changes: int) -> None:
        """One process of this program was started, carrying this many changing commands."""
        self._calls.labels(program).inc()
        self._changes.inc(changes)

    def request(self, method: str, route: str, status: int) -> None:
        """One request was made; ``route`` is the template without identifiers, which keeps the series few."""
        self._requests.labels(method, route, str(status)).inc()
