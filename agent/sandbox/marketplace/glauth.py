"""The text of ``glauth_users_config``, with the defects of each generation.

2024: nothing is escaped, so one quote in a name makes the whole text invalid, and a user without a uid is a server
error. 2025: quotes and backslashes are escaped (newlines are not), ``disabled`` is there for people but not for robot
accounts, users without a uid are skipped. The text of 2026 is made elsewhere.
"""

import hashlib
from collections.abc import Sequence

from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import server_error
from agent.sandbox.marketplace.store import Row, Store

_USER = """
[[users]]
  name = "{name}"
  givenname="{givenname}"
  sn="{sn}"
  mail = "{mail}"
  uidnumber = {uidnumber}
  primarygroup = {primarygroup}
  otherGroups = [{groups}]
  sshkeys = [{keys}]
  loginShell = "{shell}"
  homeDir = "{home}"
  passsha256 = "{digest}"
{disabled}    [[users.customattributes]]
    preferredUsername = ["{unix_name}"]

[[groups]]
  name = "{unix_name}"
  gidnumber = {primarygroup}
"""

_ROBOT = """
[[users]]
  name = "{name}"
  uidnumber = {uidnumber}
  primarygroup = {primarygroup}
  sshkeys = [{keys}]
  loginShell = "/bin/bash"
  homeDir = "/home/{name}"
  passsha256 = "{digest}"
    [[users.customattributes]]
    preferredUsername = ["{name}"]

[[groups]]
  name = "{name}"
  gidnumber = {primarygroup}
"""

_GROUP = """
[[groups]]
  name = "{gid}"
  gidnumber = {gid}
"""


def users_shown(store: Store, dialect: Dialect, offering: str) -> list[Row]:
    """The offering's named users with their people's data, by username; 500 for one without a uid in 2024.

    In 2026 they may still lack a uid, and have a name that is not null.
    """
    users = named_users(store, offering)
    if dialect.has_tree:
        return [user for user in users if user["unix_name"] is not None]
    if dialect.old and any(user["uidnumber"] is None for user in users):
        raise server_error()
    return [user for user in users if user["uidnumber"] is not None]


def named_users(store: Store, offering: str) -> list[Row]:
    """The users whose name is not blank; it may be null."""
    return store.rows(
        "SELECT u.*, f.username AS unix_name, f.user AS user, f.uidnumber, f.primarygroup, f.home_dir, f.login_shell"
        " FROM offering_users f JOIN users u ON u.uuid = f.user"
        " WHERE f.offering = ? AND f.username IS NOT '' ORDER BY f.username",
        offering,
    )


def config_text(store: Store, dialect: Dialect, offering: Row, users: Sequence[Row]) -> str:
    """The whole text: users, then robot accounts, then project groups; "" when there are none."""
    digest = shared_digest(offering)
    groups, active = groups_by_user(store), active_users(store, offering["uuid"])
    blocks = [_user(dialect, user, digest, groups.get(user["user"], []), user["user"] in active) for user in users]
    blocks += [_robot(dialect, robot, digest) for robot in robots(store, dialect, offering["uuid"])]
    blocks += [_GROUP.format(gid=row["gid"]) for row in store.where("project_groups", offering=offering["uuid"])]
    return "\n".join(blocks)


def shared_digest(offering: Row) -> str:
    """The digest of the one password of all users; "" when there is none."""
    password = offering["secret_options"].get("shared_user_password")
    return hashlib.sha256(password.encode()).hexdigest() if password else ""


def _user(dialect: Dialect, user: Row, digest: str, groups: Sequence[int], active: bool) -> str:
    return _USER.format(
        name=_text(dialect, user["username"]),
        givenname=_text(dialect, user["first_name"]),
        sn=_text(dialect, user["last_name"]),
        mail=_text(dialect, user["email"]),
        uidnumber=user["uidnumber"],
        primarygroup=user["primarygroup"],
        groups=", ".join(str(gid) for gid in (groups if dialect.old else sorted(groups))),
        keys=",\n    ".join(f'"{_text(dialect, key)}"' for key in user["sshkeys"]),
        shell=user["login_shell"],
        home=_text(dialect, user["home_dir"]),
        digest=digest,
        disabled=_disabled(dialect, not active),
        unix_name=_text(dialect, user["unix_name"]),
    )


def _robot(dialect: Dialect, robot: Row, digest: str) -> str:
    # Several keys end up in one string with a newline: invalid, and so it is on the real server.
    keys = '"' + ",\n".join(robot["sshkeys"]) + '"' if robot["sshkeys"] or dialect.old else ""
    return _ROBOT.format(
        name=_text(dialect, robot["username"] or ""),
        uidnumber=robot["uidnumber"],
        primarygroup=robot["primarygroup"],
        keys=keys,
        digest=digest,
    )


def robots(store: Store, dialect: Dialect, offering: str) -> list[Row]:
    """The robot accounts that are listed: all of them in 2024, later the ones that live."""
    states = "" if dialect.old else "AND a.state IN ('OK', 'Requested deletion') "
    return store.rows(
        "SELECT a.* FROM robot_accounts a JOIN resources r ON r.uuid = a.resource"
        f" WHERE r.offering = ? {states}ORDER BY a.created, a.rowid",
        offering,
    )


def groups_by_user(store: Store) -> dict[str, list[int]]:
    """User → the gids of the groups of their projects."""
    # Of every offering, not only of this one: the server does not filter either.
    rows = store.rows(
        "SELECT DISTINCT p.user, g.gid FROM project_groups g JOIN project_roles p ON p.project = g.project"
        " ORDER BY g.rowid"
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["user"], []).append(row["gid"])
    return found


def active_users(store: Store, offering: str) -> set[str]:
    """The users with a role in a project that holds a live resource of the offering."""
    rows = store.rows(
        "SELECT DISTINCT p.user FROM project_roles p JOIN resources r ON r.project = p.project"
        " WHERE r.offering = ? AND r.state <> 'Terminated'",
        offering,
    )
    return {row["user"] for row in rows}


def _disabled(dialect: Dialect, disabled: bool) -> str:
    return "" if dialect.old else f"  disabled = {str(disabled).lower()}\n"


def _text(dialect: Dialect, value: object) -> str:
    text = str(value)
    return text if dialect.old else text.replace("\\", "\\\\").replace('"', '\\"')
