"""What Prometheus may know: values kept as the work is done, so that a scrape never asks Slurm or the marketplace."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, ProcessCollector

from agent.core.model.directory import DirectoryStatus
from agent.service.cycle_metrics import CycleMetrics
from agent.service.directory_metrics import DirectoryMetrics


class Metrics(CycleMetrics):
    """The agent's metrics on a registry of their own; every method may be called from any thread."""

    def __init__(self, version: str) -> None:
        self.registry = registry = CollectorRegistry()
        self.version = version
        super().__init__(registry)
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
