"""The published file, its folder, and the key of its proof."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published
from backends.glauth.sentinel import sentinel_key


def key(published: Published) -> Iterator[Finding]:
    """Whether the secret that proves a file is there and is one."""
    file = published.key_file
    if not file.exists():
        yield Finding(mark=Mark.NONE, about="probe's key", text=f"{file} is not there yet; the first sync makes it")
        return
    sentinel_key(file)
    yield Finding(mark=Mark.OK, about="probe's key", text=f"{file} is closed to others")


def readable(published: Published) -> Iterator[Finding]:
    """Whether GLAuth may read the file, and nobody else may."""
    file = published.file
    if not file.exists():
        yield Finding(mark=Mark.DOUBTFUL, about="file", text=f"{file} is not there yet", remedy="agent sync writes it")
        return
    status = file.stat()
    mode, gid = stat.S_IMODE(status.st_mode), status.st_gid
    problems = list(_access(published, file, mode, gid))
    yield from problems
    if not problems:
        yield Finding(mark=Mark.OK, about="file", text=f"{file}, mode {mode:04o}, group {_group(gid)}")


def _access(published: Published, file: Path, mode: int, gid: int) -> Iterator[Finding]:
    wanted = published.glauth.group
    if mode & 0o027:
        yield Finding(
            mark=Mark.BROKEN,
            about="file",
            text=f"{file} has mode {mode:04o}, which lets others than GLAuth read or change it",
            remedy=f"chmod 640 {file}",
        )
    if wanted and _group(gid) != wanted:
        yield Finding(
            mark=Mark.BROKEN,
            about="file",
            text=f"{file} belongs to group {_group(gid)}, and GLAuth runs in {wanted}",
            remedy=f"chgrp {wanted} {file}, then restart GLAuth: it stops watching a file that it could not read",
        )
    elif wanted and not mode & 0o040:
        yield Finding(
            mark=Mark.BROKEN,
            about="file",
            text=f"{file} has mode {mode:04o}, and group {wanted} cannot read it",
            remedy=f"chmod 640 {file}, then restart GLAuth: it stops watching a file that it could not read",
        )


def links(published: Published) -> Iterator[Finding]:
    """Whether the file has one name only: GLAuth does not notice that a file was replaced while another name exists."""
    file = published.file
    if not file.exists():
        yield Finding(mark=Mark.NONE, about="hard links", text="there is no file yet")
        return
    number = file.stat().st_nlink
    if number == 1:
        yield Finding(mark=Mark.OK, about="hard links", text="the file has one name only")
        return
    yield Finding(
        mark=Mark.BROKEN,
        about="hard links",
        text=f"{file} has {number} names; GLAuth will see no later file while the others exist",
        remedy=f"find them: find {file.parent} -xdev -samefile {file}; make copies (cp) instead of links",
    )


def folder(published: Published) -> Iterator[Finding]:
    """Whether a new file can be written beside the old one and take its name, and GLAuth may enter the folder."""
    parent, wanted = published.file.parent, published.glauth.group
    owned = f"install -d -o agent -g {wanted or 'agent'} -m 2750 {parent}"
    if not parent.is_dir():
        yield Finding(mark=Mark.BROKEN, about="folder", text=f"{parent} is not there", remedy=owned)
        return
    if not os.access(parent, os.W_OK | os.X_OK, effective_ids=True):
        yield Finding(
            mark=Mark.BROKEN,
            about="folder",
            text=f"{parent} cannot be written to by uid {os.geteuid()}, and the file is replaced, not changed",
            remedy=f"{owned}; for the service also ReadWritePaths={parent}",
        )
        return
    status = parent.stat()
    if wanted and not status.st_mode & 0o001 and not (_group(status.st_gid) == wanted and status.st_mode & 0o010):
        yield Finding(
            mark=Mark.BROKEN, about="folder", text=f"{parent} cannot be entered by group {wanted}", remedy=owned
        )
        return
    yield Finding(mark=Mark.OK, about="folder", text=f"{parent} can be written to")


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
