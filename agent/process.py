"""Processes; the only place that starts any.

A reader is killed at its timeout, whole process group. A writer never is: a killed ``sacctmgr`` transaction was still
rolling back 17 minutes later. It runs in its own session, reads and writes unlinked temporary files (so that it neither
starves nor dies of SIGPIPE when the agent is gone), and holds the writer lock itself until it ends.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from agent.errors import Unavailable
from agent.shortages import remedy_of
from agent.writer_lock import WriterLock

BASE_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"}
DEFAULT_READ_TIMEOUT = 30.0
_SLURMS = "for Slurm's commands: bin in the section slurm"


@dataclass(frozen=True, slots=True)
class Finished:
    r"""How a process ended. Bytes that are not UTF-8 appear as ``\xNN``.

    That spelling keeps different names different (unlike "replace") and can be logged and stored anywhere (unlike
    "surrogateescape").
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str


class _Streams(NamedTuple):
    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]


def _not_counted(_program: str, _changes: int) -> None:
    """Stands in when nobody counts processes."""


class Processes:
    """Starts programs by path, with nothing in their environment but what is given.

    ``on_start`` is called once per started process with the program's base name and the number of changing commands it
    carries (0 for a reader).
    """

    def __init__(self, environment: Mapping[str, str], on_start: Callable[[str, int], None] = _not_counted) -> None:
        self._environment = {**BASE_ENVIRONMENT, **environment}
        self._on_start = on_start

    def including(self, environment: Mapping[str, str]) -> "Processes":
        """The same, with more in the environment."""
        return Processes({**self._environment, **environment}, self._on_start)

    def read(self, argv: Sequence[str], stdin: str = "", timeout: float = DEFAULT_READ_TIMEOUT) -> Finished:
        """Run a program that changes nothing.

        Raises ``Unavailable`` when it cannot be started, or when it was killed after ``timeout`` seconds. One that this
        user may not kill (``sudo``) goes on, and the error names it.
        """
        with _streams(stdin) as streams:
            child = self._start(argv, streams, changes=0, descriptors=())
            try:
                child.wait(timeout)
            except subprocess.TimeoutExpired:
                _end_group(child, argv[0])
                raise Unavailable(
                    f"{argv[0]} did not answer within {timeout:g} s and was stopped; "
                    "see whether its server is up, or raise the read timeout in the settings"
                ) from None
            except BaseException:  # Ctrl-C, above all
                with suppress(Unavailable):
                    _end_group(child, argv[0])
                raise
            return _finished(argv, child, streams)

    def write(
        self, argv: Sequence[str], stdin: str = "", *, lock: WriterLock, changes: int, deadline: float
    ) -> Finished:
        """Run a program that carries ``changes`` changing commands, under a lock that the caller holds.

        Raises ``Unavailable`` when it cannot be started, or when it still runs after ``deadline`` seconds: it is left
        to finish and keeps the lock until then.
        """
        _refuse_beside_another(lock)
        with _streams(stdin) as streams:
            child = self._start(argv, streams, changes, descriptors=(lock.descriptor,))
            lock.name_child(child.pid)
            try:
                child.wait(deadline)
            except subprocess.TimeoutExpired:
                raise Unavailable(
                    f"{argv[0]} still runs after {deadline:g} s (process {child.pid}); it is left to finish and keeps "
                    "the writer lock until then, so nothing else is written; see what its server is busy with"
                ) from None
            finally:
                _keep_until_done(lock.path, child)
            return _finished(argv, child, streams)

    def _start(
        self, argv: Sequence[str], streams: _Streams, changes: int, descriptors: tuple[int, ...]
    ) -> subprocess.Popen[bytes]:
        try:
            child = subprocess.Popen(
                argv,
                stdin=streams.stdin,
                stdout=streams.stdout,
                stderr=streams.stderr,
                env=self._environment,
                cwd="/",
                start_new_session=True,
                pass_fds=descriptors,
            )
        except OSError as error:
            remedy = remedy_of(error, f"install it, or correct the folder it is looked for in ({_SLURMS})")
            raise Unavailable(f"{argv[0]} cannot be started: {error.strerror}; {remedy}") from error
        self._on_start(Path(argv[0]).name, changes)
        return child


_left_running: list[tuple[Path | None, subprocess.Popen[bytes]]] = []
"""Children that go on without us, each with the lock it holds if it is a writer."""


def _refuse_beside_another(lock: WriterLock) -> None:
    """Within one held lock nothing else keeps a second writer from starting beside one past its deadline."""
    for path, child in _left_running:
        if path == lock.path and child.poll() is None:
            raise Unavailable(f"process {child.pid} still writes since its deadline passed; wait until it is done")


def _keep_until_done(lock: Path | None, child: subprocess.Popen[bytes]) -> None:
    """Remember a child past its deadline: one that nobody refers to is never reaped and stays a zombie."""
    left = (*_left_running, (lock, child))
    _left_running[:] = [(path, each) for path, each in left if each.poll() is None]


@contextmanager
def _streams(stdin: str) -> Iterator[_Streams]:
    """Three unlinked temporary files, ``stdin`` in the first. Raises ``Unavailable`` when they cannot be written."""
    with ExitStack() as opened:
        try:
            # Unbuffered: a buffer that could not be written would be tried again, and raise again, when it is closed.
            given, out, err = (opened.enter_context(tempfile.TemporaryFile(buffering=0)) for _ in range(3))
            _fill(given, stdin.encode())
        except OSError as error:
            remedy = remedy_of(error, "make room there, or set TMPDIR to a folder that this user may write to")
            raise Unavailable(
                f"no temporary file can be written in {tempfile.tempdir or 'any folder'}: {error.strerror}; {remedy}"
            ) from error
        yield _Streams(given, out, err)


def _fill(file: IO[bytes], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    file.seek(0)


def _finished(argv: Sequence[str], child: subprocess.Popen[bytes], streams: _Streams) -> Finished:
    return Finished(tuple(argv), child.returncode, _text(streams.stdout), _text(streams.stderr))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="backslashreplace")


def _end_group(child: subprocess.Popen[bytes], program: str) -> None:
    if child.poll() is not None:
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except PermissionError:
        _keep_until_done(None, child)
        raise Unavailable(
            f"{program} did not answer in time and runs as another user (process {child.pid}), so that it could not be"
            " stopped; end it"
        ) from None
    child.wait()
