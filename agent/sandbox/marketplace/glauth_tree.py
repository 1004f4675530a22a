"""The directory of a server of 2026: ``glauth_tree`` in JSON, and the text for GLAuth that is made of the same records.

The text is valid TOML whatever names and keys hold, but for its last line: without users it says ``users = []`` after
the groups, where TOML makes that a part of the last group.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tomli_w

from agent.sandbox.marketplace import glauth
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.store import Row, Store


def tree(store: Store, dialect: Dialect, offering: Row, users: Sequence[Row]) -> Row:
    """The tree with these users; who has no uid yet is in it with a null."""
    active, inside = glauth.active_users(store, offering["uuid"]), _inside(store, offering["uuid"])
    groups = [_group(row, users, inside[row["uuid"]]) for row in _projects(store, offering["uuid"])]
    return {
        "offering": {"uuid": offering["uuid"], "name": offering["name"], "slug": offering["slug"]},
        "groups": [*groups, *(_personal(user) for user in users if user["primarygroup"] is not None)],
        "users": [
            _user(user, [one for one in groups if user["user"] in inside[one["scope"]["uuid"]]], user["user"] in active)
            for user in users
        ],
        "robot_accounts": [_robot(robot) for robot in glauth.robots(store, dialect, offering["uuid"])],
    }


def config_text(store: Store, dialect: Dialect, offering: Row, users: Sequence[Row]) -> str:
    """The text with those of these users and robot accounts that have a name and a uid."""
    found = tree(store, dialect, offering, users)
    extra = {key: read for option, key, read in _EXTRAS if offering["plugin_options"].get(option)}
    memberships, digest = glauth.groups_by_user(store), glauth.shared_digest(offering)
    people = [
        {
            **_record(shown, digest, {key: [read(user)] for key, read in extra.items()}),
            "otherGroups": sorted(memberships.get(user["user"], [])),
            "disabled": shown["disabled"],
            **{key: shown[key] for key in ("givenname", "sn", "mail")},
        }
        for user, shown in zip(users, found["users"], strict=True)
        if _complete(shown)
    ]
    robots = [_record(robot, digest, {}) for robot in found["robot_accounts"] if _complete(robot)]
    listed = [{"name": one["name"], "gidnumber": one["primarygroup"]} for one in (*people, *robots)]
    listed += [{"name": one["name"], "gidnumber": one["gid"]} for one in found["groups"] if one["kind"] != "personal"]
    blocks = ["[[groups]]\n" + tomli_w.dumps(group) for group in listed]
    return "".join(blocks) + tomli_w.dumps({"users": [*people, *robots]})


_EXTRAS: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
    ("emit_display_name", "displayName", lambda user: f"{user['first_name']} {user['last_name']}"),
    ("emit_waldur_username", "waldurUsername", lambda user: str(user["username"])),
)


def _complete(shown: Row) -> bool:
    return bool(shown["username"]) and None not in (shown["uidnumber"], shown["personal_group"])


def _record(shown: Row, digest: str, extra: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": shown["username"],
        "uidnumber": shown["uidnumber"],
        "primarygroup": shown["personal_group"],
        "sshkeys": shown["ssh_keys"],
        "loginShell": shown["login_shell"],
        "homeDir": shown["home_dir"],
        "passsha256": digest,
        "customattributes": {"preferredUsername": [shown["username"]], **extra},
    }


def _user(user: Row, groups: Sequence[Row], active: bool) -> Row:
    return {
        "username": user["unix_name"],
        "uidnumber": user["uidnumber"],
        "disabled": not active,
        "personal_group": user["primarygroup"],
        "mail": user["email"],
        "givenname": user["first_name"],
        "sn": user["last_name"],
        "login_shell": user["login_shell"] or "",
        "home_dir": user["home_dir"] or "",
        "ssh_keys": user["sshkeys"],
        "memberships": [
            {"gid": group["gid"], "group_name": group["name"], "kind": group["kind"], "role": group["role"]}
            for group in groups
        ],
    }


def _robot(robot: Row) -> Row:
    return {
        "username": robot["username"] or "",
        "uidnumber": robot["uidnumber"],
        "personal_group": robot["primarygroup"],
        "login_shell": "/bin/bash",
        "home_dir": f"/home/{robot['username'] or ''}",
        "ssh_keys": robot["sshkeys"],
    }


def _projects(store: Store, offering: str) -> list[Row]:
    """The projects with a group at this offering, and its gid."""
    return store.rows(
        "SELECT g.gid, p.uuid, p.name, p.slug FROM project_groups g JOIN projects p ON p.uuid = g.project"
        " WHERE g.offering = ? ORDER BY g.rowid",
        offering,
    )


def _inside(store: Store, offering: str) -> dict[str, set[str]]:
    """The users in each of these projects."""
    return {
        row["uuid"]: {role["user"] for role in store.where("project_roles", project=row["uuid"])}
        for row in _projects(store, offering)
    }


def _group(row: Row, users: Sequence[Row], inside: set[str]) -> Row:
    return {
        "gid": row["gid"],
        "name": str(row["gid"]),
        "kind": "project",
        "scope": _scope("project", row["uuid"], row["name"], row["slug"]),
        "role": None,
        # Marketplace user names, while users are listed by their unix names: so it is on the real server.
        "members": sorted(user["username"] for user in users if user["user"] in inside),
    }


def _personal(user: Row) -> Row:
    return {
        "gid": user["primarygroup"],
        "name": user["unix_name"],
        "kind": "personal",
        "scope": _scope("user", user["user"], user["unix_name"], ""),
        "role": None,
        "members": [user["unix_name"]],
    }


def _scope(kind: str, uuid: str, name: str, slug: str) -> Row:
    return {"type": kind, "uuid": uuid, "name": name, "slug": slug, "resource_uuid": None}
