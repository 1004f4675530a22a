"""Processes and the lock their writers hold; the only place that starts any.

A reader is killed at its timeout, whole process group. A writer never is: a killed ``sacctmgr`` transaction was still
rolling back 17 minutes later. It runs in its own session, reads and writes unlinked temporary files (so that it neither
starves nor dies of SIGPIPE when the agent is gone), and holds the writer lock itself until it ends.
"""

import errno
import fcntl
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from agent.errors import ConfigError, Stopped, Unavailable

BASE_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"}
DEFAULT_READ_TIMEOUT = 30.0
LOCK_POLL_SECONDS = 0.1
LOCK_MODE = 0o660
SHORTAGES = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""What passes when somebody else gives back memory, processes or open files."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What passes when somebody makes room on the disk."""
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


class WriterLock:
    """A ``flock`` on one file: one writer per cluster and host.

    Writing children inherit the descriptor, so the kernel frees the lock when the last of agent and children is gone.
    ``stopping`` says that the agent was told to stop: nobody waits for the lock any more then.
    """

    def __init__(self, path: Path, stopping: Callable[[], bool] = lambda: False) -> None:
        self.path = path
        self._stopping = stopping
        self._mutex = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """The locked file's descriptor. Raises ``RuntimeError`` when the lock is not held."""
        if self._descriptor < 0:
            raise RuntimeError(f"the writer lock {self.path} is not held")
        return self._descriptor

    @contextmanager
    def acquire(self, patience: float) -> Iterator[None]:
        """Hold the lock; a thread that holds it may enter again.

        Raises ``Unavailable`` naming the holder when it cannot be had within ``patience`` seconds, ``Stopped`` when the
        agent is told to stop meanwhile.
        """
        give_up = time.monotonic() + patience
        if not self._mutex.acquire(timeout=patience):
            raise self._busy(patience)
        try:
            if self._depth == 0:
                self._descriptor = self._locked(give_up, patience)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._let_go()
        finally:
            self._mutex.release()

    def name_child(self, pid: int) -> None:
        """Write beside our own process id that of a child that holds the lock with us."""
        _note(self.descriptor, f"{os.getpid()} {pid}\n")

    def _locked(self, give_up: float, patience: float) -> int:
        descriptor = self._opened()
        try:
            self._wait(descriptor, give_up, patience)
        except BaseException:
            os.close(descriptor)
            raise
        _note(descriptor, f"{os.getpid()}\n")
        return descriptor

    def _wait(self, descriptor: int, give_up: float, patience: float) -> None:
        while not self._try_lock(descriptor):
            if self._stopping():
                raise Stopped(
                    f"the agent was told to stop while it waited for {self.path} (process {self._named()});"
                    " nothing was written, the next run does it"
                )
            if time.monotonic() >= give_up:
                raise self._busy(patience)
            time.sleep(LOCK_POLL_SECONDS)

    def _try_lock(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise Unavailable(
                f"the writer lock {self.path} cannot be locked: {error.strerror}; nothing was written, "
                "set another path for it in the settings, on a disk of this host"
            ) from error
        return True

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, flags, LOCK_MODE)
        except OSError as error:
            if error.errno in SHORTAGES | FULL:
                raise Unavailable(
                    f"the writer lock {self.path} cannot be opened: {error.strerror}; nothing was written, "
                    + _remedy(error, f"make room in {self.path.parent}")
                ) from error
            raise ConfigError(
                f"the writer lock {self.path} cannot be opened: {error.strerror}; "
                "give the agent's user the right to write there, or set another path for the lock in the settings"
            ) from error
        # Whatever the umask: the service and an administrator's command share the file through its group.
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchmod(descriptor, LOCK_MODE)
        return descriptor

    def _let_go(self) -> None:
        # Closing, never LOCK_UN: an explicit unlock would take the lock from a child that still writes.
        os.close(self._descriptor)
        self._descriptor = -1

    def _busy(self, patience: float) -> Unavailable:
        return Unavailable(
            f"another writer holds {self.path} (process {self._named()}) for more than {patience:g} s; "
            "wait until it is done, nothing was written"
        )

    def _named(self) -> str:
        return " and ".join(str(pid) for pid in self._holders()) or "unknown"

    def _holders(self) -> list[int]:
        with suppress(OSError):
            return [int(word) for word in self.path.read_text("ascii").split() if word.isdigit() and _lives(int(word))]
        return []


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
                raise Unavailable(
                    f"{argv[0]} did not answer within {timeout:g} s and was stopped; "
                    "see whether its server is up, or raise the read timeout in the settings"
                ) from None
            finally:
                _end_group(child, argv[0])
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
            remedy = _remedy(error, f"install it, or correct the folder it is looked for in ({_SLURMS})")
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


def _remedy(error: OSError, otherwise: str) -> str:
    if error.errno in SHORTAGES:
        return (
            "see what uses up the memory, the processes or the open files of this host, or of the unit"
            " (systemctl show agent -p TasksCurrent,TasksMax,MemoryCurrent,MemoryMax,LimitNOFILE)"
        )
    return otherwise


@contextmanager
def _streams(stdin: str) -> Iterator[_Streams]:
    """Three unlinked temporary files, ``stdin`` in the first. Raises ``Unavailable`` when they cannot be written."""
    with ExitStack() as opened:
        try:
            # Unbuffered: a buffer that could not be written would be tried again, and raise again, when it is closed.
            given, out, err = (opened.enter_context(tempfile.TemporaryFile(buffering=0)) for _ in range(3))
            _fill(given, stdin.encode())
        except OSError as error:
            remedy = _remedy(error, "make room there, or set TMPDIR to a folder that this user may write to")
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


def _note(descriptor: int, text: str) -> None:
    """Write who holds the lock, where there is room: the kernel keeps the lock, the name is only for people."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode("ascii"), 0)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
