"""Associations: who is added to an account, what is set on it, and who is taken out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.core.actions import Action, AddAssociation, Evidence, RemoveAssociation, SetAssociation
from agent.core.desired import Wanted
from agent.core.diff.scene import Scene
from agent.core.flags import QOS_FIELDS, as_before, replaced
from agent.core.known import SetAside
from agent.core.limits import with_limits
from agent.core.model.cluster import Association
from agent.core.shape import kept
from agent.core.snapshot import SectionName


def additions(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """The members that are not associated yet, whoever a restriction had taken away, and what differs on the others."""
    if not scene.may(AddAssociation):
        return
    name = wanted.place.name
    there = scene.users.get(name, {}) if wanted.place.ours else {}
    returning = {user for user in wanted.members.spared - wanted.members.unready if (name, user) in scene.known.aside}
    for user in sorted((wanted.members.names | returning) - there.keys()):
        yield from _added(scene, wanted, user)
    if not wanted.members.everyone:
        yield from _strangers_back(scene, wanted)
    for user in sorted(there):
        yield from _more_partitions(scene, wanted, there[user])
        for one in _each(scene, there[user]):
            yield from _changes(scene, wanted, one)


def removals(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    """The agent's own associations that nothing asks for any more; everybody's while access is restricted."""
    if not scene.may(RemoveAssociation):
        return
    members, name = wanted.members, wanted.place.name
    own = scene.own_users(name)
    leaving = scene.users.get(name, {}).keys() if members.everyone else own - members.names - members.spared
    for user in sorted(leaving):
        ended = members.why_ended(user)
        yield RemoveAssociation(
            offering=scene.offering,
            account=name,
            user=user,
            why=ended or "the project's team does not list this user any more",
            evidence=Evidence.POSITIVE if ended else Evidence.ABSENCE,
            aside=_aside(scene, name, user, user in own) if members.everyone else None,
        )


def strangers(scene: Scene) -> Iterable[str]:
    """Associations in our accounts that the agent did not make: shown, and left alone."""
    for wanted in scene.desired.wanted:
        there = scene.users.get(wanted.place.name, {}) if wanted.place.ours else {}
        for user in sorted(set(there) - wanted.members.names - scene.own_users(wanted.place.name)):
            yield f"{wanted.place.name}/{user}"


def inherited(scene: Scene) -> Iterable[tuple[str, str]]:
    """Associations that count as ours only because the journal has never heard of their account.

    All of an account or none: what is left out once is a stranger for ever.
    """
    if SectionName.USERS not in scene.complete:
        return
    for account in scene.our_accounts():
        if account.name not in scene.known.journaled:
            yield from ((account.name, user) for user in sorted(scene.own_users(account.name)))


def settled_aside(scene: Scene, wanted: Wanted) -> Iterable[tuple[str, str]]:
    """Associations that were set aside and are back, or are of people who have no role any more."""
    name = wanted.place.name
    if wanted.members.everyone or not wanted.place.ours or not scene.may(RemoveAssociation):
        return
    for (account, user), aside in scene.known.aside.items():
        gone = aside.own and user not in wanted.members.names | wanted.members.spared
        if account == name and (gone or user in scene.users.get(name, {})):
            yield account, user


def _added(scene: Scene, wanted: Wanted, user: str) -> Iterable[Action]:
    """A member comes, or comes back as before a restriction; then what the flags replace is noted as on any other."""
    plain = Association(account=wanted.place.name, user=user)
    aside = scene.known.aside.get((plain.account, user))
    usual = _as_member(scene, wanted, aside.association if aside else plain)
    partitions = () if aside else scene.desired.policy.user_partitions
    yield AddAssociation(
        offering=scene.offering,
        account=plain.account,
        user=user,
        association=usual if aside or usual != plain else None,
        stranger=aside is not None and not aside.own,
        partitions=partitions,
    )
    for partition in partitions or ("",):
        made = replace(usual, partition=partition or usual.partition)
        yield from _set(scene, wanted, made, made, {})


def _as_member(scene: Scene, wanted: Wanted, association: Association) -> Association:
    """A member's association with the limits that were ordered and the QOS of the settings."""
    policy = scene.desired.policy
    limited = with_limits(association, wanted.limits.user, wanted.limits.managed_per_user)
    qos = tuple(sorted(policy.user_qos)) or limited.qos
    default = policy.user_default_qos or limited.default_qos
    if (qos, default) == (limited.qos, limited.default_qos):
        return limited
    return replace(limited, qos=qos, default_qos=default)


def _each(scene: Scene, there: Association) -> Iterable[Association]:
    """A user's associations in one account: the one for all partitions, and those for single ones."""
    single = scene.partitions.get((there.account, there.user))
    if not single:
        return (there,)
    return (*(() if there.partition else (there,)), *(single[name] for name in sorted(single)))


def _more_partitions(scene: Scene, wanted: Wanted, there: Association) -> Iterable[AddAssociation]:
    """The partitions a member lacks; one who may use all of them already lacks none."""
    if not there.partition or there.user not in wanted.members.names or not scene.ours(there.account, there.user):
        return
    have = scene.partitions.get((there.account, there.user), {})
    missing = tuple(name for name in scene.desired.policy.user_partitions if name not in have)
    if missing:
        plain = Association(account=there.account, user=there.user)
        usual = _as_member(scene, wanted, plain)
        yield AddAssociation(
            offering=scene.offering,
            account=there.account,
            user=there.user,
            association=usual if usual != plain else None,
            partitions=missing,
        )


def _strangers_back(scene: Scene, wanted: Wanted) -> Iterable[Action]:
    name = wanted.place.name
    for (account, user), aside in sorted(scene.known.aside.items()):
        missing = account == name and user not in scene.users.get(name, {})
        if missing and not aside.own and user not in wanted.members.names | wanted.members.spared:
            usual = aside.association
            yield AddAssociation(offering=scene.offering, account=name, user=user, association=usual, stranger=True)
            yield from _set(scene, wanted, usual, usual, {})


def _changes(scene: Scene, wanted: Wanted, there: Association) -> Iterable[SetAssociation]:
    """A member's limits, block and QOS; of others only the QOS, which the flags of the resource are about.

    Who is to go stays blocked.
    """
    known = _kept(scene, there)
    member = there.user in wanted.members.names or there.user in wanted.members.spared
    if wanted.members.everyone or (not member and scene.ours(there.account, there.user)):
        known = {word: value for word, value in known.items() if word in QOS_FIELDS}
    usual = as_before(there, known)
    if member:
        usual = _as_member(scene, wanted, usual)
    yield from _set(scene, wanted, there, usual, known)


def _kept(scene: Scene, there: Association) -> Mapping[str, str]:
    """What is replaced for a time on an association; a block is the same on each of a user's in an account."""
    if not scene.known.replaced and not scene.known.blocked:
        return {}
    pair = f"{there.account}/{there.user}"
    found = kept(scene.known, pair, there)
    return {**found, **scene.known.replaced.get(f"{pair}@{there.partition}", {})} if there.partition else found


def _set(
    scene: Scene, wanted: Wanted, there: Association, usual: Association, known: Mapping[str, str]
) -> Iterable[SetAssociation]:
    after = wanted.shape.association(usual)
    if after is there or after == there or not scene.may(SetAssociation):
        return
    change = replaced(there, after, usual, known)
    yield SetAssociation(
        offering=scene.offering, before=there, after=after, replaces=change.replaces, puts_back=change.puts_back
    )


def _aside(scene: Scene, account: str, user: str, own: bool) -> SetAside:
    there = scene.users[account][user]
    return SetAside(association=as_before(there, _kept(scene, there)), own=own)
