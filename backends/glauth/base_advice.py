"""What a base may well say and yet deserves a second look; what it may not say is in ``base_check``."""

import tomllib
from collections.abc import Iterator

from backends.glauth.base_check import is_loopback
from backends.glauth.base_tables import Table, folded, records, table


def base_advice(text: str) -> tuple[str, ...]:
    """Sentences about a base in which ``check_base`` found nothing wrong."""
    tables = folded(tomllib.loads(text))
    return (*_in_clear(table(tables, "ldap")), *_groups(tables))


def _in_clear(ldap: Table) -> Iterator[str]:
    if ldap.get("enabled") and not is_loopback(str(ldap.get("listen", ""))):
        yield (
            "[ldap] takes passwords in clear from whoever reaches it; where nothing in front of it speaks TLS, write"
            ' listen = "127.0.0.1:3893", and [ldaps] for other hosts'
        )


def _groups(tables: Table) -> Iterator[str]:
    gids = [group.get("gidnumber") for group in records(tables, "groups")]
    for user in records(tables, "users"):
        if user.get("primarygroup") not in gids:
            yield (
                f"the user {user.get('name')!r} has a primary group that the base does not have; GLAuth shows the user"
                " without one, unless the marketplace or shared_group has it"
            )
