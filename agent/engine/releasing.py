"""Release a username: find out whose it is, what still uses it and what follows, then tell the journal alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.events import USER_READY
from agent.core.explain import Kind, Mark, Sight, Step, Subject, explain, find
from agent.core.explain.history import History
from agent.core.model.directory import Feed
from agent.core.moments import moment
from agent.core.naming import USABLE_STATES
from agent.core.snapshot import Section, reason, value_or
from agent.engine.world import World
from agent.errors import Held, Unavailable


@dataclass(frozen=True, kw_only=True)
class Release:
    """A name that is to be nobody's. ``holders``: whose it is now, in words; ``released``: when it was already.

    ``obstacles``: what still uses it, so that only a person may say that it goes; ``follows``: what comes of it.
    ``strange``: the feeds list the holder with other uids only than the one that is known for the name.
    """

    name: str
    holders: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    released: float | None = None
    strange: bool = False

    @property
    def held(self) -> bool:
        """Whether anybody has the name."""
        return bool(self.holders)


def propose(sight: Sight, name: str) -> Release:
    """What releasing a name means. Raises Unavailable when a part is not known for sure: something may still use it."""
    if gap := _unknown(sight):
        raise Unavailable(f"what still uses {name} cannot be said now: {gap}")
    holders = tuple(_holders(sight, name))
    if not holders:
        return Release(name=name, released=sight.known.let_go.get(name))
    return Release(
        name=name,
        holders=holders,
        obstacles=tuple(dict.fromkeys(_obstacles(sight, name))),
        follows=tuple(_follows(sight, name)),
        strange=_strange(sight, name),
    )


def release(world: World, proposal: Release, *, force: bool) -> None:
    """Note it in the journal, and do nothing else anywhere. Raises Held while something uses the name.

    The site's command hears of the next one who has the name, too: that it heard of this one is forgotten first.
    """
    if proposal.obstacles and not force:
        raise Held(
            f"{proposal.name} is not released: {'; '.join(proposal.obstacles)}."
            " End that first, or give --force if the name is to go nevertheless"
        )
    world.journal.forget_events([f"{USER_READY} {proposal.name}"])
    world.journal.release_username(proposal.name, world.clock.now(), strange=proposal.strange)


def _unknown(sight: Sight) -> str:
    cluster = sight.observed.cluster
    sections: list[Section[object]] = [cluster.accounts, cluster.associations]
    for one in sight.observed.offerings.values():
        sections += [one.resources, one.teams, one.users, one.services]
    return next(filter(None, map(reason, sections)), "")


def _holders(sight: Sight, name: str) -> Iterator[str]:
    holder = sight.known.holders.get(name, "")
    people = {person for (_, person), had in sight.known.usernames.items() if had == name}
    for one in sorted({holder, *people} - {""}):
        yield one if " " in one else f"user {one}"


def _obstacles(sight: Sight, name: str) -> Iterator[str]:
    for account, user in sorted(sight.known.associations):
        if user == name and any(one.user == name for one in sight.of_account.get(account, ())):
            yield f"it is in account {account}, where the agent put it"
    for account, user in sorted(sight.known.aside):
        if user == name:
            yield f"it comes back to account {account} when the restriction there ends"
    for subject in find(sight, name):
        if subject.kind is Kind.PERSON and subject.name == name:
            yield from _of_person(sight, subject)
    for offering, one in sight.services:
        if one.username == name:
            yield f"offering {sight.policy[offering].name} has it for the {one.kind} {one.uuid[:8]}"


def _of_person(sight: Sight, subject: Subject) -> Iterator[str]:
    who, policy = f"user {subject.uuid[:8]}", sight.policy[subject.offering]
    for link in explain(sight, subject, History()):
        if link.step is Step.ROLE and link.mark is Mark.OK and link.resource:
            yield f"{who} has a role as {subject.name}: {link.text}"
    user = sight.users.get((subject.offering, subject.uuid))
    if user is not None and user.username == subject.name and not user.restricted and user.state in USABLE_STATES:
        yield (
            f"offering {policy.name} still shows it as the username of {who}, who would have it again with the next"
            " sync: blank or change it there first"
        )


def _strange(sight: Sight, name: str) -> bool:
    holder = sight.known.holders.get(name, "")
    listed: set[int] = set()
    for offering, snapshot in sight.observed.offerings.items():
        user = sight.users.get((offering, holder))
        called = {sight.known.usernames.get((offering, holder), ""), user.username if user else ""}
        records = value_or(snapshot.feed, Feed()).directory.users
        listed |= {record.uidnumber for record in records if record.name in called}
    return bool(listed) and sight.known.uids.get(name) not in listed


def _follows(sight: Sight, name: str) -> Iterator[str]:
    yield "nobody has the name any more: whoever is given it next has it"
    for (offering, person), user in sight.users.items():
        if sight.known.usernames.get((offering, person)) == name and user.username not in {"", name}:
            where = sight.policy[offering].name
            yield (
                f"user {person[:8]} becomes {user.username[:40]!r} at offering {where}, as the marketplace shows, and"
                f" what the agent made for {name} is removed on the guard's terms"
            )
    uid, record = sight.known.uids.get(name), sight.records.get(name)
    if record is not None:
        yield f"the record of {name} (uid {record.uidnumber}) leaves the directory once no feed lists it"
    if uid is not None:
        yield f"files of uid {uid} stay as they are: somebody else who is given the name gets another uid"
    yield "nothing in Slurm and no file is touched by this command"


def told(proposal: Release) -> str:
    """Why there is nothing to release."""
    if proposal.released is not None:
        return f"{proposal.name} was released on {moment(proposal.released)}; nobody has it."
    return f"Nobody was given the name {proposal.name}; there is nothing to release."
