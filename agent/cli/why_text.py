"""The links of an answer as a person reads them, and for a machine."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from agent.cli.plan_text import SHOWN
from agent.core.explain import Kind, Link, Mark, Sight, Step, Subject, verdict
from agent.engine.explaining import Answer

SIGNS = {Mark.OK: "✔", Mark.NONE: "·", Mark.WAITING: "…", Mark.BROKEN: "✘", Mark.UNKNOWN: "?"}
_WIDTH = max(len(step) for step in Step)


def values(name: str, sight: Sight, answers: Sequence[Answer]) -> dict[str, object]:
    """The answers for a machine, as docs/users.md describes them."""
    return {
        "name": name,
        "verdict": verdict(link for one in answers for link in one.links).value,
        "answers": [
            {
                "kind": one.subject.kind.value,
                "offering": one.subject.offering,
                "uuid": one.subject.uuid,
                "name": one.subject.name,
                "title": title(sight, one.subject),
                "verdict": verdict(one.links).value,
                "links": [_value(link) for link in one.links],
            }
            for one in answers
        ],
    }


def _value(link: Link) -> dict[str, str]:
    return {
        "step": link.step.value,
        "mark": link.mark.value,
        "text": link.text,
        "remedy": link.remedy,
        "account": link.account,
        "resource": link.resource,
    }


def lines(sight: Sight, answers: Sequence[Answer]) -> Iterator[str]:
    """Each answer under its title; what is about one account is indented under it."""
    for number, one in enumerate(answers):
        if number:
            yield ""
        yield title(sight, one.subject)
        of_account = one.subject.kind in {Kind.RESOURCE, Kind.ACCOUNT}
        for (account, resource), group in groupby(one.links, key=lambda link: (link.account, link.resource)):
            links = list(group)
            if of_account or not (account or resource):
                yield from _told(links, "  ")
                continue
            yield f"  {_place(sight, account, resource)}"
            yield from _told(links, "    ")


def title(sight: Sight, subject: Subject) -> str:
    """Whom or what an answer is about."""
    policy = sight.policy.get(subject.offering)
    where = f" at offering {policy.name}" if policy else ""
    match subject.kind:
        case Kind.PERSON:
            return f"{subject.name or 'a person without a username'}: user {subject.uuid}{where}"
        case Kind.SERVICE:
            return f"{subject.name or 'a service account without a username'}: service account {subject.uuid}{where}"
        case Kind.NAME:
            return f"{subject.name}: a username of nobody in the marketplace"
        case Kind.RESOURCE:
            return f"{subject.name or 'no account yet'}: account of resource {subject.uuid}{where}"
    return f"{subject.name}: an account in Slurm"


def unknown(answers: Iterable[Answer]) -> str:
    """The first thing that is not known."""
    links = (link for one in answers for link in one.links if link.mark is Mark.UNKNOWN)
    return next(f"{link.step}: {link.text}" for link in links)


def _place(sight: Sight, account: str, resource: str) -> str:
    _, found = sight.resources.get(resource, ("", None))
    of = f" of resource {found.name if found else resource[:8]}" if resource else ""
    return f"account {account}{of}" if account else f"resource {found.name if found else resource[:8]}, no account yet"


def _told(links: Sequence[Link], indent: str) -> Iterator[str]:
    """A line for each link; the members who are well share one."""
    for well, group in groupby(links, key=lambda link: link.step is Step.MEMBER and link.mark is Mark.OK):
        alike = list(group)
        if well and len(alike) > 1:
            names = [link.text.partition(":")[0] for link in alike]
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield f"{indent}✔ {'members':<{_WIDTH}}  {', '.join(names[:SHOWN])}{more}"
            continue
        for link in alike:
            yield f"{indent}{SIGNS[link.mark]} {link.step:<{_WIDTH}}  {link.text}"
            if link.remedy:
                yield f"{indent}  {'':<{_WIDTH}}  → {link.remedy}"
