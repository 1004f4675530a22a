"""Accounts that go: terminated by an order, disabled and purged later, or left behind by a resource that is gone."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from agent.core.actions import (
    Action,
    DisableAccount,
    Evidence,
    FinishOrder,
    PurgeAccount,
    RemoveAccount,
    RemoveOrphan,
    RemoveQos,
)
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.flags import as_before
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Order
from agent.core.moments import day, day_start
from agent.core.names import TERMINATED, description, marked, marked_kind
from agent.core.orders import Step
from agent.core.place import level, terminated_on
from agent.core.shape import kept
from agent.core.snapshot import value_or


def terminate(scene: Scene, wanted: Wanted, order: Order) -> Iterable[Action]:
    """What takes a resource's account away, or out of use, and reports the order."""
    if wanted.place.ours and not (_keeps(scene, order) and _disabled(scene, wanted)):
        yield _going(scene, wanted, order)
    never_made = bool(wanted.place.refused)
    yield FinishOrder(
        offering=scene.offering,
        order=order,
        account="" if never_made else wanted.place.name,
        keeps=_keeps(scene, order),
    )


def abandoned(scene: Scene) -> Iterable[Action]:
    """Accounts whose resource is gone, disabled ones whose time is over, and QOS that nothing uses any more."""
    yield from _orphans(scene)
    yield from _purged(scene)
    yield from _unused_qos(scene)


def kept_orphans(scene: Scene) -> Iterable[str]:
    """Why an account whose resource is gone stays nevertheless, a line each."""
    for account in _without_resource(scene):
        why = _hold(scene, account.name)
        if why:
            yield f"account {account.name} stays although its resource is gone: {why}"


def below(scene: Scene, wanted: Wanted) -> list[str]:
    """The accounts below the one that is to go."""
    return _children(scene, wanted.place.name) if wanted.place.ours else []


def _going(scene: Scene, wanted: Wanted, order: Order) -> RemoveAccount:
    there = scene.accounts[wanted.place.name]
    values: dict[str, Any] = {
        "offering": scene.offering,
        "account": there.name,
        "resource": wanted.resource.uuid,
        "users": tuple(sorted(scene.users.get(there.name, ()))),
        "why": f"order {order.uuid[:8]} terminates {wanted.resource.name}",
        "evidence": Evidence.POSITIVE,
        "forced": order.forced,
    }
    if not _keeps(scene, order):
        return RemoveAccount(**values)
    human = f"{wanted.resource.project_name or wanted.resource.project_slug} {wanted.resource.name}"
    text = description(wanted.resource.uuid, human, f"{TERMINATED} {day(scene.now)}")
    usual = as_before(there, kept(scene.known, there.name, there))
    after = replace(usual, description=text, grp_submit_jobs=0)
    return DisableAccount(before=there, after=after, **values)


def _keeps(scene: Scene, order: Order) -> bool:
    """Whether the account is only disabled; ``force_destroy`` means what it says."""
    return scene.desired.policy.on_terminate == "disable" and not order.forced


def _disabled(scene: Scene, wanted: Wanted) -> bool:
    return bool(terminated_on(scene.accounts[wanted.place.name])) and not scene.users.get(wanted.place.name)


def _without_resource(scene: Scene) -> Iterable[Account]:
    """The accounts of ours whose resource the marketplace does not list any more."""
    if scene.may(RemoveOrphan):
        listed = {resource.uuid for resource in value_or(scene.snapshot.resources, ())}
        for account in scene.our_accounts():
            if not level(account) and not terminated_on(account) and marked(account.description) not in listed:
                yield account


def _orphans(scene: Scene) -> Iterable[Action]:
    for account in _without_resource(scene):
        resource = marked(account.description) or ""
        if not _hold(scene, account.name):
            yield RemoveOrphan(
                offering=scene.offering,
                account=account.name,
                resource=resource,
                users=tuple(sorted(scene.users.get(account.name, ()))),
                why=f"the offering has no resource {resource[:8]} any more",
                evidence=Evidence.ABSENCE,
            )


def _hold(scene: Scene, name: str) -> str:
    """What may never be taken along: accounts below, and users whom somebody else added."""
    strangers = set(scene.users.get(name, ())) - scene.own_users(name)
    if strangers:
        return f"the agent did not add {', '.join(sorted(strangers))}; take them out by hand"
    children = _children(scene, name)
    return f"it has accounts below it: {', '.join(children)}; move them" if children else ""


def _purged(scene: Scene) -> Iterable[PurgeAccount]:
    after = scene.desired.policy.purge_after
    if after is None or not scene.may(RemoveOrphan):
        return
    wanted = {one.place.name for one in scene.desired.wanted}
    for account in scene.our_accounts():
        since = terminated_on(account)
        begun = day_start(since)
        if begun is None or scene.now - begun < after or account.name in wanted or _hold(scene, account.name):
            continue
        yield PurgeAccount(
            offering=scene.offering,
            account=account.name,
            resource=marked(account.description) or "",
            users=tuple(sorted(scene.users.get(account.name, ()))),
            why=f"it was disabled on {since}",
            evidence=Evidence.POSITIVE,
        )


def _unused_qos(scene: Scene) -> Iterable[RemoveQos]:
    """QOS made for resources of this offering, which no account or association has in its list."""
    if not scene.may(RemoveQos):
        return
    used = {name for account in scene.accounts.values() for name in (*account.qos, account.default_qos)}
    used |= {name for users in scene.users.values() for one in users.values() for name in (*one.qos, one.default_qos)}
    wanted = {one.shape.qos.name for one in scene.desired.wanted if one.shape.qos and one.step is not Step.TERMINATE}
    for name, qos in sorted(scene.qos.items()):
        if marked_kind(qos.description) == ("qos", scene.offering) and name not in used | wanted:
            yield RemoveQos(offering=scene.offering, qos=name, evidence=Evidence.POSITIVE)


def _children(scene: Scene, name: str) -> list[str]:
    return sorted(account.name for account in scene.accounts.values() if account.parent == name)
