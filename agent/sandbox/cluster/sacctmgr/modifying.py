"""What ``modify account`` and ``modify user`` have in common: reading the request, setting limits."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import associations, limits
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr.words import Keyword, Word, conditions, means, names, word

NOTHING = " Nothing modified\n"


HINT = " Use keyword 'set' to modify value\n"


class Request(NamedTuple):
    """Conditions, settings and limits by keyword, and the complaints about them."""

    where: Mapping[str, str]
    settings: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    qos: tuple[Word, ...]
    complaints: str


def read_request(
    words: Sequence[str], known: Sequence[Keyword], settable: Sequence[Keyword], valid: set[str]
) -> Request:
    """The words taken apart. Raises ``Refused`` on an unknown one, and when nothing is to be set."""
    where, given = _halves(words)
    conditions_found = conditions(where, known, "names", HINT)
    settings: dict[str, str] = {}
    changes: dict[str, limits.Change] = {}
    qos: list[Word] = []
    complaints = ""
    for each in map(word, given):
        keyword = next((keyword.name for keyword in settable if means(each.key, keyword)), None)
        if keyword:
            settings[keyword] = each.value
        elif each.key.lower().startswith("qos"):
            _check_qos(each, valid)
            qos.append(each)
        else:
            read = _limit(each, valid)
            changes[read.name] = read.change
            complaints += read.complaints
    if not (settings or changes or qos):
        raise Refused(" You didn't give me anything to set\n")
    return Request(conditions_found, settings, changes, tuple(qos), complaints)


def _halves(words: Sequence[str]) -> tuple[list[str], list[str]]:
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


def _limit(each: Word, valid: set[str]) -> limits.Read:
    unknown = f" Unknown option: {each.text}\n Use keyword 'where' to modify condition\n"
    if not each.sign:
        raise Refused(unknown)
    read = limits.read_word(each.key, each.value, unknown)
    if read.name == "DefaultQOS" and read.change not in (None, *valid):
        raise Refused(f"You gave a bad default qos '{read.change}'.  Use 'list qos' to get complete list.\n")
    return read


def _check_qos(each: Word, valid: set[str]) -> None:
    for name in filter(None, names(each.value)):
        if name not in valid:
            known = ",".join(sorted(valid, key=lambda one: (one != "normal", one)))
            raise Refused(
                f"sacctmgr: error: You gave a bad qos '{name}'. Valid QOS's are {known}\n"
                f" Unknown option: {each.text}\n Use keyword 'where' to modify condition\n"
            )


def valid_qos(db: sqlite3.Connection) -> set[str]:
    """The names of all QOS."""
    return {row[0] for row in db.execute("SELECT name FROM qos")}


def set_limits(db: sqlite3.Connection, tree: Tree, each: Association, request: Request) -> None:
    """Store the limits and QOS of one association."""
    changes = {**request.limits}
    for qos in request.qos:
        changes["QOS"] = _qos_list(tree.effective(each, "QOS"), qos)
    associations.set_limits(db, each, limits.applied(each.limits, changes))


def _qos_list(before: limits.Value | None, each: Word) -> list[str] | None:
    given = [name for name in names(each.value) if name]
    held = before if isinstance(before, list) else ["normal"]
    if each.sign == "+=":
        return list(dict.fromkeys([*held, *given]))
    if each.sign == "-=":
        return [name for name in held if name not in given]
    return given or None


def user_said(each: Association, cluster: str) -> str:
    """The line about a changed user association."""
    partition = f" P = {each.partition}" if each.partition else ""
    return f"  C = {cluster:<10} A = {each.account:<20} U = {each.user:<9}{partition}\n"


def without_access(tree: Tree, matched: Sequence[Association], request: Request, cluster: str) -> str:
    """Slurm's refusal to make a QOS the default of who may not use it."""
    default = request.limits.get("DefaultQOS")
    if default is None or request.qos:
        return ""
    rows = [each for one in matched for each in (one, *tree.heirs(one.account, ["DefaultQOS"]))]
    shut_out = [each for each in rows if default not in _may_use(tree, each)]
    lines = "".join(
        f"  DefQOS = {default!s:<10} C = {cluster:<10} A = {each.account:<20} "
        + (f"U = {each.user:<9}" if each.user else "") + "\n"
        for each in shut_out
    )  # fmt: skip
    head = (
        " These associations don't have access to their default qos.\n"
        " Please give them access before they the default can be set to this.\n"
    )
    return head + lines if lines else ""


def _may_use(tree: Tree, each: Association) -> list[str]:
    held = tree.effective(each, "QOS")
    return held if isinstance(held, list) else ["normal"]
