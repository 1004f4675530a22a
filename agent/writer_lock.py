"""The lock that writers hold: one at a time on this host, whichever process of the agent they belong to."""

import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.errors import ConfigError, Stopped, Unavailable
from agent.shortages import FULL, SHORTAGES, remedy_of

LOCK_POLL_SECONDS = 0.1
LOCK_MODE = 0o660


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
                    + remedy_of(error, f"make room in {self.path.parent}")
                ) from error
            raise ConfigError(
                f"the writer lock {self.path} cannot be opened: {error.strerror}; "
                "give the agent's user the right to write there, or set another path for the lock in the settings"
            ) from error
        # Whatever the umask: the service and an administrator's command share the file through its group.
        if os.fstat(descriptor).st_uid == os.geteuid():
            with suppress(OSError):  # then it stays for this user alone
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
