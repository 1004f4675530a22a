"""The site's own command that says yes or no to an order."""

from collections.abc import Mapping, Sequence

from agent.errors import Unavailable
from agent.ports import Answer
from agent.process import Finished, Processes
from agent.site_command import first_line, run

DEADLINE = 30.0
"""Seconds the command has; then it is ended, and that is no answer."""


class ApprovalCommand:
    """Implements ``agent.ports.Approver``. The command gets nothing but the order."""

    def __init__(self, processes: Processes, deadline: float = DEADLINE) -> None:
        self._processes = processes
        self._deadline = deadline

    def ask(self, command: Sequence[str], order: Mapping[str, object]) -> Answer:
        """Exit code 0 is yes, 1 is no with the reason on stdout, and anything else is no answer."""
        try:
            finished = run(self._processes, command, order, self._deadline)
        except Unavailable as error:
            return Answer(None, str(error))
        if finished.returncode == 0:
            return Answer(approved=True)
        if finished.returncode == 1:
            return Answer(approved=False, reason=first_line(finished.stdout))
        return Answer(None, _what_went_wrong(finished))


def _what_went_wrong(finished: Finished) -> str:
    said = first_line(finished.stderr) or first_line(finished.stdout)
    ended = f"{finished.argv[0]} ended with {finished.returncode}, which is neither yes (0) nor no (1)"
    return f"{ended}: {said}" if said else ended
