"""The usernames that the site's directory has for people."""

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.core.usernames import UsernameMaker
from backends.identity.search import SiteDirectory, any_of
from backends.ldap import Entry, equals

AT_ONCE = 100
"""People in one search."""


class DirectoryNames:
    """Implements ``agent.ports.NameSource``: the directory's word is taken as it is.

    ``attribute`` holds the name. ``match``: the directory's attribute and that of the person which must be equal,
    whatever the case.
    """

    make: UsernameMaker | None = None

    def __init__(self, site: SiteDirectory, attribute: str, match: tuple[str, str]) -> None:
        self._site = site
        self._attribute = attribute
        self._key, self._shown = match

    def names(self, people: Sequence[OfferingUser]) -> Mapping[str, Proposal]:
        """Marketplace user → the name in the one entry that matches, or why there is none."""
        values = {one.user_uuid: one.attributes.get(self._shown, "") for one in people}
        entries = self._entries(sorted({value for value in values.values() if value}))
        shared = Counter(map(_folded, values.values()))
        return {
            person: self._proposal(value, entries.get(_folded(value), ()), shared[_folded(value)])
            for person, value in values.items()
        }

    def _entries(self, values: list[str]) -> Mapping[str, list[Entry]]:
        """Value, folded → the entries that have it; one with two values can come twice and counts once."""
        some = (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
        filters = [any_of(equals(self._key, value) for value in part) for part in some]
        found: dict[str, list[Entry]] = {}
        for entry in self._site.search(filters, (self._key, self._attribute)):
            for value in set(map(_folded, entry.get(self._key.lower(), ()))):
                if entry not in found.setdefault(value, []):
                    found[value].append(entry)
        return found

    def _proposal(self, value: str, entries: Sequence[Entry], people: int) -> Proposal:
        if not value:
            return Proposal(reason=f"the marketplace shows no {self._shown} of this person")
        if people > 1:
            return Proposal(reason=f"{people} people have the same {self._shown} in the marketplace")
        if not entries:
            return Proposal(reason=f"the directory has no entry with this {self._key}", linked=False)
        if len(entries) > 1:
            return Proposal(reason=f"the directory has {len(entries)} entries with this {self._key}")
        names = entries[0].get(self._attribute.lower(), ())
        if len(names) != 1:
            return Proposal(reason=f"the directory's entry has {len(names) or 'no'} {self._attribute}")
        return Proposal(name=names[0])


def _folded(value: str) -> str:
    return " ".join(value.casefold().split())
