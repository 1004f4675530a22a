"""The directory's records: users and groups as GLAuth serves them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """One POSIX user. ``name`` is the unix account name; ``othergroups`` are gids."""

    name: str
    uidnumber: int
    primarygroup: int
    othergroups: tuple[int, ...] = ()
    givenname: str = ""
    sn: str = ""
    mail: str = ""
    loginshell: str = ""
    homedir: str = ""
    sshkeys: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroup:
    """One POSIX group."""

    name: str
    gidnumber: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Users and groups together; order does not matter, rendering sorts them."""

    users: tuple[DirectoryUser, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()
