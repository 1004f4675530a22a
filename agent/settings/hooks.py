"""The table of the site's own commands."""

from pydantic import Field

from agent.core.policy import Hooks
from agent.settings import kinds
from agent.settings.table import Table


class HookSettings(Table):
    """Commands of the site's own, by their whole path, run once for each object.

    They get JSON on stdin and have a minute. One that fails is run again later, less and less often. They run as the
    agent's user inside its unit, where nobody becomes root and nothing but the state directory can be written: hand on
    what needs more, as docs/operations.md shows.
    """

    on_user_ready: kinds.Command = Field(
        default=(),
        description="Run when a user can first work, to have a home directory made for instance:"
        ' `["/usr/local/bin/hand-on"]`.',
    )
    on_resource_ready: kinds.Command = Field(
        default=(),
        description="Run when a resource's account first stands, to have a project directory made for instance.",
    )
    on_resource_removed: kinds.Command = Field(
        default=(), description="Run when a resource is terminated and its account is gone."
    )

    def hooks(self) -> Hooks:
        """The commands."""
        return Hooks(
            on_user_ready=self.on_user_ready,
            on_resource_ready=self.on_resource_ready,
            on_resource_removed=self.on_resource_removed,
        )
