"""What Prometheus may know of the last cycle: what waits, for whom, and what could not be read."""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from prometheus_client import CollectorRegistry, Gauge


class CycleMetrics:
    """Every method may be called from any thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lock = threading.Lock()
        self._held: tuple[str, ...] = ()
        self._order_states: set[str] = set()
        self._incomplete_parts: set[tuple[str, str]] = set()
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
                if state in oldest:
                    self._oldest_order.labels(state).set(oldest[state])
                else:
                    with suppress(KeyError):
                        self._oldest_order.remove(state)

    def incomplete(self, parts: Collection[tuple[str, str]]) -> None:
        """These parts, (offering, section), could not be read as a whole; "" is the offering of Slurm's."""
        with self._lock:
            self._incomplete_parts |= set(parts)
            for part in self._incomplete_parts:
                self._incomplete.labels(*part).set(part in parts)

    def failed_commands(self, events: int) -> None:
        """So many events were not taken by the site's commands yet, although they were run."""
        self._failed_commands.set(events)
