"""Whose rights the agent has, and whether they are the ones it needs."""

import grp
import os
import pwd
from collections.abc import Iterator

from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published


def user(published: Published) -> Iterator[Finding]:
    """Whether this command sees what the service would see."""
    folder = published.settings.state.directory
    owner, ours = folder.stat().st_uid, os.geteuid()
    if owner == ours:
        yield Finding(mark=Mark.OK, about="user", text=f"{_name(ours)}, who owns {folder}")
        return
    yield Finding(
        mark=Mark.DOUBTFUL,
        about="user",
        text=f"this runs as {_name(ours)}, and {folder} belongs to {_name(owner)}, whose rights are others",
        remedy=f"sudo -u {_name(owner)} agent doctor",
    )


def group(published: Published) -> Iterator[Finding]:
    """Whether the file can be given to the group that GLAuth runs in."""
    name = published.glauth.group
    if name is None:
        text = "glauth.group is not set: the file stays in the agent's own group, and GLAuth must be in that"
        yield Finding(mark=Mark.NONE, about="group", text=text)
        return
    try:
        gid = grp.getgrnam(name).gr_gid
    except KeyError:
        text, remedy = f"there is no group {name} on this host", "set glauth.group to the group GLAuth runs in"
        yield Finding(mark=Mark.BROKEN, about="group", text=text, remedy=remedy)
        return
    if os.geteuid() == 0 or gid in {os.getegid(), *os.getgroups()}:
        yield Finding(mark=Mark.OK, about="group", text=f"{name} (gid {gid}) may be given the file")
        return
    who = _name(os.geteuid())
    yield Finding(
        mark=Mark.BROKEN,
        about="group",
        text=f"{who} is no member of {name} and cannot give it the file",
        remedy=f"usermod -aG {name} {who}, then restart the agent",
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
