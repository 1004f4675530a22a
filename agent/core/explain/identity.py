"""Who somebody is at an offering, and under which name: the offering user or service account, and the username."""

from collections.abc import Iterator

from agent.core.actions import DeleteOfferingUser, MoveOfferingUser, SetUsername
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Subject
from agent.core.model.marketplace import ServiceAccount
from agent.core.moments import moment
from agent.core.names import is_username
from agent.core.naming import GOING, USABLE_STATES, Naming
from agent.core.services import COUNTING
from agent.core.snapshot import complete, reason
from agent.core.usernames import service

NO_NAMING = Naming()


def person_links(sight: Sight, who: Subject) -> Iterator[Link]:
    """The offering user and the username of a person."""
    yield _offering_user(sight, who)
    yield _username(sight, who)


def current_name(sight: Sight, who: Subject) -> str:
    """The name that a person has on the cluster now or is about to get; "" for none."""
    naming = sight.namings.get((who.offering, who.uuid), NO_NAMING)
    planned = _set_username(sight, who)
    return (planned.name if planned else "") or naming.name or naming.held or who.name


def _offering_user(sight: Sight, who: Subject) -> Link:
    user, section = sight.users.get((who.offering, who.uuid)), sight.offering(who.offering).users
    if user is None and not complete(section):
        return Link(step=Step.OFFERING_USER, mark=Mark.UNKNOWN, text=f"not known: {reason(section)}")
    if user is None and (who.offering, who.uuid) not in sight.roles:
        return Link(step=Step.OFFERING_USER, mark=Mark.NONE, text="there is none")
    if user is None:
        return Link(
            step=Step.OFFERING_USER,
            mark=Mark.WAITING,
            text="there is none yet",
            remedy="the marketplace makes it once the person has a role in a project with a resource that is OK",
        )
    if user.restricted:
        return Link(
            step=Step.OFFERING_USER,
            mark=Mark.BROKEN,
            text="the user is restricted at this offering",
            remedy="lift the restriction in the marketplace",
        )
    coming = [one.describe() for one in sight.planned.get(user.uuid, ()) if isinstance(one, _REPORTS)]
    next_sync = f"; the next sync would {'; '.join(coming)}" if coming else ""
    return Link(step=Step.OFFERING_USER, mark=_mark(user.state), text=f"{_state(user.state)}{next_sync}")


_REPORTS = (MoveOfferingUser, DeleteOfferingUser)


def _mark(state: str) -> Mark:
    if state in USABLE_STATES:
        return Mark.OK
    return Mark.BROKEN if state in GOING or state == "Error creating" else Mark.WAITING


def _state(state: str) -> str:
    if state in GOING:
        return f"is in state {state}: the marketplace wants it gone"
    return (
        f"is in state {state}" if state not in USABLE_STATES else state or "is there (this marketplace has no states)"
    )


def _username(sight: Sight, who: Subject) -> Link:
    planned = _set_username(sight, who)
    if planned is not None:
        how = "is put back by" if planned.back else "is given by"
        return Link(step=Step.USERNAME, mark=Mark.WAITING, text=f"{planned.name} {how} the next sync")
    naming = sight.namings.get((who.offering, who.uuid))
    if naming is None:
        return _remembered(sight, who)
    if naming.name:
        return Link(step=Step.USERNAME, mark=Mark.OK, text=naming.name, remedy=naming.note)
    if naming.ends:
        text = f"{naming.held}, which stays this person's" if naming.held else "there is none"
        return Link(step=Step.USERNAME, mark=Mark.NONE, text=text)
    why = next(iter(sight.waiting.get((who.offering, who.uuid), {}).values()), "") or naming.reason
    if naming.refused or _cannot(why):
        return Link(step=Step.USERNAME, mark=Mark.BROKEN, text=why, remedy=_remedy(sight, who))
    return Link(step=Step.USERNAME, mark=Mark.WAITING, text=why)


def _cannot(why: str) -> bool:
    """Whether the name source said no, which only the plan tells."""
    return why.startswith(("cannot be named", "has no username: "))


def _remembered(sight: Sight, who: Subject) -> Link:
    """The username of somebody of whom no offering user is known."""
    if not complete(sight.offering(who.offering).users):
        text = f"{who.name}, as the journal remembers" if who.name else "not known"
        return Link(step=Step.USERNAME, mark=Mark.UNKNOWN, text=text)
    text = f"{who.name}, which stays this person's" if who.name else "none before there is an offering user"
    return Link(step=Step.USERNAME, mark=Mark.NONE, text=text)


def _set_username(sight: Sight, who: Subject) -> SetUsername | None:
    user = sight.users.get((who.offering, who.uuid))
    actions = sight.planned.get(user.uuid, ()) if user else ()
    return next((one for one in actions if isinstance(one, SetUsername)), None)


def _remedy(sight: Sight, who: Subject) -> str:
    user = sight.users.get((who.offering, who.uuid))
    name = user.username if user else ""
    holder = sight.known.holders.get(name, who.uuid)
    if name and holder != who.uuid:
        return f"give this person another name in the marketplace; agent users show {name} says whose it is"
    if name:
        return "change the name in the marketplace: 1 to 32 of a-z, 0-9, _, . and -, a letter or _ first, nobody else's"
    return "see to it that the source of names in offerings.username has a usable one for this person"


def service_links(sight: Sight, who: Subject) -> Iterator[Link]:
    """The state and the username of a service, course or robot account."""
    account = next(one for offering, one in sight.services if (offering, one.uuid) == (who.offering, who.uuid))
    yield _service(account, sight.observed.at)
    yield _service_name(sight, account)


def _service(account: ServiceAccount, now: float) -> Link:
    text = f"{account.kind}, {account.state or 'in a marketplace without states'}"
    if account.ends is not None and account.ends <= now:
        return Link(step=Step.SERVICE, mark=Mark.BROKEN, text=f"{text}, ended on {moment(account.ends)}")
    if account.starts is not None and account.starts > now:
        return Link(step=Step.SERVICE, mark=Mark.WAITING, text=f"{text}, starts on {moment(account.starts)}")
    return Link(step=Step.SERVICE, mark=Mark.OK if account.state in COUNTING else Mark.BROKEN, text=text)


def _service_name(sight: Sight, account: ServiceAccount) -> Link:
    name, holder = account.username, sight.known.holders.get(account.username, service(account))
    if not name:
        return Link(step=Step.USERNAME, mark=Mark.WAITING, text="has none yet; the marketplace gives it")
    if not is_username(name):
        return Link(step=Step.USERNAME, mark=Mark.BROKEN, text=f"{name[:40]!r} cannot be used on the cluster")
    if holder != service(account):
        return Link(step=Step.USERNAME, mark=Mark.BROKEN, text=f"{name} is the username of user {holder[:8]}")
    return Link(step=Step.USERNAME, mark=Mark.OK, text=name)
