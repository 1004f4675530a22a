"""Slugs as the marketplace makes them: eight characters of the name and a counter, ``alloc-on-2``."""

import re

from agent.sandbox.marketplace.store import Store

_OTHER = re.compile(r"[^a-z0-9]+")


def new_slug(store: Store, table: str, name: str) -> str:
    """A slug that no other row of the table has."""
    stem = _OTHER.sub("-", name.lower()).strip("-")[:8] or "unnamed"
    taken = {row["slug"] for row in store.rows(f"SELECT slug FROM {table} WHERE slug LIKE ?", f"{stem}-%")}
    number = len(taken) + 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
