"""Whether a row meets the conditions of a command."""

from collections.abc import Mapping

from agent.sandbox.cluster import people
from agent.sandbox.cluster.associations import Association
from agent.sandbox.cluster.sacctmgr.words import names


def _all(asked: Mapping[str, str], where: Mapping[str, str]) -> bool:
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def account_meets(row: people.Account, where: Mapping[str, str]) -> bool:
    """Whether an account row is meant."""
    texts = {"description": row.description, "organization": row.organization}
    return _all({"names": row.name, "accounts": row.name, **texts}, where)


def user_meets(row: people.User, where: Mapping[str, str]) -> bool:
    """Whether a user row is meant."""
    own = {"adminlevel": row.admin.lower(), "defaultaccount": row.default_account}
    return _all({"names": row.name, "users": row.name, **own}, where)


def association_meets(each: Association, where: Mapping[str, str], cluster: str) -> bool:
    """Whether an association is meant; only an account has a parent here, as in the tables."""
    place = {"accounts": each.account, "clusters": cluster, "partitions": each.partition, "users": each.user}
    return _all({**place, "ids": str(each.id), "parent": "" if each.user else each.parent}, where)
