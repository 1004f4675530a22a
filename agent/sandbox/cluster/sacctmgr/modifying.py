"""What ``modify account`` and ``modify user`` have in common: reading the request, setting limits."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import associations, limits, qos
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.associations import Association, Tree, own_qos
from agent.sandbox.cluster.sacctmgr.words import Keyword, Word, conditions, means, word

NOTHING = " Nothing modified\n"


HINT = " Use keyword 'set' to modify value\n"


class Request(NamedTuple):
    """Conditions, settings and limits by keyword, changes of the QOS list (sign, names), and the complaints."""

    where: Mapping[str, str]
    settings: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    qos: tuple[tuple[str, Sequence[str]], ...]
    complaints: str


def read_request(
    words: Sequence[str], known: Sequence[Keyword], settable: Sequence[Keyword], valid: Sequence[str]
) -> Request:
    """The words taken apart. Raises ``Refused`` on an unknown one, and when nothing is to be set."""
    where, given = halves(words)
    conditions_found = conditions(where, known, "names", HINT)
    settings: dict[str, str] = {}
    changes: dict[str, limits.Change] = {}
    lists: list[tuple[str, Sequence[str]]] = []
    complaints = ""
    for each in map(word, given):
        keyword = next((keyword.name for keyword in settable if means(each.key, keyword)), None)
        if keyword:
            settings[keyword] = each.value
        elif each.key.lower().startswith("qos"):
            change = _limit(each, valid).change
            lists.append((each.sign, change if isinstance(change, list) else []))
        else:
            read = _limit(each, valid)
            changes[read.name] = read.change
            complaints += read.complaints
    if not (settings or changes or lists):
        raise Refused(" You didn't give me anything to set\n")
    return Request(conditions_found, settings, changes, tuple(lists), complaints)


def halves(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is a condition and what is set; each may be begun again by its keyword."""
    where: list[str] = []
    given: list[str] = []
    half = where
    for each in words:
        if each.lower() in ("where", "set"):
            half = given if each.lower() == "set" else where
        else:
            half.append(each)
    return where, given


def _limit(each: Word, valid: Sequence[str]) -> limits.Read:
    unknown = f" Unknown option: {each.text}\n Use keyword 'where' to modify condition\n"
    if not each.sign:
        raise Refused(unknown)
    return limits.read_word(each.key, each.value, unknown, limits.Vocabulary(qos=valid))


def set_limits(db: sqlite3.Connection, each: Association, request: Request) -> None:
    """Store the limits and QOS of one association."""
    associations.set_limits(db, each, limits_after(each, request))


def limits_after(each: Association, request: Request) -> limits.Limits:
    """An association's limits once the request is carried out."""
    changes = dict(request.limits)
    held = own_qos(each)
    for sign, given in request.qos:
        held = qos.changed(held, sign, given)
        changes["QOS"] = held or None
    return limits.applied(each.limits, changes)


def user_said(each: Association, cluster: str) -> str:
    """The line about a changed user association."""
    partition = f" P = {each.partition}" if each.partition else ""
    return f"  C = {cluster:<10} A = {each.account:<20} U = {each.user:<9}{partition}\n"


def without_access(db: sqlite3.Connection, matched: Sequence[Association], request: Request, cluster: str) -> str:
    """Slurm's refusal to give somebody a default QOS that he may not use.

    It looks at the associations that are changed and at the users right in them, no deeper; and it holds a new default
    against every one of these users, those with a default of their own as well.
    """
    if not request.qos and "DefaultQOS" not in request.limits:
        return ""
    after = Tree(db, {each.id: limits_after(each, request) for each in matched})
    lines = "".join(line for each in matched for line in _shut_out(after, each, request, cluster))
    head = (
        " These associations don't have access to their default qos.\n"
        " Please give them access before they the default can be set to this.\n"
    )
    return head + lines if lines else ""


def _shut_out(tree: Tree, changed: Association, request: Request, cluster: str) -> Iterator[str]:
    asked = request.limits.get("DefaultQOS")
    members = [] if changed.user else tree.members(changed.account)
    for each in [tree.same(changed), *members]:
        default = asked or tree.effective(each, "DefaultQOS")
        if default and default not in tree.qos_of(each):
            said = each.limits.get("DefaultQOS", default) if each in members else default
            user = f"U = {each.user:<9}" if each.user else ""
            yield f"  DefQOS = {said!s:<10} C = {cluster:<10} A = {each.account:<20} {user}\n"
