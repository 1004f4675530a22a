"""Whether a username resolves: the published record, the directory's answer, the host's."""

from collections.abc import Iterator

from agent.core.actions import DisableDirectoryUser, PutDirectoryUser, RemoveDirectoryUser
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.sight import Sight
from agent.core.model.directory import DirectoryUser
from agent.core.snapshot import NO_DIRECTORY, Missing, complete, reason

_RECORDS = (PutDirectoryUser, DisableDirectoryUser, RemoveDirectoryUser)
_GATES = (("ldap", Step.LDAP, "in the directory"), ("nss", Step.NSS, "on this host"))


def resolving_links(sight: Sight, offering: str, name: str) -> Iterator[Link]:
    """GLAuth record, LDAP and NSS of a name, as the offering's gate has to do with them; none without a name."""
    if not name:
        return
    yield _record(sight, offering, name)
    policy = sight.policy.get(offering)
    gate = policy.gate if policy else "none"
    for which, step, where in _GATES:
        yield _resolved(sight, which, step, where, name, gated=gate == which)


def _record(sight: Sight, offering: str, name: str) -> Link:
    section, record = sight.observed.directory, sight.records.get(name)
    if reason(section) == NO_DIRECTORY:
        return Link(step=Step.RECORD, mark=Mark.NONE, text=NO_DIRECTORY)
    if isinstance(section, Missing):
        return Link(step=Step.RECORD, mark=Mark.UNKNOWN, text=f"not known: {section.reason}")
    return _changing(sight, name) or _standing(sight, offering, name, record)


def _changing(sight: Sight, name: str) -> Link | None:
    held = [item.describe() for item in sight.held.get(name, ()) if isinstance(item.action, _RECORDS)]
    if held:
        return Link(step=Step.RECORD, mark=Mark.WAITING, text=f"held: {'; '.join(held)}")
    coming = [one.describe() for one in sight.planned.get(name, ()) if isinstance(one, _RECORDS)]
    if coming:
        return Link(step=Step.RECORD, mark=Mark.WAITING, text=f"the next sync would {'; '.join(coming)}")
    return None


def _standing(sight: Sight, offering: str, name: str, record: DirectoryUser | None) -> Link:
    refused = _refused(sight, name)
    if record is None:
        return _absent(sight, offering, refused)
    text = f"uid {record.uidnumber}, published" if not record.disabled else f"uid {record.uidnumber}, disabled"
    if refused:
        return Link(step=Step.RECORD, mark=Mark.BROKEN, text=f"{text} as it was: what is new {refused}")
    return Link(step=Step.RECORD, mark=Mark.BROKEN if record.disabled else Mark.OK, text=text)


def _refused(sight: Sight, name: str) -> str:
    """What the plan says of a record that may not be served: "is not served: …"; "" for none."""
    reasons = (one.reason for one in sight.plan.refused if one.kind == "user" and one.name == name)
    return next((f"is not served: {text}" for text in reasons), "")


def _absent(sight: Sight, offering: str, refused: str) -> Link:
    if refused:
        remedy = "correct the record in the marketplace, or glauth's ranges in the settings"
        return Link(step=Step.RECORD, mark=Mark.BROKEN, text=refused, remedy=remedy)
    feeds = [sight.offering(offering)] if offering else list(sight.observed.offerings.values())
    gap = next((reason(one.feed) for one in feeds if not complete(one.feed)), "")
    if gap:
        return Link(step=Step.RECORD, mark=Mark.UNKNOWN, text=f"none, and the feed is not known for sure: {gap}")
    if not offering:
        return Link(step=Step.RECORD, mark=Mark.NONE, text="no feed lists the name")
    return Link(step=Step.RECORD, mark=Mark.WAITING, text="none: the marketplace's feed does not list the name yet")


def _resolved(sight: Sight, which: str, step: Step, where: str, name: str, *, gated: bool) -> Link:
    section = sight.identities.get(which)
    if section is None:
        return Link(step=step, mark=Mark.NONE, text="not asked: the settings do not say how")
    if isinstance(section, Missing):
        mark = Mark.UNKNOWN if gated else Mark.NONE
        return Link(step=step, mark=mark, text=f"not known: {section.reason}")
    found, expected = section.value.get(name), _uid(sight, name)
    if found is None:
        if gated:
            return Link(step=step, mark=Mark.WAITING, text=f"does not resolve {where} yet; identity_gate waits for it")
        text = f"does not resolve {where}; identity_gate does not wait for it"
        return Link(step=step, mark=Mark.NONE, text=text)
    if expected is not None and found.uid != expected:
        return Link(
            step=step,
            mark=Mark.BROKEN,
            text=f"resolves to uid {found.uid}, and uid {expected} is expected",
            remedy=f"find out who else gives {name} a uid, and correct it there",
        )
    return Link(step=step, mark=Mark.OK, text=f"resolves to uid {found.uid}")


def _uid(sight: Sight, name: str) -> int | None:
    """The uid that a name should have: the one it was given first, else that of its record."""
    record = sight.records.get(name)
    return sight.known.uids.get(name, record.uidnumber if record else None)
