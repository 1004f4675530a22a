"""The JSON of ``glauth_tree`` → directory records: the same users and groups as the text, as a server of 2026 sends it.

``users`` have ``username`` (the unix name), ``uidnumber``, ``personal_group`` (a gid), ``disabled``, ``mail``,
``givenname``, ``sn``, ``login_shell``, ``home_dir``, ``ssh_keys`` and ``memberships``, whose ``gid`` are groups of this
offering alone, while the text mixes in those of others. ``robot_accounts`` have neither mail nor names, memberships or
``disabled``. ``groups`` have ``gid``, ``name`` and ``kind``; their ``members`` are marketplace user names and are not
read. A user's own group has the kind ``personal`` with later servers and is missing with earlier ones, so it is made of
the user's record. A user or robot account whose name, uid or gid is null has no account yet; the text leaves such out.
"""

from collections.abc import Mapping, Sequence

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete
from agent.marketplace.glauth_records import items, number, read_each, ssh_keys, strange_keys, unix_name, whole, words
from agent.marketplace.values import Malformed, Row, flag, uuid_hex

SOURCE = "glauth_tree"
IDENTITY = ("username", "uidnumber", "personal_group")
PERSONAL = "personal"


def read_tree(tree: object, offering: str, source: str = SOURCE) -> Feed:
    """The users and groups of the tree of this offering, duplicates and all.

    ``source`` is what an error calls the tree. Raises ``Incomplete``: without rows when it is no such tree or
    another offering's, with the readable records as one ``Feed`` when single ones cannot be read.
    """
    listed = _lists(tree, offering, source)
    users, bad_users = read_each("user", _with_account(listed["users"]), _user, "username")
    robots, bad_robots = read_each("robot account", _with_account(listed["robot_accounts"]), _robot, "username")
    groups, bad_groups = read_each("group", [one for one in listed["groups"] if not _personal(one)], _group)
    own = tuple(DirectoryGroup(name=user.name, gidnumber=user.primarygroup) for user in (*users, *robots))
    feed = Feed(
        directory=Directory(users=(*users, *robots), groups=(*groups, *own)), strange=strange_keys(*listed.values())
    )
    return whole(source, feed, [*bad_users, *bad_robots, *bad_groups])


def _lists(tree: object, offering: str, source: str) -> Mapping[str, Sequence[object]]:
    found = tree if isinstance(tree, dict) else {}
    try:
        about = _about(found)
        lists = {key: items(key, found.get(key)) for key in ("users", "groups", "robot_accounts")}
    except Malformed as error:
        raise Incomplete(f"{source}: the reply is no tree of an offering: {error}") from None
    if about != offering:
        raise Incomplete(f"{source}: the reply is about another offering, {about}")
    return lists


def _about(tree: Row) -> str:
    offering = tree.get("offering")
    return uuid_hex(offering.get("uuid") if isinstance(offering, dict) else None)


def _with_account(records: Sequence[object]) -> Sequence[object]:
    # A key that is missing is another matter than a null: then this is not the tree that is known here.
    return [
        one for one in records if not (isinstance(one, dict) and any(one.get(key, 0) in (None, "") for key in IDENTITY))
    ]


def _personal(record: object) -> bool:
    return isinstance(record, dict) and record.get("kind") == PERSONAL


def _user(record: Row) -> DirectoryUser:
    if not isinstance(record.get("disabled"), bool):
        raise Malformed("it does not say whether the user is disabled")
    return _account(
        record,
        othergroups=tuple(map(_membership, items("memberships", record.get("memberships")))),
        disabled=flag(record.get("disabled")),
    )


def _robot(record: Row) -> DirectoryUser:
    return _account(record)


def _account(record: Row, othergroups: tuple[int, ...] = (), disabled: bool = False) -> DirectoryUser:
    return DirectoryUser(
        name=unix_name(record.get("username")),
        uidnumber=number("uidnumber", record.get("uidnumber")),
        primarygroup=number("personal_group", record.get("personal_group")),
        othergroups=othergroups,
        givenname=words("givenname", record.get("givenname")),
        sn=words("sn", record.get("sn")),
        mail=words("mail", record.get("mail")),
        loginshell=words("login_shell", record.get("login_shell")),
        homedir=words("home_dir", record.get("home_dir")),
        sshkeys=ssh_keys("ssh_keys", record.get("ssh_keys")),
        disabled=disabled,
    )


def _membership(membership: object) -> int:
    return number("the gid of a membership", membership.get("gid") if isinstance(membership, dict) else None)


def _group(record: Row) -> DirectoryGroup:
    return DirectoryGroup(name=unix_name(record.get("name")), gidnumber=number("gid", record.get("gid")))
