"""The embedded cluster's commands without processes: the same answers, a hundred times faster.

For tests that run thousands of commands. Each command runs in a thread of its own, so that one past its time can be
left to itself; a writer past its deadline keeps the writer lock until it is done, as a process would.
"""

import contextvars
import io
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent.errors import Unavailable
from agent.process import DEFAULT_READ_TIMEOUT, Finished, Processes
from agent.sandbox.cluster import program, times
from agent.sandbox.cluster.launchers import PROGRAMS
from agent.writer_lock import WriterLock


class InProcess(Processes):
    """Stands in for ``Processes``: runs the commands of embedded clusters in this process, all others as ever.

    The environment's TZ has to be UTC, as the zone of this process is not the commands' to change: ValueError.
    """

    def __init__(self, environment: Mapping[str, str], on_start: Callable[[str, int], None] | None = None) -> None:
        super().__init__(environment, on_start or _not_counted)
        self._given, self._counted = dict(environment), on_start or _not_counted
        self._left: dict[Path, _Run] = {}

    def including(self, environment: Mapping[str, str]) -> "InProcess":
        """The same, with more in the environment."""
        more = InProcess({**self._given, **environment}, self._counted)
        more._left = self._left  # one set of writers for all
        return more

    def read(self, argv: Sequence[str], stdin: str = "", timeout: float = DEFAULT_READ_TIMEOUT) -> Finished:
        """See ``Processes.read``. What does not answer in time is forgotten."""
        if not _is_ours(argv):
            return super().read(argv, stdin, timeout)
        run = self._begun(argv, stdin, 0)
        if not run.done(timeout):
            raise Unavailable(
                f"{argv[0]} did not answer within {timeout:g} s and was stopped; "
                "see whether its server is up, or raise the read timeout in the settings"
            )
        return run.finished()

    def write(
        self, argv: Sequence[str], stdin: str = "", *, lock: WriterLock, changes: int, deadline: float
    ) -> Finished:
        """See ``Processes.write``."""
        if not _is_ours(argv):
            return super().write(argv, stdin, lock=lock, changes=changes, deadline=deadline)
        left = self._left.get(lock.path)
        if left and not left.done(0):
            raise Unavailable(f"{left.argv[0]} still writes since its deadline passed; wait until it is done")
        held = os.dup(lock.descriptor)  # the file stays locked while one of its descriptors is open
        run = self._begun(argv, stdin, changes, lambda: os.close(held))
        if not run.done(deadline):
            self._left[lock.path] = run
            raise Unavailable(
                f"{argv[0]} still runs after {deadline:g} s; it is left to finish and keeps "
                "the writer lock until then, so nothing else is written; see what its server is busy with"
            )
        return run.finished()

    def _begun(self, argv: Sequence[str], stdin: str, changes: int, at_end: Callable[[], None] | None = None) -> "_Run":
        if self._given.get("TZ", "UTC") != "UTC":
            raise ValueError(f"commands in this process run in UTC, not in {self._given['TZ']}")
        run = _Run(argv, stdin, self._given, at_end)
        run.start()
        self._counted(Path(argv[0]).name, changes)
        return run


class _Run:
    """One command in its thread."""

    def __init__(
        self, argv: Sequence[str], stdin: str, environment: Mapping[str, str], at_end: Callable[[], None] | None
    ) -> None:
        self.argv = tuple(argv)
        self._out, self._err = io.StringIO(), io.StringIO()
        self._around = program.Surroundings(environment, io.StringIO(stdin, newline=None), self._say)
        self._at_end = at_end
        self._code = 0
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=contextvars.Context().run, args=(self._run,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def done(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def finished(self) -> Finished:
        """How it ended. Raises what the command raised: a fault of the stand-in is never an answer."""
        if self._failure:
            raise self._failure
        return Finished(self.argv, self._code, self._out.getvalue(), self._err.getvalue())

    def _run(self) -> None:
        times.IN_UTC.set(True)
        try:
            self._code = program.run(Path(self.argv[0]).name, self.argv[1:], self._around)
        except BaseException as failure:  # noqa: BLE001 - raised again in the caller's thread
            self._failure = failure
        finally:
            if self._at_end:
                self._at_end()

    def _say(self, out: str, err: str) -> None:
        self._out.write(out)
        self._err.write(err)


def _is_ours(argv: Sequence[str]) -> bool:
    """Whether this is a command of an embedded cluster that is there."""
    path = Path(argv[0])
    return path.name in PROGRAMS and path.is_file() and (path.parent.parent / program.DATABASE).exists()


def _not_counted(_program: str, _changes: int) -> None:
    """Stands in when nobody counts."""
