"""``sacctmgr modify account`` and ``modify user``."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import associations, limits, people
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr.add import level
from agent.sandbox.cluster.sacctmgr.words import Keyword, Word, conditions, folded, means, names, word

ACCOUNT_WHERE = (
    Keyword("names", 1), Keyword("accounts", 1), Keyword("clusters", 1), Keyword("description", 1),
    Keyword("organization", 1), Keyword("parent", 1),
)  # fmt: skip
USER_WHERE = (
    Keyword("names", 1), Keyword("users", 1), Keyword("accounts", 2), Keyword("clusters", 1),
    Keyword("defaultaccount", 8), Keyword("partitions", 4), Keyword("adminlevel", 2),
)  # fmt: skip
ACCOUNT_SET = (Keyword("description", 1), Keyword("organization", 1), Keyword("parent", 1))
USER_SET = (Keyword("defaultaccount", 8), Keyword("adminlevel", 2))
NOTHING = " Nothing modified\n"
HINT = " Use keyword 'set' to modify value\n"


class Request(NamedTuple):
    """Conditions, settings and limits by keyword, and the complaints about them."""

    where: Mapping[str, str]
    settings: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    qos: tuple[Word, ...]
    complaints: str


def _request(words: Sequence[str], known: Sequence[Keyword], settable: Sequence[Keyword], valid: set[str]) -> Request:
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


def _valid_qos(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM qos")}


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Change accounts' texts, then limits and parent of their associations."""
    request = _request(words, ACCOUNT_WHERE, ACCOUNT_SET, _valid_qos(db))
    if any(each.lower().startswith("rawusage=") for each in words):
        raise Refused(" RawUsage is not kept by the embedded cluster\n")
    texts = {key: folded(value) for key, value in request.settings.items() if key != "parent"}
    said, failed = "", 0
    if texts:
        said, failed = _set_texts(db, request.where, texts)
    if request.limits or request.qos or "parent" in request.settings:
        tree = Tree(db)
        matched = _accounts(tree, request.where, cluster, people.accounts(db))
        changed, refusal = _set_accounts(db, tree, matched, request, cluster)
        said, failed = said + changed, failed or int(changed == NOTHING)
        if refusal:
            return Answer(said, request.complaints + refusal, failed)
    return Answer(said, request.complaints, failed)


def _set_texts(db: sqlite3.Connection, where: Mapping[str, str], texts: Mapping[str, str]) -> tuple[str, int]:
    rows = people.accounts(db)
    matched = [name for name in rows if _row_meets(rows[name], where)]
    for name in matched:
        for column, value in texts.items():
            people.set_account(db, name, column, value)
    if not matched:
        return NOTHING, 1
    return " Modified accounts...\n" + "".join(f"  {name}\n" for name in matched), 0


def _row_meets(row: people.Account, where: Mapping[str, str]) -> bool:
    asked = {"names": row.name, "accounts": row.name, "description": row.description, "organization": row.organization}
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def _accounts(
    tree: Tree, where: Mapping[str, str], cluster: str, rows: Mapping[str, people.Account]
) -> list[Association]:
    if cluster not in names(where.get("clusters", cluster)):
        return []
    return [
        each
        for each in tree
        if not each.user
        and _row_meets(rows[each.account], where)
        and ("parent" not in where or each.parent in names(where["parent"]))
    ]


def _set_accounts(
    db: sqlite3.Connection, tree: Tree, matched: Sequence[Association], request: Request, cluster: str
) -> tuple[str, str]:
    """What was said, and a refusal that ends with exit code 0 all the same."""
    parent = folded(request.settings["parent"]) if "parent" in request.settings else None
    if parent is not None and parent not in tree.accounts:
        raise Refused(f" Parent Account {parent} doesn't exist.\n")
    if parent is not None and not (request.limits or request.qos):
        matched = [each for each in matched if parent not in (each.parent, each.account)]
    refusal = _without_access(tree, matched, request, cluster)
    if refusal:
        return "", refusal
    lines = [line for each in matched for line in _account_said(tree, each, request, cluster)]
    for each in matched:
        _set(db, tree, each, request)
        if parent is not None and parent not in (each.parent, each.account):
            associations.reparent(db, each.account, parent)
    return (" Modified account associations...\n" + "".join(lines) if lines else NOTHING), ""


def _set(db: sqlite3.Connection, tree: Tree, each: Association, request: Request) -> None:
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


def _account_said(tree: Tree, each: Association, request: Request, cluster: str) -> Iterable[str]:
    above = f" of {each.parent}" if each.parent else ""
    yield f"  C = {cluster:<10} A = {each.account}{above}\n"
    inherited = [name for name in (*request.limits, *(["QOS"] if request.qos else [])) if name in limits.INHERITED]
    for heir in tree.heirs(each.account, inherited):
        yield _user_said(heir, cluster)


def _user_said(each: Association, cluster: str) -> str:
    partition = f" P = {each.partition}" if each.partition else ""
    return f"  C = {cluster:<10} A = {each.account:<20} U = {each.user:<9}{partition}\n"


def _without_access(tree: Tree, matched: Sequence[Association], request: Request, cluster: str) -> str:
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


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Change users' default account and admin level, then the limits of their associations."""
    request = _request(words, USER_WHERE, USER_SET, _valid_qos(db))
    said, failed = "", 0
    if request.settings:
        said, failed = _set_users(db, request, cluster)
    if request.limits or request.qos:
        tree, rows = Tree(db), people.users(db)
        matched = [each for each in tree if each.user and _meets(each, rows, request.where, cluster)]
        refusal = _without_access(tree, matched, request, cluster)
        if refusal:
            return Answer(said, request.complaints + refusal, failed)
        for each in matched:
            _set(db, tree, each, request)
        lines = "".join(_user_said(each, cluster) for each in matched)
        said += f" Modified user associations...\n{lines}" if matched else NOTHING
        failed = failed or int(not matched)
    return Answer(said, request.complaints, failed)


def _meets(each: Association, rows: Mapping[str, people.User], where: Mapping[str, str], cluster: str) -> bool:
    row = rows[each.user]
    asked = {
        "names": each.user,
        "users": each.user,
        "accounts": each.account,
        "partitions": each.partition,
        "clusters": cluster,
        "defaultaccount": row.default_account,
        "adminlevel": row.admin.lower(),
    }
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def _set_users(db: sqlite3.Connection, request: Request, cluster: str) -> tuple[str, int]:
    rows, tree = people.users(db), Tree(db)
    asked = names(request.where.get("names", request.where.get("users", ",".join(rows))))
    matched = [name for name in rows if name in asked]
    if request.settings.get("defaultaccount") == "":
        refusal = "You can not remove the default account of a user\n"
        raise Refused(f"sacctmgr: error: {refusal} Error with request: {refusal}")
    if not matched:
        return NOTHING, 1
    default = folded(request.settings.get("defaultaccount", ""))
    _check_members(tree, matched, default, cluster)
    for name in matched:
        if default:
            people.set_user(db, name, "default_account", default)
        if "adminlevel" in request.settings:
            people.set_user(db, name, "admin", level(request.settings["adminlevel"]))
    return " Modified users...\n" + "".join(f"  {name}\n" for name in matched), 0


def _check_members(tree: Tree, users: Sequence[str], default: str, cluster: str) -> None:
    members = {each.user for each in tree if each.account == default}
    outside = [name for name in users if default and name not in members]
    if outside:
        raise Refused(
            out=f" Can't modify because these users aren't associated with new default account '{default}'...\n"
            + "".join(f"  U = {name} C = {cluster}\n" for name in outside)
        )
