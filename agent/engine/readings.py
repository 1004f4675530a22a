"""What of both sides was not read in a cycle, or not as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.snapshot import NO_DIRECTORY, NOT_READ, Missing, Observed, Section, SectionName, reason, value_or

_OF_DIRECTORY = frozenset({SectionName.FEED, SectionName.DIRECTORY})


@dataclass(frozen=True, slots=True)
class Unread:
    """A section that is not whole, and why. ``offering`` is "" for the cluster's and the published file."""

    section: SectionName
    offering: str
    reason: str
    missing: bool
    """Whether nothing of it is known."""

    @property
    def of_directory(self) -> bool:
        """Whether nothing but the directory depends on it."""
        return self.section in _OF_DIRECTORY


def unread(observed: Observed) -> tuple[Unread, ...]:
    """Every section that the settings have a use for and that was not read as a whole."""
    return tuple(
        Unread(name, offering, why, isinstance(section, Missing))
        for offering, name, section in (*_of_cluster(observed), *_of_offerings(observed), *_of_directory(observed))
        if (why := reason(section))
    )


Found = Iterator[tuple[str, SectionName, Section[object]]]


def _of_cluster(observed: Observed) -> Found:
    """Partitions count where an offering sets any; QOS are always read, and the others where the settings use them."""
    cluster = observed.cluster
    yield "", SectionName.ACCOUNTS, cluster.accounts
    yield "", SectionName.ASSOCIATIONS, cluster.associations
    offerings = (value_or(one.offering, None) for one in observed.offerings.values())
    if any(offering is not None and offering.partitions for offering in offerings):
        yield "", SectionName.PARTITIONS, cluster.partitions
    asked: tuple[tuple[SectionName, Section[object]], ...] = (
        (SectionName.QOS, cluster.qos),
        (SectionName.COORDINATORS, cluster.coordinators),
        (SectionName.DEFAULT_ACCOUNTS, cluster.default_accounts),
    )
    yield from (("", name, section) for name, section in asked if section != NOT_READ)


def _of_offerings(observed: Observed) -> Found:
    for uuid, one in observed.offerings.items():
        yield uuid, SectionName.OFFERING, one.offering
        yield uuid, SectionName.ORDERS, one.orders
        yield uuid, SectionName.RESOURCES, one.resources
        yield uuid, SectionName.TEAMS, one.teams
        yield uuid, SectionName.USERS, one.users
        yield uuid, SectionName.SERVICES, one.services


def _of_directory(observed: Observed) -> Found:
    if reason(observed.directory) != NO_DIRECTORY:
        yield "", SectionName.DIRECTORY, observed.directory
        yield from ((uuid, SectionName.FEED, one.feed) for uuid, one in observed.offerings.items())
