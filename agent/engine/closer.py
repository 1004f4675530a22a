"""A closer look where a first plan calls for one: what limits to be lowered count, and which new names were used."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from agent.core.actions import Action, CreateAccount, SetLimits
from agent.core.diff.limits import lowers
from agent.core.known import Known
from agent.core.plan import Plan
from agent.core.snapshot import Missing, Observed, value_or
from agent.engine.observe import section
from agent.engine.world import World
from agent.errors import AgentError


def with_counted(world: World, observed: Observed, plan: Plan) -> Observed:
    """What slurmctld counts in the accounts and QOS of which the plan lowers a total; one process for all of them."""
    actions = [action for action in _all(plan) if isinstance(action, SetLimits)]
    qos = sorted(action.after.name for action in actions if action.qos and lowers(*action.qos))
    accounts = sorted(action.after.name for action in actions if not action.qos and lowers(action.before, action.after))
    if not qos and not accounts:
        return observed
    counted = section(lambda: world.cluster.counted(accounts, qos))
    return replace(observed, cluster=replace(observed.cluster, counted=counted))


def used_names(world: World, observed: Observed, known: Known, plan: Plan) -> tuple[Collection[str], list[str]]:
    """The names of the plan's new accounts that a resource had before, as the marketplace says; and what went wrong.

    Only a name that was made up now is asked about: not one the journal holds or the marketplace shows already.
    """
    said = {
        resource.uuid: resource.backend_id.lower()
        for snapshot in observed.offerings.values()
        for resource in (() if isinstance(snapshot.resources, Missing) else value_or(snapshot.resources, ()))
    }
    names: dict[str, set[str]] = {}
    for action in _all(plan):
        if isinstance(action, CreateAccount) and _is_made_up(action.resource, said, known):
            names.setdefault(action.offering, set()).add(action.account.name)
    found: set[str] = set()
    troubles: list[str] = []
    for offering, new in names.items():
        try:
            found |= world.marketplace.used_backend_ids(offering, new)
        except AgentError as error:
            troubles.append(f"whether new account names were used before could not be asked: {error}")
    return found, troubles


def _is_made_up(resource: str, said: Mapping[str, str], known: Known) -> bool:
    return resource not in known.accounts and said.get(resource) == ""


def _all(plan: Plan) -> Iterable[Action]:
    return (*plan.actions, *(item.action for item in plan.held))
