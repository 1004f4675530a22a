"""A new file in the place of the old one, in one step.

GLAuth watches the inode and reloads when the old one is gone, so nothing here keeps the old file open or links to it,
and the new file can be read by GLAuth before it gets its name: a file GLAuth cannot read ends its watching for good.
"""

import contextlib
import errno
import grp
import os
from pathlib import Path

from agent.errors import Unavailable

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def swap(file: Path, content: bytes, *, gid: int | None = None, mode: int = 0o640) -> None:
    """Put ``content`` in the place of ``file``, owned by group ``gid``; a link is followed and stays.

    Without a ``gid`` it keeps the group of the file it replaces, where ``mode`` lets a group in. Raises Unavailable
    when that cannot be done; the old file then stands as it was, and nothing is left beside it.
    """
    try:
        target = file.resolve()
        new = target.with_name(f".{target.name}.new")
        new.unlink(missing_ok=True)  # what a crash left behind; there is one writer only
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        kept = _group_of(target) if gid is None and mode & 0o070 else gid
        _write(new, content, kept, mode)
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
            _give(output.fileno(), gid)
        os.fchmod(output.fileno(), mode)
        output.flush()
        os.fsync(output.fileno())


def _group_of(file: Path) -> int | None:
    """The group that may read a file by its group; None when there is no file, and for root's, which lets nobody in."""
    try:
        return file.stat().st_gid or None
    except FileNotFoundError:
        return None


def _give(descriptor: int, gid: int) -> None:
    if os.fstat(descriptor).st_gid == gid:
        return
    try:
        os.fchown(descriptor, -1, gid)
    except PermissionError as error:
        raise PermissionError(error.errno, f"the new one may not be given to group {_group_name(gid)}") from error


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(file: Path, error: OSError) -> Unavailable:
    said = f"{file} cannot be replaced by uid {os.geteuid()}: {error.strerror}; the old file stands"
    if error.errno == errno.EROFS:
        return Unavailable(
            f"{said}. The service may not write there: name the folder {file.parent} in ReadWritePaths="
            " (agent.service.d/glauth.conf)"
        )
    return Unavailable(
        f"{said}. The folder {file.parent} must exist and belong to that uid, the disk must have room, and whoever has"
        " that uid must be a member of the group the file is given to"
    )
