"""The directory's records: users and groups, as the offerings list them and as GLAuth serves them."""

from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one offering lists, not yet admitted: names, numbers and homes as the marketplace has them.

    ``tells_disabled``: whether the server says who is disabled. One of 2024 does not, and ``disabled`` then means
    nothing: it is derived from the roles in the offering's projects.
    """

    directory: Directory = field(default_factory=Directory)
    tells_disabled: bool = True
