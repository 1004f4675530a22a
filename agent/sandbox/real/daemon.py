"""One server process in the foreground, a child of ours, so that it is ended by its own pid."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POLL = 0.05
LAST_LINES = 8


class Daemon:
    """A server with its log; ``name`` is what errors call it."""

    def __init__(self, name: str, argv: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(word) for word in argv],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal is for us; we then end it in order
            )

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when ``ready``; RuntimeError with the end of the log when the server ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise RuntimeError(f"{self.name} ended with code {self._process.returncode}\n{self._end_of_log()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} was not ready after {seconds:g} s\n{self._end_of_log()}")
            time.sleep(POLL)

    def ask_to_end(self) -> None:
        """Send SIGTERM and do not wait."""
        if self.running:
            self._process.terminate()

    def end(self, patience: float = 10.0) -> None:
        """SIGTERM, then SIGKILL after ``patience`` seconds; returns when the process is gone."""
        self.ask_to_end()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self._process.kill()
        self._process.wait()

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
