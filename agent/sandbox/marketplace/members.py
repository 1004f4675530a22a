"""Offering users as the marketplace makes them by itself: who gets one, its name, its uid and gid."""

from typing import Any

from agent.sandbox.marketplace import usernames
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.offering_user_states import named
from agent.sandbox.marketplace.store import Row, Store

FLAG = "service_provider_can_create_offering_user"


def enabled(dialect: Dialect, offering: Row) -> bool:
    """Whether the offering has users of its own."""
    return bool(offering[dialect.option_field].get(FLAG))


def admit_team(store: Store, dialect: Dialect, resource: Row) -> None:
    """Give every member of the resource's project a user at the offering."""
    offering = store.get("offerings", resource["offering"])
    for role in store.where("project_roles", project=resource["project"]):
        _admit(store, dialect, offering, role["user"])


def admit_member(store: Store, dialect: Dialect, project: str, user: str) -> None:
    """Give a new member a user at every offering of which the project holds a resource.

    The 2024 server counts resources that are OK, later ones every resource that is not terminated.
    """
    state = "= 'OK'" if dialect.old else "<> 'Terminated'"
    found = store.rows(f"SELECT DISTINCT offering FROM resources WHERE project = ? AND state {state}", project)
    for row in found:
        _admit(store, dialect, store.get("offerings", row["offering"]), user)


def _admit(store: Store, dialect: Dialect, offering: Row, user: str) -> None:
    if not enabled(dialect, offering) or store.find("offering_users", offering=offering["uuid"], user=user):
        return
    name = usernames.username(store, offering, store.get("users", user))
    uidnumber, primarygroup = allocate(store, offering)
    options = offering["plugin_options"]
    insert_user(
        store,
        dialect,
        offering["uuid"],
        user,
        username=name,
        uidnumber=uidnumber,
        primarygroup=primarygroup,
        home_dir=f"{options.get('homedir_prefix', '/home/')}{name}",
        login_shell="/bin/bash",
    )


def insert_user(
    store: Store, dialect: Dialect, offering: str, user: str, *, username: str | None, **posix: object
) -> str:
    """Store an offering user; a named one is OK at once, the 2024 server knows no states."""
    state = "" if dialect.old else "OK" if username else "Requested"
    return store.insert(
        "offering_users", offering=offering, user=user, username=username, state=state, is_restricted=False, **posix
    )


def rename_all(store: Store, offering: Row) -> None:
    """Name every user of the offering by its policy, which blanks what a service provider has set."""
    for row in store.where("offering_users", offering=offering["uuid"]):
        name = usernames.username(store, offering, store.get("users", row["user"]))
        store.update("offering_users", row["uuid"], **named(row, name))


def allocate(store: Store, offering: Row) -> tuple[int, int]:
    """The next uid and gid: one counter over all offerings, as the server counts."""
    options: dict[str, Any] = offering["plugin_options"]
    initial = int(options.get("initial_uidnumber", 5000))
    highest = store.rows(
        "SELECT (SELECT max(uidnumber) FROM offering_users) AS users,"
        " (SELECT max(uidnumber) FROM robot_accounts) AS robots"
    )[0]
    # An empty table counts as the offering's initial number: that is how a second offering's start is ignored
    # as soon as both users and robots exist.
    uid = max(highest["users"] or initial, highest["robots"] or initial) + 1
    return uid, int(options.get("initial_primarygroup_number", 5000)) + uid - initial
