"""The whole diff: every offering, the partitions and the directory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.actions import Action, AddAssociation, CreateAccount, MoveAccount, RemoveAccount, RemoveAssociation
from agent.core.admission import Admitted, Doubt
from agent.core.desired import DesiredOffering
from agent.core.diff.above import above_actions
from agent.core.diff.accounts import account_actions, blocked_orders
from agent.core.diff.associations import inherited, settled_aside, strangers
from agent.core.diff.coordinators import coordinator_actions, vanished
from agent.core.diff.default_accounts import default_account_actions, missing_default_account
from agent.core.diff.directory import Whose, directory_actions
from agent.core.diff.ending import kept_orphans
from agent.core.diff.limits import first_periods, settled_fields
from agent.core.diff.partitions import partition_actions, partition_gaps
from agent.core.diff.scene import Scene, ended_blocks, scene
from agent.core.diff.users import user_actions
from agent.core.known import Known
from agent.core.model.directory import Directory
from agent.core.services import ENDED
from agent.core.snapshot import NO_DIRECTORY, Observed, complete, reason, value_or

EMPTIED = "the directory feed lists nobody while the published file does: the last good file stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the journal can note without any change.

    Values and associations that are back, blocks that are over, accounts whose first period of counting this is, and
    coordinators who are none any more.
    """

    fields: tuple[tuple[str, str], ...] = ()
    aside: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()
    periods: Mapping[str, str] = field(default_factory=dict)
    coordinators: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The actions that would make observed equal desired, and what a person should know beside them.

    ``inherited``: associations of ours that the journal does not hold (it was lost): to be written down before it
    hears of anything else in those accounts. ``managed``: offering → number of objects, the base of the guard's
    shares. ``own``: account of ours → its users that are the agent's own, by offering. ``strangers``: associations
    left alone.
    """

    actions: tuple[Action, ...]
    notices: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    inherited: tuple[tuple[str, str], ...] = ()
    managed: Mapping[str, int]
    own: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)


def diff(
    offerings: Sequence[DesiredOffering], observed: Observed, known: Known, admitted: Admitted | None
) -> Difference:
    """Observed against desired. ``admitted`` is what may be served; None leaves the directory as it is."""
    scenes = [
        scene(one, observed.offerings[one.policy.uuid], observed.cluster, known, observed.at) for one in offerings
    ]
    actions = [action for one in scenes for action in _of_offering(one)]
    actions += default_account_actions(scenes, actions)
    taken: set[str] = set()
    actions += [action for one in scenes for action in partition_actions(one, observed.cluster, taken)]
    published = value_or(observed.directory, Directory())
    unserved = _unserved(admitted, published) if admitted else ""
    if admitted is not None and complete(observed.directory) and not unserved:
        whose, doubt = _whose(scenes, admitted, known, actions), _doubt(admitted, observed)
        actions += directory_actions(admitted.directory, published, whose, doubt, admitted.nologin)
    settled = _settled(scenes, actions)
    managed = {one.offering: one.managed() for one in scenes}
    managed[""] = len(published.users)
    return Difference(
        actions=_in_order(actions),
        notices=(*_notices(scenes, observed), *filter(None, [unserved]), *(admitted.notices if admitted else ())),
        strangers=tuple(name for one in scenes for name in strangers(one)),
        inherited=tuple(pair for one in scenes for pair in inherited(one)),
        managed=managed,
        own={
            one.offering: {account.name: one.own_users(account.name) for account in one.our_accounts()}
            for one in scenes
        },
        settled=settled,
    )


def _of_offering(one: Scene) -> Iterable[Action]:
    yield from user_actions(one)
    yield from above_actions(one)
    accounts = list(account_actions(one))
    yield from accounts
    yield from coordinator_actions(one, {(a.account, a.user) for a in accounts if isinstance(a, AddAssociation)})


def _unserved(admitted: Admitted, published: Directory) -> str:
    """Why the directory as a whole stays as it is; "" when it does not."""
    if admitted.refusal:
        return admitted.refusal
    emptied = not admitted.directory.users and not admitted.nobody and published.users
    return EMPTIED if emptied else ""


def _doubt(admitted: Admitted, observed: Observed) -> Doubt:
    """Without a word on what stands in for a feed that was not read, nothing does."""
    read = all(complete(snapshot.feed) for snapshot in observed.offerings.values())
    return Doubt(whole=False, fresh=False) if admitted.doubt.fresh and not read else admitted.doubt


def _whose(scenes: Iterable[Scene], admitted: Admitted, known: Known, actions: Iterable[Action]) -> Whose:
    held: set[str] = set()
    for one in scenes:
        held |= {naming.held for _, naming in one.desired.people if not naming.ends}
        held |= {account.username for account in value_or(one.snapshot.services, ()) if account.state not in ENDED}
    return Whose(
        quarantined=frozenset(one.name for one in admitted.refused if one.kind == "user" and not one.stranger),
        locked=frozenset(record.name for record in admitted.refused if record.locked),
        held=frozenset(held),
        leaving=frozenset(user for action in actions for user in _leaving(action)),
        released=known.let_go.keys() - held,
    )


def _leaving(action: Action) -> Iterable[str]:
    """The users whom an action takes out of an account."""
    if isinstance(action, RemoveAccount):
        return action.users
    return (action.user,) if isinstance(action, RemoveAssociation) else ()


def _in_order(actions: Sequence[Action]) -> tuple[Action, ...]:
    """By rank; accounts that are made or moved come after the ones above them."""
    parents = {
        action.subject: (action.after if isinstance(action, MoveAccount) else action.account).parent
        for action in actions
        if isinstance(action, CreateAccount | MoveAccount)
    }
    return tuple(sorted(actions, key=lambda one: (one.rank, _depth(one.subject, parents), one.subject)))


def _depth(name: str, parents: Mapping[str, str]) -> int:
    depth = 0
    while name in parents and depth < len(parents):
        name, depth = parents[name], depth + 1
    return depth


def _settled(scenes: Sequence[Scene], actions: Iterable[Action]) -> Settled:
    pairs = [(one, wanted) for one in scenes for wanted in one.desired.wanted]
    leaving = {action.subject for action in actions if isinstance(action, RemoveAssociation | RemoveAccount)}
    return Settled(
        fields=tuple(found for one, wanted in pairs for found in settled_fields(one, wanted)),
        aside=tuple(found for one, wanted in pairs for found in settled_aside(one, wanted)),
        blocks=tuple(key for one in scenes for key in ended_blocks(one) if key not in leaving),
        coordinators=tuple(dict.fromkeys(found for one in scenes for found in vanished(one))),
        periods={name: period for one, wanted in pairs for name, period in first_periods(one, wanted).items()},
    )


def _notices(scenes: Iterable[Scene], observed: Observed) -> Iterable[str]:
    yield from _cluster_gaps(observed)
    served = reason(observed.directory) != NO_DIRECTORY
    for one in scenes:
        yield from _offering_gaps(one, served)
        if one.desired.problem:
            yield one.desired.problem
        yield from one.desired.notices
        yield from blocked_orders(one)
        yield from kept_orphans(one)
        yield from partition_gaps(one, observed.cluster)
        yield from missing_default_account(one)


def _cluster_gaps(observed: Observed) -> Iterable[str]:
    cluster = observed.cluster
    sections = {
        "accounts": reason(cluster.accounts),
        "associations": reason(cluster.associations),
        "partitions": reason(cluster.partitions),
    }
    for text in dict.fromkeys(filter(None, sections.values())):
        names = ", ".join(name for name, why in sections.items() if why == text)
        yield f"Slurm's {names} are not known for sure: {text}"


def _offering_gaps(one: Scene, served: bool) -> Iterable[str]:
    snapshot = one.snapshot
    sections = {
        "description": reason(snapshot.offering),
        "orders": reason(snapshot.orders),
        "resources": reason(snapshot.resources),
        "teams": reason(snapshot.teams),
        "offering users": reason(snapshot.users),
        "service accounts": reason(snapshot.services),
        "directory feed": reason(snapshot.feed) if served else "",
    }
    for text in dict.fromkeys(filter(None, sections.values())):
        names = ", ".join(name for name, why in sections.items() if why == text)
        yield f"offering {one.desired.policy.name}: {names} not known for sure, so nothing is removed on it: {text}"
