"""A served marketplace with one offering, one project and one member, and a small client for it."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from agent.sandbox.marketplace.server import MarketplaceServer

TLS = ssl.create_default_context()  # each client would make its own, which costs more than a whole test


class Api:
    """The HTTP side with one token."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Token {token}"} if token else {}
        self.client = httpx.Client(base_url=f"{url}/api/", headers=headers, timeout=10, verify=TLS)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.client.get(path, params=params)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.client.post(path, json={} if body is None else body)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.client.patch(path, json=body)


@dataclass
class Site:
    server: MarketplaceServer
    api: Api
    offering: str
    customer: str
    project: str
    alice: str
    as_user: Callable[[str], Api]

    @property
    def world(self):
        return self.server.world

    def order(self, name: str = "alloc-one", **limits: int) -> str:
        return self.world.order_create(self.project, self.offering, name, limits or {"cpu": 100, "mem": 400})

    def resource_of(self, order: str) -> str:
        return self.world.order(order)["resource"]

    def active(self, name: str = "alloc-one", **limits: int) -> str:
        """A resource that is OK."""
        order = self.order(name, **limits)
        assert self.api.post(f"marketplace-orders/{order}/approve_by_provider/").status_code == 200
        assert self.api.post(f"marketplace-orders/{order}/set_state_done/").status_code == 200
        return self.resource_of(order)

    def act(self, order: str, name: str, body: Any = None) -> httpx.Response:
        return self.api.post(f"marketplace-orders/{order}/{name}/", body)


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    """A maker of sites: ``site("2024", bulk_user_usage=True, offering={...})``."""
    with ExitStack() as stack:

        def make(dialect: str = "2025", *, offering: dict[str, Any] | None = None, **options: Any) -> Site:
            server = stack.enter_context(MarketplaceServer(dialect, **options))

            def as_user(token: str) -> Api:
                api = Api(server.url, token)
                stack.callback(api.client.close)
                return api

            world = server.world
            customer = world.create_customer("University")
            project = world.create_project(customer, "Climate")
            alice = world.create_user("alice", "Alice", "Adams")
            world.add_member(project, alice)
            found = world.create_offering("Lab SLURM", **(offering or {}))
            return Site(server, as_user(server.token), found, customer, project, alice, as_user)

        yield make


@pytest.fixture
def modern(site: Callable[..., Site]) -> Site:
    return site("2025")


@pytest.fixture
def old(site: Callable[..., Site]) -> Site:
    return site("2024")


@pytest.fixture(params=["2024", "2025"])
def each(request: pytest.FixtureRequest, site: Callable[..., Site]) -> Site:
    return site(request.param)
