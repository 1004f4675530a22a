"""A new file in the place of the old one, in one step.

GLAuth watches the inode and reloads when the old one is gone, so nothing here keeps the old file open or links to it,
and the new file can be read by GLAuth before it gets its name: a file GLAuth cannot read ends its watching for good.
"""

import contextlib
import os
from pathlib import Path

from agent.errors import Unavailable

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def swap(file: Path, content: bytes, *, gid: int | None = None, mode: int = 0o640) -> None:
    """Put ``content`` in the place of ``file``, owned by group ``gid``; a link is followed and stays.

    Raises Unavailable when that cannot be done; the old file then stands as it was, and nothing is left beside it.
    """
    try:
        target = file.resolve()
        new = target.with_name(f".{target.name}.new")
        new.unlink(missing_ok=True)  # what a crash left behind; there is one writer only
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        _write(new, content, gid, mode)
        new.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise _unwritable(target, error) from error


def _write(new: Path, content: bytes, gid: int | None, mode: int) -> None:
    with open(new, "xb", opener=lambda path, _: os.open(path, _NEW, 0o600)) as output:
        output.write(content)
        if gid is not None:
            os.fchown(output.fileno(), -1, gid)
        os.fchmod(output.fileno(), mode)
        output.flush()
        os.fsync(output.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(file: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"{file} cannot be replaced by uid {os.geteuid()}: {error.strerror}; the old file stands. The folder"
        f" {file.parent} must exist and belong to that uid, the disk must have room, and whoever has that uid must be"
        " a member of the group the file is given to"
    )
