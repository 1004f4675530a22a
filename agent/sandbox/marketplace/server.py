"""The embedded marketplace as a server on loopback, for the demo and for tests."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from agent.sandbox.marketplace.app import build
from agent.sandbox.marketplace.dialect import Dialect, Year
from agent.sandbox.marketplace.faults import Faults
from agent.sandbox.marketplace.loopback import Loopback
from agent.sandbox.marketplace.store import Store
from agent.sandbox.marketplace.wire import hostile
from agent.sandbox.marketplace.world import World


class MarketplaceServer:
    """A marketplace on a free loopback port while the ``with`` block lasts.

    ``world`` is the side of customers and of the demo's story, ``faults`` makes it hostile, ``requests`` holds
    (method, path, status) of everything that was asked. ``token`` belongs to an owner of the provider organization.
    ``clock`` gives UTC seconds, so that a test can turn the month.
    """

    def __init__(
        self,
        dialect: Year = "2025",
        database: str = ":memory:",
        *,
        bulk_user_usage: bool = False,
        slurm_allocations: bool = False,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        spoken = Dialect(year=dialect, bulk_user_usage=bulk_user_usage, slurm_allocations=slurm_allocations)
        self.faults = Faults(seed)
        self.requests: list[tuple[str, str, int]] = []
        self._store = Store(database, clock)
        self.world = World(self._store, spoken)
        self.token = self.world.token(self.world.owner)
        self._server = Loopback(hostile(build(self._store, spoken, self.faults), self.faults, self._record))
        self.url = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._store.close()

    def reset_counts(self) -> None:
        """Forget the requests so far."""
        self.requests.clear()

    def _record(self, method: str, path: str, status: int) -> None:
        self.requests.append((method, path, status))
