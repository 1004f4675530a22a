"""Who is asking, and what they may see and do."""

from enum import StrEnum

from agent.sandbox.marketplace.call import Call
from agent.sandbox.marketplace.errors import absent, forbidden, unauthorized
from agent.sandbox.marketplace.store import Row, Store


class Standing(StrEnum):
    """A user's standing at an offering: owner of the provider, manager of the offering, or neither."""

    OWNER = "owner"
    MANAGER = "manager"
    NONE = "none"


def authenticated(store: Store, header: str | None) -> Row:
    """The user whose token the Authorization header carries; refused as the API does otherwise."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "token":
        raise unauthorized("Authentication credentials were not provided.")
    if not token.strip():
        raise unauthorized("Invalid token. No credentials provided.")
    user = store.find("users", token=token.strip())
    if user is None:
        raise unauthorized("Invalid token.")
    return user


def offerings_of(call: Call) -> dict[str, Standing]:
    """The offerings the user provides, with the standing at each."""
    mine = call.store.rows(
        "SELECT o.uuid, EXISTS (SELECT 1 FROM owners w WHERE w.customer = o.customer AND w.user = ?) AS owned"
        " FROM offerings o WHERE owned OR EXISTS (SELECT 1 FROM managers m WHERE m.offering = o.uuid AND m.user = ?)",
        call.user["uuid"],
        call.user["uuid"],
    )
    return {row["uuid"]: Standing.OWNER if row["owned"] else Standing.MANAGER for row in mine}


def projects_of(call: Call) -> set[str]:
    """The projects in which the user has a role."""
    return {row["project"] for row in call.store.where("project_roles", user=call.user["uuid"])}


def provided(call: Call, offering: str, model: str) -> Standing:
    """The provider side's standing at an offering; for anybody else the ``model`` does not exist."""
    standing = offerings_of(call).get(offering, Standing.NONE)
    if standing is Standing.NONE:
        raise absent(model)
    return standing


def owned(call: Call, offering: str, model: str) -> None:
    """Let only the provider's owner pass: 403 for the offering's manager, 404 for anybody else."""
    if provided(call, offering, model) is not Standing.OWNER:
        raise forbidden()
