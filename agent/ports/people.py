"""Who makes the names of people, and who says which names resolve."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Identity, Proposal
from agent.core.usernames import UsernameMaker


class NameSource(Protocol):
    """Who makes the usernames of an offering that leaves them to the provider.

    ``make`` is the template of a source that counts: it gives a person's name for a number, from 1.
    """

    make: UsernameMaker | None

    def names(self, people: Sequence[OfferingUser]) -> Mapping[str, Proposal]:
        """Marketplace user → the name proposed, for each of ``people``. Raises Unavailable when nobody can say now."""
        ...


class Identities(Protocol):
    """The host's or the directory's view of names: what slurmctld will see."""

    def resolve(self, names: Collection[str]) -> Mapping[str, Identity]:
        """The names that resolve now. Raises Unavailable when that cannot be asked."""
        ...
