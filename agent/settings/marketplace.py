"""The table of the marketplace."""

from pydantic import Field

from agent.settings import kinds
from agent.settings.table import Table


class MarketplaceSettings(Table):
    """Where the marketplace is, and how to be let in."""

    url: kinds.WebUrl = Field(
        description="The address of the marketplace, as a browser shows it.", examples=["https://waldur.example.org"]
    )
    token_file: kinds.PrivateFile | None = Field(
        default=None,
        description="The file with the agent's API token, closed to everybody else (chmod 600). Without it the token"
        " is systemd's credential `token`, else the environment variable AGENT_TOKEN.",
        examples=["/etc/agent/token"],
    )
    deadline: kinds.Period = Field(default=60, description="How long one request may take, with all its repetitions.")
