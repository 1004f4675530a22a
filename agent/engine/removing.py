"""Take associations and accounts away: block, cancel what waits, let what runs finish, tell the usage, remove."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.core.actions import Evidence, RemoveAccount, RemoveAssociation, RemoveOrphan
from agent.core.diff.scene import by_account
from agent.core.guard import objects
from agent.core.model.cluster import Job
from agent.core.plan import Plan
from agent.core.snapshot import ClusterSnapshot, value_or
from agent.engine.apply import in_batch, of_type
from agent.engine.outcomes import Outcomes
from agent.engine.usage import final_usage
from agent.errors import AgentError

Removal: TypeAlias = RemoveAssociation | RemoveAccount

SETTLE = (0.5, 1.0, 2.0)
"""Seconds between looks at the queue after jobs were cancelled; what is still there then waits for the next cycle."""


def removals(plan: Plan, outcomes: Outcomes, cluster: ClusterSnapshot) -> None:
    """Every removal of the plan that can be finished now; the others stay blocked and wait.

    ``cluster`` shows which blocks stand already.
    """
    actions: list[Removal] = [
        *of_type(plan.actions, RemoveAssociation),
        *of_type(plan.actions, RemoveAccount),
        *of_type(plan.actions, RemoveOrphan),
    ]
    if not actions or outcomes.world.stopping():
        return
    blocked = _block(actions, outcomes, cluster)
    free = _without_jobs(blocked, outcomes)
    if free and not outcomes.world.stopping():
        _remove(free, outcomes)


def _block(actions: Sequence[Removal], outcomes: Outcomes, cluster: ClusterSnapshot) -> list[Removal]:
    """No new jobs. The journal knows first, so that a crash here never leaves a block nobody takes back.

    What Slurm shows decides, not the journal: a block that was lost on the way is set again.
    """
    world, standing = outcomes.world, _blocks(cluster)
    still_open = [action for action in actions if action.subject not in standing]
    world.journal.block([action.subject for action in actions], world.clock.now())
    accounts, pairs = _split(still_open)
    taken = in_batch(still_open, outcomes, lambda: world.cluster.block(accounts, pairs))
    blocked = standing | {action.subject for action in taken}
    return [action for action in actions if action.subject in blocked]


def _blocks(cluster: ClusterSnapshot) -> set[str]:
    """Every ``account`` and ``account/user`` that takes no new job now."""
    accounts, associations = value_or(cluster.accounts, {}).values(), value_or(cluster.associations, ())
    users = by_account(associations)
    return {account.name for account in accounts if account.grp_submit_jobs == 0} | {
        f"{account}/{user}" for account in users for user, one in users[account].items() if one.max_submit_jobs == 0
    }


def _without_jobs(actions: Sequence[Removal], outcomes: Outcomes) -> list[Removal]:
    """Cancel pending jobs, and running ones past their grace; gives the removals that no job holds any more."""
    world = outcomes.world
    try:
        jobs = _jobs(actions, outcomes)
        late = _past_grace(actions, outcomes)
        doomed = [job for action, mine in jobs for job in mine if not job.running or action.key in late]
        if doomed:
            world.cluster.cancel(doomed)
            jobs = _settle(actions, doomed, outcomes)
    except AgentError as error:
        outcomes.lost(actions, error)
        return []
    for action, mine in jobs:
        if mine:
            outcomes.waiting(action, f"{len(mine)} job(s) still run: {', '.join(job.id for job in mine[:5])}")
    return [action for action, mine in jobs if not mine]


def _settle(actions: Sequence[Removal], doomed: Sequence[Job], outcomes: Outcomes) -> list[tuple[Removal, list[Job]]]:
    ids = {job.id for job in doomed}
    for seconds in SETTLE:
        jobs = _jobs(actions, outcomes)
        if not any(job.id in ids for _, mine in jobs for job in mine):
            return jobs
        outcomes.world.clock.sleep(seconds)
    return _jobs(actions, outcomes)


def _jobs(actions: Sequence[Removal], outcomes: Outcomes) -> list[tuple[Removal, list[Job]]]:
    queue = outcomes.world.cluster.jobs(sorted({action.account for action in actions}))
    return [(action, [job for job in queue if _is_about(action, job)]) for action in actions]


def _is_about(action: Removal, job: Job) -> bool:
    return job.account == action.account and (isinstance(action, RemoveAccount) or job.user == action.user)


def _past_grace(actions: Iterable[Removal], outcomes: Outcomes) -> set[str]:
    """The keys of the removals whose jobs had ``job_grace`` seconds to finish since they were blocked."""
    world, now = outcomes.world, outcomes.world.clock.now()
    grace = {policy.uuid: policy.job_grace for policy in world.policies}
    since = world.journal.known(now).blocked
    return {one.key for one in actions if now - since.get(one.subject, now) >= grace.get(one.offering, 0.0)}


def _remove(actions: Sequence[Removal], outcomes: Outcomes) -> None:
    """Usage first: a marketplace takes none for a resource that is terminated. Then associations, then accounts."""
    whole = _told([action for action in actions if isinstance(action, RemoveAccount)], outcomes)
    single = [action for action in actions if isinstance(action, RemoveAssociation)]
    pairs = [(action.account, action.user) for action in single]
    pairs += [(action.account, user) for action in whole for user in action.users]
    try:
        refusals = outcomes.world.cluster.remove_associations(pairs) if pairs else ()
    except AgentError as error:
        outcomes.lost([*single, *whole], error)
        return
    reasons = {refusal.key: refusal.reason for refusal in refusals}
    _forget([pair for pair in pairs if "/".join(pair) not in reasons], outcomes)
    outcomes.refused(single, refusals)
    _conclude([action for action in single if action.subject not in reasons], outcomes)
    _remove_accounts(whole, reasons, outcomes)


def _remove_accounts(actions: Sequence[RemoveAccount], reasons: Mapping[str, str], outcomes: Outcomes) -> None:
    """The accounts whose associations are all gone; one that kept a user waits with that user's reason."""
    stuck = {key.partition("/")[0]: f"{key}: {why}" for key, why in reasons.items()}
    for action in actions:
        if action.account in stuck:
            outcomes.failed(action, stuck[action.account])
    empty = [action for action in actions if action.account not in stuck]
    names = [action.account for action in empty]
    _conclude(in_batch(empty, outcomes, lambda: outcomes.world.cluster.remove_accounts(names)), outcomes)


def _told(actions: Sequence[RemoveAccount], outcomes: Outcomes) -> list[RemoveAccount]:
    """The accounts whose last usage the marketplace has; the others stay until it can be told."""
    ordered = [action for action in actions if not isinstance(action, RemoveOrphan)]
    try:
        failed = final_usage(outcomes.world, {action.resource: action.account for action in ordered}) if ordered else {}
    except AgentError as error:
        outcomes.lost(ordered, error)
        return [action for action in actions if isinstance(action, RemoveOrphan)]
    for action in ordered:
        if action.resource in failed:
            outcomes.failed(action, f"its last usage could not be told: {failed[action.resource]}")
    return [action for action in actions if action.resource not in failed]


def _conclude(actions: Iterable[Removal], outcomes: Outcomes) -> None:
    world = outcomes.world
    for action in actions:
        outcomes.done(action)
        by_order = action.evidence is not Evidence.ABSENCE
        world.journal.removed(action.offering, objects(action), by_order, world.clock.now())
        if isinstance(action, RemoveAccount):
            world.journal.unblock([action.subject])


def _forget(pairs: Sequence[tuple[str, str]], outcomes: Outcomes) -> None:
    journal = outcomes.world.journal
    journal.forget_associations(pairs, outcomes.world.clock.now())
    journal.unblock(["/".join(pair) for pair in pairs])


def _split(actions: Iterable[Removal]) -> tuple[list[str], list[tuple[str, str]]]:
    """Accounts as a whole, and (account, user) pairs."""
    accounts, pairs = [], []
    for action in actions:
        if isinstance(action, RemoveAccount):
            accounts.append(action.account)
        else:
            pairs.append((action.account, action.user))
    return accounts, pairs
