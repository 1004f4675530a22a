"""The names that the marketplace gives to offering users by itself, by the offering's policy."""

import re
import unicodedata

from agent.sandbox.marketplace.store import Row, Store


def username(store: Store, offering: Row, user: Row) -> str:
    """A person's name at the offering; "" where the provider has to give it, or nothing is known to make it of.

    Nobody here has a FreeIPA profile or an identity claim, so these policies name nobody.
    """
    options = offering["plugin_options"]
    match options.get("username_generation_policy", "service_provider"):
        case "waldur_username":
            return str(user["username"])
        case "anonymized":
            return _numbered(store, offering["uuid"], options.get("username_anonymized_prefix", "walduruser_"), 5)
        case "full_name":
            stem = f"{_plain(user['first_name'])}_{_plain(user['last_name'])}_"
            return _numbered(store, offering["uuid"], stem, 2)
    return ""


def _plain(name: str) -> str:
    """A part of a name in lower-case ASCII without anything but letters, digits and underscores."""
    joined = re.sub(r"\s+", "_", name.strip().lower())
    return unicodedata.normalize("NFKD", re.sub(r"\W+", "", joined)).encode("ascii", "ignore").decode()


def _numbered(store: Store, offering: str, stem: str, digits: int) -> str:
    rows = store.rows(
        "SELECT username FROM offering_users WHERE offering = ? AND substr(username, 1, ?) = ?",
        offering,
        len(stem),
        stem,
    )
    taken = [int(rest) for row in rows if (rest := row["username"][len(stem) :]).isdecimal()]
    return f"{stem}{max(taken, default=-1) + 1:0{digits}d}"
