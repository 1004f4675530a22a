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
    nothing: it is derived from the roles in the offering's projects. ``strange``: keys of its records that GLAuth would
    act on and no marketplace writes; they are not read.
    """

    directory: Directory = field(default_factory=Directory)
    tells_disabled: bool = True
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A record that is not served as a feed lists it: its user keeps the last good record, if there was one.

    ``kind`` is "user", "group", "feed" (all that the offering lists) or "directory" (all there is; the last two have no
    name), ``offering`` the one whose feed lists it, ``since`` (UTC seconds) when it was first refused.
    """

    kind: str
    name: str
    offering: str
    reason: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryStatus:
    """How the published file and the server that reads it stand.

    ``proved``: whether the server was seen to serve the file, None without a probe; ``reason`` why not. ``last_good``
    (ISO time, "" for never): when a file was last proved. ``restarted`` (UTC seconds): when the agent last restarted
    the server, None for never; ``restart_failed`` why the last try after that is no restart ("" when there was none);
    ``owed`` whether it still must, to take all of the base. ``held_back``: why nothing is
    published until a person says so ("" when it is).
    ``safe_version``: whether the server refuses a bind without a password by itself, None when that was not asked.
    """

    file: str
    users: int
    groups: int
    proved: bool | None
    reason: str = ""
    last_good: str = ""
    restarted: float | None = None
    restart_failed: str = ""
    owed: bool = False
    held_back: str = ""
    safe_version: bool | None = None
