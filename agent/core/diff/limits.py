"""Limits and flags of accounts that stand: what differs, what it would kill, and what Slurm must count anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from agent.core.actions import Action, AddQos, Evidence, MoveAccount, ResetUsage, SetLimits
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.flags import Replaced, as_before, replaced, settled
from agent.core.model.cluster import Account, Association, Counted, Limits, Qos
from agent.core.orders import Step
from agent.core.periods import another_length, over, period_of, reset_by_agent
from agent.core.shape import kept
from agent.core.snapshot import Complete, SectionName


def limit_actions(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """Everything that brings a standing account of ours to its shape, but for its users."""
    if not scene.may(SetLimits) or SectionName.OFFERING not in scene.complete or scene.desired.problem:
        return
    if qos_unknown(scene, wanted):
        return
    before, after = scene.accounts[wanted.place.name], wanted.account
    if before.parent != after.parent and after.parent in scene.parents:
        yield MoveAccount(offering=scene.offering, before=before, after=after, resource=wanted.resource.uuid)
    yield from qos_to_add(scene, wanted)
    yield from _set(scene, wanted, before, after)
    yield from _reset(scene, wanted)


def qos_unknown(scene: Scene, wanted: Wanted) -> bool:
    """Whether the limits stand on a QOS, and it is not known which there are."""
    return wanted.shape.qos is not None and SectionName.QOS not in scene.complete


def qos_to_add(scene: Scene, wanted: Wanted) -> Iterable[AddQos]:
    """The QOS that carries the limits, when it is not there."""
    qos = wanted.shape.qos
    if qos is not None and scene.may(AddQos) and qos.name not in scene.qos:
        yield AddQos(offering=scene.offering, qos=qos, resource=wanted.resource.uuid)


def lowers(before: Limits, after: Limits) -> frozenset[str]:
    """The TRES of GrpTRESMins whose limit gets smaller or comes where none was, and "GrpWall" likewise.

    Running jobs are killed when what is counted has reached such a limit (docs/slurm.md).
    """
    found = {
        tres for tres, minutes in after.grp_tres_mins.items() if minutes < before.grp_tres_mins.get(tres, minutes + 1)
    }
    wall = after.grp_wall
    if wall is not None and (before.grp_wall is None or wall < before.grp_wall):
        found.add("GrpWall")
    return frozenset(found)


def settled_fields(scene: Scene, wanted: Wanted) -> Iterable[tuple[str, str]]:
    """(key, field) whose value was put back already: the journal can forget them."""
    name = wanted.place.name
    if not wanted.place.ours or not scene.known.replaced:
        return
    words = settled(scene.accounts[name], wanted.account, scene.known.replaced.get(name, {}))
    yield from ((name, word) for word in words)
    for user, there in scene.users.get(name, {}).items():
        single = scene.partitions.get((name, user), {})
        key = f"{name}/{user}"
        of_all = [_settled(scene, wanted, key, one) for one in (there, *single.values())]
        yield from ((key, word) for word in of_all[0] if all(word in words for words in of_all))
        for partition, one in sorted(single.items()):
            own = f"{key}@{partition}"
            yield from ((own, word) for word in _settled(scene, wanted, own, one))


def _settled(scene: Scene, wanted: Wanted, key: str, there: Association) -> Sequence[str]:
    before = scene.known.replaced.get(key, {})
    return settled(there, wanted.shape.association(as_before(there, before)), before) if before else ()


def _set(scene: Scene, wanted: Wanted, before: Account, after: Account) -> Iterable[SetLimits]:
    # The parent is another action's; the marker of an account that is kept is not touched.
    after = _but_parent(after, before.parent)
    qos = _qos_change(scene, wanted)
    if before == after and qos is None:
        return
    lowered = lowers(*qos) if qos else lowers(before, after)
    killed = _killed(scene, wanted, qos[1] if qos else after, lowered)
    drain = killed is not None and killed > 0 and scene.desired.policy.on_lower_limit == "drain"
    known = kept(scene.known, before.name, before)
    change = replaced(before, after, _but_parent(wanted.shape.usual, before.parent), known)
    yield SetLimits(
        offering=scene.offering,
        before=before,
        after=after,
        resource=wanted.resource.uuid,
        qos=qos,
        drain=drain,
        would_kill=killed or 0,
        replaces=change.replaces,
        puts_back=change.puts_back,
        why=_why(wanted, change),
        evidence=None if killed is None and wanted.step is Step.CREATE else _evidence(killed, drain),
    )


def _why(wanted: Wanted, change: Replaced) -> str:
    if change.replaces:
        return wanted.shape.flags.why
    return "as it was before" if change.puts_back else ""


def _evidence(killed: int | None, drain: bool) -> Evidence | None:
    """Not knowing what is used is a risk; killing is somebody's decision, made in the settings."""
    if killed is None:
        return Evidence.RISK
    return Evidence.POSITIVE if killed and not drain else None


def _killed(scene: Scene, wanted: Wanted, after: Account | Qos, lowered: frozenset[str]) -> int | None:
    """How many running jobs the limits would kill; None when that is not known."""
    if not lowered:
        return 0
    counted = scene.cluster.counted
    if not isinstance(counted, Complete) or wanted.place.name not in counted.value:
        return None
    return _over(counted.value[wanted.place.name], after, lowered)


def _over(counted: Counted, after: Limits, lowered: frozenset[str]) -> int:
    reached = any(tres == "GrpWall" or counted.used.get(tres, 0) >= after.grp_tres_mins[tres] for tres in lowered)
    return counted.running if reached else 0


def _qos_change(scene: Scene, wanted: Wanted) -> tuple[Qos, Qos] | None:
    qos = wanted.shape.qos
    there = scene.qos.get(qos.name) if qos else None
    if qos is None or there is None or there == qos:
        return None
    return there, qos


def _reset(scene: Scene, wanted: Wanted) -> Iterable[ResetUsage]:
    policy, offering, facts = scene.desired.policy, scene.desired.offering, scene.cluster.facts
    if offering is None or not isinstance(facts, Complete) or not scene.may(ResetUsage):
        return
    period = reset_by_agent(policy, offering, facts.value.config)
    if not period or wanted.step is not Step.KEEP:
        return
    now, name = period_of(scene.now, period), wanted.place.name
    before = scene.known.resets.get(name)
    if before is not None and over(before, now):
        yield ResetUsage(offering=scene.offering, account=name, period=now, of_qos=policy.limits_on == "qos")


def first_periods(scene: Scene, wanted: Wanted) -> Mapping[str, str]:
    """Account → the period that is its first, or the first of another length: there is nothing to reset yet."""
    policy, offering, facts = scene.desired.policy, scene.desired.offering, scene.cluster.facts
    if offering is None or not isinstance(facts, Complete) or not wanted.place.ours:
        return {}
    name, period = wanted.place.name, reset_by_agent(policy, offering, facts.value.config)
    now, before = period_of(scene.now, period), scene.known.resets.get(wanted.place.name)
    first = before is None or (another_length(before, now) and not over(before, now))
    return {name: now} if period and first else {}


def _but_parent(account: Account, parent: str) -> Account:
    return replace(account, parent=parent)
