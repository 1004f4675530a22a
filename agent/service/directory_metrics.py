"""What Prometheus may know of the published directory."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from agent.core.model.directory import DirectoryStatus

_KINDS = ("user", "group", "feed", "directory")


class DirectoryMetrics:
    """Nothing is shown before the first ``set``: a site without a directory has no file that is not served."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._users = Gauge(
            "agent_directory_users", "Users in the published file, disabled ones included.", ["file"], registry=registry
        )
        self._proved = Gauge(
            "agent_directory_proved", "1 when GLAuth was seen to serve the file, else 0.", ["file"], registry=registry
        )
        self._held_back = Gauge(
            "agent_directory_held_back",
            "1 while what the marketplace says is not published after a roll-back, else 0.",
            ["file"],
            registry=registry,
        )
        self._failing = Gauge(
            "agent_directory_failing",
            "1 when the last cycle could not publish the directory, or not restart GLAuth as it must, else 0.",
            ["file"],
            registry=registry,
        )
        self._owed = Gauge(
            "agent_directory_restart_owed",
            "1 while GLAuth serves the file, and must be restarted to take a change of its base, else 0.",
            ["file"],
            registry=registry,
        )
        self._restarted = Gauge(
            "agent_directory_restart_timestamp_seconds",
            "When the agent last restarted GLAuth, UTC seconds since the epoch.",
            ["file"],
            registry=registry,
        )
        self._quarantined = Gauge(
            "agent_directory_quarantined",
            "What is not served as listed: users, groups, whole feeds, all of it.",
            ["kind"],
            registry=registry,
        )

    def set(self, status: DirectoryStatus, quarantined: Mapping[str, int]) -> None:
        """How it stands now; without a probe nothing is said of a proof."""
        self._users.labels(status.file).set(status.users)
        self._held_back.labels(status.file).set(bool(status.held_back))
        self._owed.labels(status.file).set(status.owed)
        if status.proved is not None:
            self._proved.labels(status.file).set(status.proved)
        if status.restarted is not None:
            self._restarted.labels(status.file).set(status.restarted)
        for kind in {*_KINDS, *quarantined}:
            self._quarantined.labels(kind).set(quarantined.get(kind, 0))

    def failing(self, file: str, *, failing: bool) -> None:
        """Whether the last cycle could publish."""
        self._failing.labels(file).set(failing)

    def unknown(self, file: str) -> None:
        """How it stands could not be found out: what was proved before says nothing of now."""
        self._proved.labels(file).set(0)
