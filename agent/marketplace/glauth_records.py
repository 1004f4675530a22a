"""What the text and the tree of a directory feed have in common: names, numbers, and records that are read one by one.

Nothing is admitted here: a record that can be read may still be one that must not be served.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from agent.core.model.directory import Feed
from agent.errors import Incomplete
from agent.marketplace.values import Malformed, Row, text

T = TypeVar("T")

NULL_NAME = "None"
"""How servers up to 2025 write the name of somebody who has none yet."""


class NoAccount(Malformed):
    """The record is of somebody who has no account yet: it is left out, and nothing is in doubt."""


POWERFUL = frozenset(
    (
        *("capabilities", "includegroups", "otpsecret", "yubikey", "passbcrypt", "passappbcrypt", "passappsha256"),
        "unixid",
    )
)
"""Keys that are dropped like all others, and told. Not among them are those that servers write and nobody reads."""
LARGEST_NUMBER = 2**63 - 1
LONGEST_NAME_SHOWN = 40


def strange_keys(*lists: Sequence[object]) -> tuple[str, ...]:
    """The keys of these records that give power in GLAuth and that no server writes: somebody else put them there."""
    keys = {key.lower() for records in lists for one in records if isinstance(one, dict) for key in one}
    return tuple(sorted(keys & POWERFUL))


def unix_name(value: object) -> str:
    """The name of a user or of a group. Raises ``NoAccount`` for an empty one or what stands for none."""
    if value is None:
        raise Malformed("it has no name")
    name = text(value)
    if name in ("", NULL_NAME):
        raise NoAccount("it has no name yet")
    return name


def number(key: str, value: object) -> int:
    """A whole number, in the range that GLAuth can hold."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{key} is not a number")
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise Malformed(f"{key} is too large a number")
    return value


def words(key: str, value: object) -> str:
    """A text that may be empty; null is ""."""
    try:
        return text(value)
    except Malformed as error:
        raise Malformed(f"{key}: {error}") from None


def items(key: str, value: object) -> Sequence[object]:
    """A list of whatever."""
    if not isinstance(value, list):
        raise Malformed(f"{key} is not a list")
    return value


def ssh_keys(key: str, value: object) -> tuple[str, ...]:
    """The keys of a user, without empty ones, as older servers list them for a robot account."""
    return tuple(found for found in (words(key, each) for each in items(key, value)) if found)


def read_each(
    word: str, records: Sequence[object], parse: Callable[[Row], T], label: str = "name"
) -> tuple[tuple[T, ...], list[str]]:
    """The records that can be read, and of each other one which it is and why not; those without a name are nobody.

    ``word`` says what a record is, ``label`` which of its keys names it.
    """
    good, bad = [], []
    for place, record in enumerate(records, start=1):
        try:
            good.append(parse(_row(record)))
        except NoAccount:
            continue
        except Malformed as error:
            bad.append(f"{word} {place}{_named(record, label)}: {error}")
    return tuple(good), bad


def _row(record: object) -> Row:
    if not isinstance(record, dict):
        raise Malformed("it is no record")
    return record


def _named(record: object, label: str) -> str:
    name = record.get(label) if isinstance(record, dict) else None
    return f" ({name[:LONGEST_NAME_SHOWN]!a})" if isinstance(name, str) else ""


def whole(source: str, feed: Feed, bad: Sequence[str]) -> Feed:
    """The feed; raises ``Incomplete`` with it when there were records that cannot be read."""
    if bad:
        many = "a record cannot be read" if len(bad) == 1 else f"{len(bad)} records cannot be read, the first"
        raise Incomplete(f"{source}: {many}: {bad[0]}", [feed])
    return feed
