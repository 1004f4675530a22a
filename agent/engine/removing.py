"""Take associations and accounts away: block, cancel what waits, let what runs finish, tell the usage, remove."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from agent.core.actions import (
    DisableAccount,
    Evidence,
    PurgeAccount,
    RemoveAccount,
    RemoveAssociation,
    RemoveOrphan,
    RemoveQos,
)
from agent.core.diff.scene import by_account
from agent.core.flags import FIELDS, text_of
from agent.core.guard import objects
from agent.core.model.cluster import Account, Job
from agent.core.plan import Plan
from agent.core.snapshot import ClusterSnapshot, value_or
from agent.engine.batches import in_batch, of_type
from agent.engine.outcomes import Outcomes
from agent.engine.people import delete_users
from agent.engine.roles import remove_coordinators
from agent.engine.usage import final_usage
from agent.errors import AgentError

Removal: TypeAlias = RemoveAssociation | RemoveAccount

SETTLE = (0.5, 1.0, 2.0)
"""Seconds between looks at the queue after jobs were cancelled; what is still there then waits for the next cycle."""


def removals(plan: Plan, outcomes: Outcomes, cluster: ClusterSnapshot) -> None:
    """Every removal of the plan that can be finished now; the others stay blocked and wait.

    ``cluster`` shows which blocks stand already.
    """
    whole = [one for one in plan.actions if isinstance(one, RemoveAccount)]
    actions: list[Removal] = [*of_type(plan.actions, RemoveAssociation), *whole]
    if not outcomes.world.stopping():
        remove_coordinators(plan, outcomes)
    if actions and not outcomes.world.stopping():
        blocked = _block(actions, outcomes, cluster)
        free = _without_jobs(blocked, outcomes)
        if free and not outcomes.world.stopping():
            _remove(free, outcomes)
    if not outcomes.world.stopping():
        _remove_qos(plan, outcomes)
        delete_users(plan, outcomes)


def _block(actions: Sequence[Removal], outcomes: Outcomes, cluster: ClusterSnapshot) -> list[Removal]:
    """No new jobs. The journal knows first, so that a crash here never leaves a block nobody takes back.

    What Slurm shows decides, not the journal: a block that was lost on the way is set again.
    """
    world, standing = outcomes.world, _blocks(cluster)
    still_open = [action for action in actions if action.subject not in standing]
    if before := _before(still_open, cluster):
        world.journal.replace(before, world.clock.now())
    world.journal.block([action.subject for action in actions], world.clock.now())
    accounts, pairs = _split(still_open)
    taken = in_batch(still_open, outcomes, lambda: world.cluster.block(accounts, pairs))
    blocked = standing | {action.subject for action in taken}
    return [action for action in actions if action.subject in blocked]


def _before(actions: Iterable[Removal], cluster: ClusterSnapshot) -> dict[str, dict[str, str]]:
    """What the blocks replace, to be put back should the removal be called off."""
    accounts = value_or(cluster.accounts, {})
    users = by_account(value_or(cluster.associations, ()))
    found: dict[str, dict[str, str]] = {}
    for action in actions:
        if isinstance(action, RemoveAccount):
            account = accounts.get(action.account)
            found[action.subject] = {"GrpSubmitJobs": text_of(account.grp_submit_jobs if account else None)}
        else:
            user = users.get(action.account, {}).get(action.user)
            found[action.subject] = {"MaxSubmitJobs": text_of(user.max_submit_jobs if user else None)}
    return found


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
    return {
        one.key
        for one in actions
        if (isinstance(one, RemoveAccount) and one.forced)
        or now - since.get(one.subject, now) >= grace.get(one.offering, 0.0)
    }


def _remove(actions: Sequence[Removal], outcomes: Outcomes) -> None:
    """Usage first: a marketplace takes none for a resource that is terminated. Then associations, then accounts."""
    whole = _told([action for action in actions if isinstance(action, RemoveAccount)], outcomes)
    single = [action for action in actions if isinstance(action, RemoveAssociation)]
    pairs = [(action.account, action.user) for action in single]
    pairs += [(action.account, user) for action in whole for user in action.users]
    if aside := [action.aside for action in single if action.aside]:
        outcomes.world.journal.set_aside(aside, outcomes.world.clock.now())
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
    kept = of_type(empty, DisableAccount)
    gone = [action for action in empty if not isinstance(action, DisableAccount)]
    names = [action.account for action in gone]
    cluster = outcomes.world.cluster
    _conclude(in_batch(gone, outcomes, lambda: cluster.remove_accounts(names)), outcomes)
    _conclude(in_batch(kept, outcomes, lambda: cluster.change([(_blocked(one), one.after) for one in kept])), outcomes)


def _blocked(action: DisableAccount) -> Account:
    """The account as it is by now."""
    return replace(action.before, grp_submit_jobs=0)


def _remove_qos(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, RemoveQos)
    names = [action.qos for action in actions]
    outcomes.done(*in_batch(actions, outcomes, lambda: outcomes.world.cluster.remove_qos(names)))


def _told(actions: Sequence[RemoveAccount], outcomes: Outcomes) -> list[RemoveAccount]:
    """The accounts whose last usage the marketplace has; the others stay until it can be told."""
    ordered = [action for action in actions if not isinstance(action, RemoveOrphan | PurgeAccount)]
    try:
        failed = final_usage(outcomes.world, {action.resource: action.account for action in ordered}) if ordered else {}
    except AgentError as error:
        outcomes.lost(ordered, error)
        return [action for action in actions if action not in ordered]
    for action in ordered:
        if action.resource in failed:
            outcomes.failed(action, f"its last usage could not be told: {failed[action.resource]}")
    return [action for action in actions if action.resource not in failed]


def _conclude(actions: Iterable[Removal], outcomes: Outcomes) -> None:
    world, done = outcomes.world, list(actions)
    outcomes.done(*done)
    counted: dict[tuple[str, bool], list[str]] = {}
    for action in done:
        by_order = action.evidence is not Evidence.ABSENCE
        counted.setdefault((action.offering, by_order), []).extend(objects(action))
    for (offering, by_order), keys in counted.items():
        world.journal.removed(offering, keys, by_order, world.clock.now())
    _over([action.subject for action in done if isinstance(action, RemoveAccount)], outcomes)


def _forget(pairs: Sequence[tuple[str, str]], outcomes: Outcomes) -> None:
    outcomes.world.journal.forget_associations(pairs, outcomes.world.clock.now())
    _over(["/".join(pair) for pair in pairs], outcomes)


def _over(keys: Sequence[str], outcomes: Outcomes) -> None:
    """Nothing is to be put back on what is gone, or disabled for good."""
    if keys:
        outcomes.world.journal.unblock(keys)
        outcomes.world.journal.put_back([(key, word) for key in keys for word in FIELDS])


def _split(actions: Iterable[Removal]) -> tuple[list[str], list[tuple[str, str]]]:
    """Accounts as a whole, and (account, user) pairs."""
    accounts, pairs = [], []
    for action in actions:
        if isinstance(action, RemoveAccount):
            accounts.append(action.account)
        else:
            pairs.append((action.account, action.user))
    return accounts, pairs
