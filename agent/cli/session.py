"""An agent for the time of one command, from the settings to closed connections."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent import log
from agent.cli.invocation import Invocation
from agent.composition import Agent, Observers, compose


@contextmanager
def session(
    asked: Invocation, observers: Observers | None = None, stop: threading.Event | None = None
) -> Iterator[Agent]:
    """A wired agent, which begins no new batch once ``stop`` is set. Raises ConfigError for unusable settings."""
    settings = asked.settings()
    log.configure(settings.daemon.log_level)
    agent = compose(settings, os.environ, observers, stop)
    try:
        yield agent
    finally:
        agent.close()
