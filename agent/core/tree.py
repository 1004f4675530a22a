"""The accounts above those of resources: one for each customer and project, by the offering's levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.model.cluster import Account
from agent.core.model.marketplace import Resource
from agent.core.names import NameMaker, description, organization
from agent.core.place import Place, Places, holder
from agent.core.policy import OfferingPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """An account above: ``holder`` is what the journal knows it by, ``account`` how it should be."""

    holder: str
    place: Place
    account: Account


class Tree:
    """Finds the accounts above each resource; each customer and project is asked for once.

    ``makers``: the level → its name template.
    """

    def __init__(
        self, policy: OfferingPolicy, accounts: Mapping[str, Account], places: Places, makers: Mapping[str, NameMaker]
    ) -> None:
        self._policy = policy
        self._accounts = accounts
        self._places = places
        self._makers = makers
        self._found: dict[str, Above] = {}

    def above(self, resource: Resource) -> tuple[Above, ...]:
        """The accounts above a resource's own, from the top."""
        parent = self._policy.parent_account
        line: list[Above] = []
        for level in self._policy.tree:
            one = self._one(resource, level, parent)
            line.append(one)
            parent = one.place.name
        return tuple(line)

    def all(self) -> Iterable[Above]:
        """Every account asked for so far, parents first."""
        return self._found.values()

    def _one(self, resource: Resource, level: str, parent: str) -> Above:
        uuid, human = _who(resource, level)
        key = holder(self._policy.uuid, uuid, level)
        if key not in self._found:
            place = self._places.above(resource, level, self._makers[level])
            there = self._accounts.get(place.name) if place.ours else None
            account = Account(
                name=place.name,
                parent=parent,
                organization=organization(self._policy.uuid),
                description=there.description if there else description(uuid, human, level),
            )
            self._found[key] = Above(holder=key, place=place, account=account)
        return self._found[key]


def _who(resource: Resource, level: str) -> tuple[str, str]:
    if level == "project":
        return resource.project_uuid, resource.project_name or resource.project_slug
    return resource.customer_uuid, resource.customer_name or resource.customer_slug
