"""Every entry that is served against every entry that is meant, told of people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from backends.glauth.meant import Meant, Values
from backends.ldap import Entry

WORDS = {
    "uidnumber": "uid",
    "gidnumber": "gid",
    "loginshell": "login shell",
    "homedirectory": "home",
    "mail": "mail address",
    "givenname": "given name",
    "sn": "surname",
    "accountstatus": "status",
    "memberof": "groups",
    "memberuid": "members",
}
KEYS = "SSH keys"
_MOST = 5
"""Values that are named where there are many."""


def compare(meant: Meant, users: Iterable[Entry], groups: Iterable[Entry]) -> tuple[str, ...]:
    """The differences, users first, each a sentence; none when all is served as it is meant."""
    return (
        *_differences("", meant.users, _by_name(users, "uid"), meant.other_users),
        *_differences("the group ", meant.groups, _by_name(groups, "cn"), meant.other_groups),
    )


def _differences(
    what: str, meant: Mapping[str, Mapping[str, Values]], served: Mapping[str, list[Entry]], others: frozenset[str]
) -> Iterator[str]:
    for name, attributes in meant.items():
        entries = served.get(name, [])
        if len(entries) != 1:
            yield f"{what}{name} is served {len(entries)} times" if entries else f"{what}{name} is not served"
            continue
        for attribute, values in attributes.items():
            found = entries[0].get(attribute, ())
            if frozenset(found) - {""} != values or (len(found) > 1 and len(set(found)) != len(found)):
                yield f"{what}{name}: {_said(attribute, found, values)}"
    for name in sorted(served.keys() - meant.keys() - others):
        yield f"{what}{name!r} is served, and the file does not have it"


def _by_name(entries: Iterable[Entry], attribute: str) -> Mapping[str, list[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found["".join(entry.get(attribute, ())[:1])].append(entry)
    return found


def _said(attribute: str, found: Iterable[str], meant: Values) -> str:
    word = WORDS.get(attribute, KEYS)
    served = frozenset(found) - {""}
    if word == KEYS:
        return f"{KEYS} are others: {len(served)} are served, {len(meant)} are meant"
    if word in {"groups", "members"}:
        missing, extra = (_named(map(_group, values)) for values in (meant - served, served - meant))
        texts = (missing and f"without {missing}", extra and f"with {extra} besides")
        return f"{word} are served {' and '.join(filter(None, texts)) or 'twice'}"
    return f"{word} is {_named(served) or 'nothing'} instead of {_named(meant) or 'nothing'}"


def _group(value: str) -> str:
    """The group's name in its DN, or the value as it is."""
    first, separator, _ = value.partition(",ou=groups,")
    return first.partition("=")[2] if separator else value


def _named(values: Iterable[str]) -> str:
    """The values, or as many as can be read."""
    short = sorted(values)
    more = f" and {len(short) - _MOST} more" if len(short) > _MOST else ""
    return ", ".join(map(_printable, short[:_MOST])) + more


def _printable(value: str) -> str:
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in value[:80])
