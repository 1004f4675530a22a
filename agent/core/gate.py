"""The readiness gate: nobody is associated before the name resolves to the uid that is expected.

slurmctld remembers for a while that it could not resolve a name, and then rejects its owner's jobs.
"""

from collections.abc import Iterable, Mapping

from agent.core.actions import AddAssociation, PutDirectoryUser
from agent.core.admission import Admitted
from agent.core.known import Known
from agent.core.model.people import Identity
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy

GATES = ("nss", "ldap")
_SAID = {"nss": "on this host (getent passwd)", "ldap": "in the directory"}


def names_to_resolve(plan: Plan, policies: Iterable[OfferingPolicy]) -> dict[str, frozenset[str]]:
    """Gate → the names that the plan would associate behind it."""
    gate_of = {policy.uuid: policy.gate for policy in policies}
    found: dict[str, set[str]] = {}
    for action in plan.actions:
        if isinstance(action, AddAssociation) and gate_of.get(action.offering, "none") != "none":
            found.setdefault(gate_of[action.offering], set()).add(action.user)
    return {gate: frozenset(names) for gate, names in found.items()}


def coming(plan: Plan) -> frozenset[str]:
    """The names whose directory record this plan puts there: they are asked about once more after that."""
    return frozenset(action.user.name for action in plan.actions if isinstance(action, PutDirectoryUser))


def expected_uids(known: Known, admitted: Admitted | None) -> dict[str, int]:
    """Name → the uid it should resolve to: the one it was given first; a name that is not there may have any."""
    served = admitted.directory.users if admitted else ()
    return {**{user.name: user.uidnumber for user in served}, **known.uids}


def unready(
    gate: str, names: Iterable[str], resolved: Mapping[str, Identity], expected: Mapping[str, int]
) -> dict[str, str]:
    """The names that may not be associated yet → why, in words for a plan."""
    found = {name: _problem(gate, name, resolved.get(name), expected.get(name)) for name in names}
    return {name: problem for name, problem in found.items() if problem}


def _problem(gate: str, name: str, identity: Identity | None, uid: int | None) -> str:
    if identity is None:
        return f"waits until {name} is known {_SAID[gate]}"
    if uid is not None and identity.uid != uid:
        return f"waits: {name} is uid {identity.uid} {_SAID[gate]}, and {uid} is expected"
    return ""
