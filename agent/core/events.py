"""What a site may want to hear of once: users and resources that are ready, resources that are gone."""

from collections.abc import Iterable, Mapping

from agent.core.diff.scene import by_account
from agent.core.known import Known
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import Resource, ResourceState
from agent.core.model.people import Event
from agent.core.names import marked
from agent.core.place import is_ours, level, terminated_on
from agent.core.policy import Hooks
from agent.core.snapshot import ClusterSnapshot, Observed, complete, value_or

USER_READY = "user ready"
RESOURCE_READY = "resource ready"
RESOURCE_REMOVED = "resource removed"
FIRST_WAIT = 60.0
LONGEST_WAIT = 6 * 3600.0
_READY = frozenset({ResourceState.OK, ResourceState.UPDATING})


def commands(hooks: Hooks) -> dict[str, tuple[str, ...]]:
    """Kind of event → the command that hears of it, where there is one."""
    found = {
        USER_READY: hooks.on_user_ready,
        RESOURCE_READY: hooks.on_resource_ready,
        RESOURCE_REMOVED: hooks.on_resource_removed,
    }
    return {kind: command for kind, command in found.items() if command}


def happened(observed: Observed, cluster: ClusterSnapshot, known: Known, kinds: Iterable[str]) -> Iterable[Event]:
    """Everything that is ready now, as Slurm shows it; what was noted before is for the journal to say."""
    wanted = set(kinds)
    if not (complete(cluster.accounts) and complete(cluster.associations)):
        return
    accounts, users = value_or(cluster.accounts, {}), by_account(value_or(cluster.associations, ()))
    people = {name: person for (_, person), name in known.usernames.items()}
    for offering, snapshot in observed.offerings.items():
        standing = {
            resource.uuid: resource for resource in value_or(snapshot.resources, ()) if resource.state in _READY
        }
        for account in accounts.values():
            resource = standing.get(marked(account.description) or "")
            if resource is None or not is_ours(account, offering) or level(account) or terminated_on(account):
                continue
            if RESOURCE_READY in wanted:
                yield Event(
                    kind=RESOURCE_READY,
                    about=resource.uuid,
                    offering=offering,
                    facts=of_resource(resource, account.name),
                )
            if USER_READY in wanted:
                yield from _users(offering, account, users.get(account.name, {}), people, known)


def _users(
    offering: str, account: Account, users: Mapping[str, Association], people: Mapping[str, str], known: Known
) -> Iterable[Event]:
    """The agent's own users of one account."""
    for name in users:
        if (account.name, name) in known.associations:
            facts = {"username": name, "uid": known.uids.get(name), "user": people.get(name), "account": account.name}
            yield Event(kind=USER_READY, about=name, offering=offering, facts=facts)


def of_resource(resource: Resource, account: str) -> dict[str, object]:
    """What a command gets to know of a resource."""
    return {
        "resource": resource.uuid,
        "name": resource.name,
        "account": account,
        "project": resource.project_uuid,
        "project_slug": resource.project_slug,
        "project_name": resource.project_name,
        "customer_slug": resource.customer_slug,
    }


def reversed_key(event: Event) -> str:
    """The key of the event that this one takes back: a resource can be ready again after it was removed."""
    other = {RESOURCE_READY: RESOURCE_REMOVED, RESOURCE_REMOVED: RESOURCE_READY}.get(event.kind)
    return f"{other} {event.about}" if other else ""


def due(events: Iterable[Event], now: float) -> list[Event]:
    """The events to be told now: one that failed waits a minute, then twice as long each time, up to six hours."""
    return [event for event in events if not event.tries or now - event.at >= wait(event.tries)]


def wait(tries: int) -> float:
    """Seconds until the next attempt after so many that failed."""
    return float(min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT))
