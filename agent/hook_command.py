"""The site's own commands about users and resources."""

from collections.abc import Mapping, Sequence

from agent.errors import Unavailable
from agent.process import Processes
from agent.site_command import last_line, run

DEADLINE = 60.0
"""Seconds a command has; then it is ended, and runs again later."""


class HookCommand:
    """Implements ``agent.ports.HookRunner``. The command gets nothing but the event."""

    def __init__(self, processes: Processes, deadline: float = DEADLINE) -> None:
        self._processes = processes
        self._deadline = deadline

    def run(self, command: Sequence[str], event: Mapping[str, object]) -> str:
        """What went wrong, with the last line on stderr; "" for exit code 0."""
        try:
            finished = run(self._processes, command, event, self._deadline)
        except Unavailable as error:
            return str(error)
        if finished.returncode == 0:
            return ""
        said = last_line(finished.stderr)
        return f"ended with {finished.returncode}{said and f': {said}'}"
