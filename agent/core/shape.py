"""What a resource's account, QOS and associations should look like, with the flags of the resource on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from agent.core.amounts import above_maximum, amounts, months
from agent.core.flags import BLOCKS, Flags, as_before, flags, in_qos, stopped
from agent.core.known import Known
from agent.core.limits import OrderedLimits, ordered_limits, with_limits
from agent.core.model.cluster import Account, Association, Qos
from agent.core.model.marketplace import Offering, Order, Resource
from agent.core.names import QOS, description, marked, marked_kind, organization
from agent.core.place import Place, terminated_on
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Complete, value_or

L = TypeVar("L", Account, Association)

NO_DECAY = "NoDecay"
"""The flag of a QOS whose usage neither decays nor is reset by slurm.conf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """``account`` as it should be now, ``usual`` as it would be without pause and downscaling.

    ``qos`` is the QOS that carries the limits, None when the account does. ``flags`` are what the marketplace says.
    ``problem`` is for the administrator.
    """

    account: Account
    usual: Account
    limits: OrderedLimits
    qos: Qos | None = None
    flags: Flags = field(default_factory=Flags)
    problem: str = ""

    def association(self, usual: Association) -> Association:
        """A member's association as it should be now. One with a QOS list of its own follows the flags too."""
        if self.flags.qos and (usual.qos or usual.default_qos):
            return in_qos(usual, self.flags.qos)
        return usual


class Shaper:
    """Shapes the accounts of one offering."""

    def __init__(
        self, policy: OfferingPolicy, offering: Offering | None, cluster: ClusterSnapshot, known: Known
    ) -> None:
        self._policy = policy
        self._offering = offering
        self._accounts = value_or(cluster.accounts, {})
        self._qos = value_or(cluster.qos, {})
        self._tres = _counted_tres(cluster)
        self._known = known

    def of(self, resource: Resource, order: Order | None, place: Place, parent: str) -> Shape:
        """The shape of one resource's account; ``parent`` is the account above it, "" for the offering's own."""
        limits, asked = self._limits(resource, order, place), flags(self._policy, resource)
        there = self._accounts.get(place.name) if place.ours else None
        usual = self._usual(resource, place, limits, there, parent)
        account = stopped(usual) if asked.stopped else in_qos(usual, asked.qos) if asked.qos else usual
        return Shape(
            account=account,
            usual=usual,
            limits=limits,
            qos=self._dedicated(resource, place, limits),
            flags=asked,
            problem=asked.problem or _unset(limits, order),
        )

    def _limits(self, resource: Resource, order: Order | None, place: Place) -> OrderedLimits:
        """What was ordered; nothing at all when it cannot be, for a part of it would be another order."""
        components = self._offering.components if self._offering else ()
        asked = amounts(self._offering, resource, order)
        found = ordered_limits(self._policy, components, asked, months(resource))
        over = above_maximum(self._policy, components, asked) if order is not None else ""
        refused = found.refused or over or self._unknown_tres(found) or self._foreign_qos(resource, place)
        return OrderedLimits(unmapped=found.unmapped, refused=refused) if refused else found

    def _foreign_qos(self, resource: Resource, place: Place) -> str:
        there = self._qos.get(place.name) if self._policy.limits_on == "qos" else None
        foreign = there is not None and not _made_for(there, self._policy.uuid, resource)
        return f"QOS {place.name} exists already and belongs to somebody else" if foreign else ""

    def _unknown_tres(self, found: OrderedLimits) -> str:
        asked = {tres for _, tres in {**found.account, **found.user} if tres}
        unknown = sorted(asked - self._tres) if self._tres else []
        return f"the cluster does not count {', '.join(unknown)}" if unknown else ""

    def _usual(
        self, resource: Resource, place: Place, limits: OrderedLimits, there: Account | None, parent: str
    ) -> Account:
        """The account without flags; what is not ours to decide is copied from what is there."""
        human = f"{resource.project_name or resource.project_slug} {resource.name}"
        fresh = Account(
            name=place.name,
            parent=parent or self._policy.parent_account,
            organization=organization(self._policy.uuid),
            description=description(resource.uuid, human),
        )
        base = as_before(there, kept(self._known, place.name, there)) if there else fresh
        if parent:
            base = replace(base, parent=parent)
        if there and terminated_on(there):
            base = replace(base, description=fresh.description, grp_submit_jobs=None)
        if limits.refused:
            return base
        if self._policy.limits_on == "qos":
            shares = {name: value for name, value in limits.account.items() if name[0] == "fairshare"}
            base = replace(base, qos=(place.name,), default_qos=place.name)
            return with_limits(base, shares, limits.managed)
        return with_limits(base, limits.account, limits.managed)

    def _dedicated(self, resource: Resource, place: Place, limits: OrderedLimits) -> Qos | None:
        if self._policy.limits_on != "qos" or self._foreign_qos(resource, place):
            return None
        human = f"{resource.project_name or resource.project_slug} {resource.name}"
        text = description(resource.uuid, human, f"{QOS} {self._policy.uuid}")
        there = self._qos.get(place.name)
        if limits.refused:
            return there
        base = there or Qos(name=place.name, description=text)
        own = {name: value for name, value in limits.account.items() if name[0] != "fairshare"}
        managed = {name for name in limits.managed if name[0] != "fairshare"}
        return replace(with_limits(base, own, managed), flags=tuple(sorted({*base.flags, NO_DECAY})))


def _made_for(qos: Qos, offering: str, resource: Resource) -> bool:
    return marked(qos.description) == resource.uuid and marked_kind(qos.description) == (QOS, offering)


def _unset(limits: OrderedLimits, order: Order | None) -> str:
    """Why a resource that nobody orders anything for keeps the limits it has."""
    return f"{limits.refused}; its limits stay as they are" if limits.refused and order is None else ""


def kept(known: Known, key: str, there: Account | Association | None) -> Mapping[str, str]:
    """The fields of an account or association that are replaced for a time → the value before.

    A block of ours of which the journal holds no value before had none.
    """
    found = dict(known.replaced.get(key, {}))
    if there is not None and key in known.blocked:
        word = "GrpSubmitJobs" if isinstance(there, Account) else "MaxSubmitJobs"
        if getattr(there, BLOCKS[word]) == 0:
            found.setdefault(word, "")
    return found


def _counted_tres(cluster: ClusterSnapshot) -> frozenset[str]:
    """The TRES that the accounting knows; empty when that is not known."""
    config = cluster.facts.value.config if isinstance(cluster.facts, Complete) else {}
    names = config.get("AccountingStorageTRES", "").lower()
    return frozenset(filter(None, (name.strip() for name in names.split(","))))
