"""An agent for the time of one command, from the settings to closed connections."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from agent import log
from agent.cli.invocation import Invocation
from agent.composition import Agent, Observers, compose


@contextmanager
def session(asked: Invocation, observers: Observers | None = None) -> Iterator[Agent]:
    """A wired agent. Raises ConfigError when the settings cannot be used."""
    settings = asked.settings()
    log.configure(settings.daemon.log_level)
    agent = compose(settings, os.environ, observers)
    try:
        yield agent
    finally:
        agent.close()
