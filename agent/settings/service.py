"""The tables of the running service: its state and its rhythm."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from agent.settings import kinds
from agent.settings.table import Table


class StateSettings(Table):
    """Where the agent remembers what cannot be read back."""

    directory: kinds.AbsolutePath = Field(
        default=Path("/var/lib/agent"), description="The folder of the journal, the agent's own."
    )


class DaemonSettings(Table):
    """The service that `agent run` starts."""

    converge_every: kinds.Period = Field(
        default=2 * kinds.MINUTE, description="How often both sides are read and made equal."
    )
    usage_every: kinds.Period = Field(default=30 * kinds.MINUTE, description="How often usage is reported.")
    listen: kinds.Address = Field(
        default="127.0.0.1:9317", description="Where metrics, health and the status page are served."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious lines to log."
    )

    @property
    def address(self) -> tuple[str, int]:
        """``listen`` as host and port; an IPv6 address is without its brackets."""
        return kinds.split_address(self.listen)
