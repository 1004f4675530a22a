"""An ASGI app served by uvicorn in a thread, on a free loopback port, that starts and stops in milliseconds."""

import asyncio
import logging
import socket
import threading
import time
from concurrent.futures import Future

import uvicorn
from starlette.types import ASGIApp


class Loopback:
    """The server of one app. ``port`` is taken from the beginning; it answers between ``start`` and ``stop``."""

    def __init__(self, app: ASGIApp) -> None:
        # asyncio sets TCP_NODELAY only where the protocol is named; without it each reply costs 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(128)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Prompt(_config(app))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("The embedded server did not start; its traceback is above.")
            time.sleep(0.001)

    def stop(self) -> None:
        """Cut every connection, requests that stall included, and free the port."""
        self._server.stopped.set_result(None)
        self._thread.join()
        self._socket.close()


class _Prompt(uvicorn.Server):
    # uvicorn looks ten times a second whether to stop, and then waits for its clients; a test suite has no time for it.

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopped: Future[None] = Future()

    async def main_loop(self) -> None:
        await asyncio.wrap_future(self.stopped)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def _config(app: ASGIApp) -> uvicorn.Config:
    log = logging.getLogger("uvicorn.error")
    log.removeFilter(_unexpected)
    log.addFilter(_unexpected)
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        date_header=False,
    )


def _unexpected(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's is news: a reply torn on purpose is not."""
    return not record.getMessage().startswith("ASGI callable returned without completing response")
