"""``sacctmgr add account``, ``add user`` and ``add qos``."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import associations, limits, people
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import New, Tree
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, means, names, word

ACCOUNT = (
    Keyword("accounts", 1), Keyword("names", 1), Keyword("clusters", 1), Keyword("description", 1),
    Keyword("organization", 1), Keyword("parent", 1),
)  # fmt: skip
USER = (
    Keyword("accounts", 2), Keyword("adminlevel", 2), Keyword("clusters", 1), Keyword("defaultaccount", 8),
    Keyword("names", 1), Keyword("users", 1), Keyword("partitions", 4),
)  # fmt: skip
LEVELS = {"none": "None", "operator": "Operator", "admin": "Administrator", "administrator": "Administrator"}
NOTHING = " Nothing new added.\n"
CONTACT = "        Contact your admin to add this account.\n"


class Request(NamedTuple):
    """What was asked for: names, options by keyword, limits, and the complaints about them."""

    names: list[str]
    options: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    complaints: str


def _request(words: Sequence[str], known: Sequence[Keyword], named: tuple[str, ...], hint: str) -> Request:
    wanted, options, set_limits, complaints = [], {}, {}, ""
    for each in map(word, words):
        keyword = next((keyword.name for keyword in known if each.sign and means(each.key, keyword)), None)
        if not each.sign and each.key.lower() in ("where", "set"):
            continue
        if not each.sign or keyword in named:
            wanted += names(each.value if each.sign else each.key)
        elif keyword:
            options[keyword] = each.value
        else:
            read = limits.read_word(each.key, each.value, f" Unknown option: {each.text}\n{hint}")
            set_limits[read.name] = read.change
            complaints += read.complaints
    return Request(wanted, options, set_limits, complaints)


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Add accounts; those with an association already are left alone, whatever else is said of them."""
    request = _request(words, ACCOUNT, ("accounts", "names"), " Use keyword 'where' to modify condition\n")
    _check_cluster(request.options, cluster)
    wanted = [name for name in request.names if name]
    complaints = request.complaints + _blank(request.names)
    if not request.names:
        raise Refused(" Need name of account to add.\n")
    tree, rows = Tree(db), people.accounts(db)
    parent = folded(request.options.get("parent", "root"))
    placed = [name for name in wanted if name not in tree.accounts]
    if placed and parent not in tree.accounts:
        raise Refused(_no_parent(parent, cluster) * len(placed) + " No associations created.\n")
    if not placed:
        return Answer(NOTHING, complaints, 1)
    new = [name for name in placed if name not in rows]
    people.add_accounts(db, [_row(name, request.options, parent) for name in new])
    associations.add(db, [New(name, parent, limits=limits.applied({}, request.limits)) for name in placed])
    return Answer(_accounts_said(new, placed, request, cluster), complaints, int(len(wanted) < len(request.names)))


def _row(name: str, options: Mapping[str, str], parent: str) -> people.Account:
    organization = parent if parent != "root" else name
    return people.Account(
        name, folded(options.get("description", name)), folded(options.get("organization", organization))
    )


def _no_parent(parent: str, cluster: str) -> str:
    return f" Parent account '{parent}' doesn't exist on cluster {cluster}\n{CONTACT}"


def _blank(wanted: Iterable[str]) -> str:
    return " No blank names are allowed when adding.\n" * sum(not name for name in wanted)


def _check_cluster(options: Mapping[str, str], cluster: str) -> None:
    for name in names(options["clusters"]) if "clusters" in options else ():
        if name != cluster:
            raise Refused(
                f" This cluster '{name}' doesn't exist.\n        Contact your admin to add it to accounting.\n"
            )


def _accounts_said(new: Sequence[str], placed: Sequence[str], request: Request, cluster: str) -> str:
    text = ""
    if new:
        text = " Adding Account(s)\n" + "".join(f"  {name}\n" for name in new)
        text += f" Settings\n  Description     = {_text_said(request, 'description', 'Account Name')}\n"
        text += f"  Organization    = {_text_said(request, 'organization', 'Parent/Account Name')}\n"
    text += " Associations\n" + "".join(f"  A = {name:<10.10} C = {cluster:<10.10}\n" for name in placed)
    if request.limits or request.options:
        parent = folded(request.options.get("parent", "root"))
        text += " Settings\n" + _limits_said(request.limits) + f"  Parent        = {parent}\n"
    return text


def _text_said(request: Request, option: str, default: str) -> str:
    return folded(request.options[option]) if option in request.options else default


def _limits_said(changes: Mapping[str, limits.Change]) -> str:
    values = limits.applied({}, changes)
    order = sorted(values, key=lambda name: [limit.name for limit in limits.LIMITS].index(name))
    return "".join(f"  {name:<13} = {limits.shown(name, values[name])}\n" for name in order)


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Add users to accounts; who is there already stays as he is."""
    request = _request(words, USER, ("names", "users"), "")
    _check_cluster(request.options, cluster)
    if not request.names:
        raise Refused(" Need name of user to add.\n")
    if not request.options.get("accounts"):
        raise Refused(" Need name of account to add user to.\n")
    tree, rows = Tree(db), people.users(db)
    wanted = [name for name in request.names if name]
    into, complaints = _into(names(request.options["accounts"]), tree, people.accounts(db), cluster)
    complaints = request.complaints + _blank(request.names) + complaints
    placed = _missing(wanted, into, names(request.options.get("partitions", "")), tree, request.limits)
    failed = int(complaints != request.complaints)
    if not placed:
        return Answer(NOTHING, complaints, 1)
    new = list(dict.fromkeys(each.user for each in placed if each.user not in rows))
    people.add_users(db, new)
    # Slurm adds the associations of new users together with them, those of known users afterwards.
    associations.add(db, [each for each in placed if each.user in new])
    associations.add(db, [each for each in placed if each.user not in new])
    _make_defaults(db, placed, request.options)
    return Answer(_users_said(new, placed, request, cluster), complaints, failed)


def _into(wanted: Sequence[str], tree: Tree, rows: Mapping[str, people.Account], cluster: str) -> tuple[list[str], str]:
    """The accounts that are there, and the complaints about the others."""
    missing = [name for name in wanted if name not in tree.accounts]
    where = {name: f" on cluster {cluster}" if name in rows else "." for name in missing}
    complaints = "".join(f" This account '{name}' doesn't exist{where[name]}\n{CONTACT}" for name in missing)
    return [name for name in wanted if name in tree.accounts], complaints


def _missing(
    users: Sequence[str],
    accounts: Sequence[str],
    partitions: Sequence[str],
    tree: Tree,
    changes: Mapping[str, limits.Change],
) -> list[New]:
    there = {(each.account, each.user, each.partition) for each in tree}
    values = limits.applied({}, changes)
    return [
        New(account, account, user, partition, values)
        for user in users
        for account in accounts
        for partition in partitions or [""]
        if (account, user, partition) not in there
    ]


def _make_defaults(db: sqlite3.Connection, placed: Sequence[New], options: Mapping[str, str]) -> None:
    who = list(dict.fromkeys(each.user for each in placed))
    default = folded(options.get("defaultaccount", ""))
    for name in who if default else ():
        people.set_user(db, name, "default_account", default)
    for name in who if "adminlevel" in options else ():
        people.set_user(db, name, "admin", level(options["adminlevel"]))
    people.give_defaults(db, who)


def level(text: str) -> str:
    """An admin level as it is shown. Raises ``Refused``."""
    if text.lower() not in LEVELS:
        raise Refused(f" Bad AdminLevel: {text}; the embedded cluster knows None, Operator and Admin\n")
    return LEVELS[text.lower()]


def _users_said(new: Sequence[str], placed: Sequence[New], request: Request, cluster: str) -> str:
    text, options = "", request.options
    if new:
        text = " Adding User(s)\n" + "".join(f"  {name}\n" for name in new)
        default = f"  Default Account = {folded(options['defaultaccount'])}\n" if options.get("defaultaccount") else ""
        admin = f"  Admin Level     = {level(options['adminlevel'])}\n" if "adminlevel" in options else ""
        text += f" Settings =\n{default}{admin}" if default or admin else ""
    text += " Associations =\n" + "".join(_placed_said(each, cluster) for each in placed)
    return text + " Non Default Settings\n" + _limits_said(request.limits)


def _placed_said(each: New, cluster: str) -> str:
    partition = f" P = {each.partition:<10.10}" if each.partition else ""
    return f"  U = {each.user:<9.9} A = {each.account:<10.10} C = {cluster:<10.10}{partition}\n"


def qos(db: sqlite3.Connection, _cluster: str, words: Sequence[str]) -> Answer:
    """Add QOS by name; they carry no limits here."""
    request = _request(words, (Keyword("names", 1), Keyword("description", 1)), ("names",), "")
    there = {row[0] for row in db.execute("SELECT name FROM qos")}
    new = [name for name in request.names if name not in there]
    if not new:
        return Answer(NOTHING, "", 1)
    for name in new:
        description = folded(request.options.get("description", name))
        db.execute("INSERT INTO qos (name, description) VALUES (?, ?)", (name, description))
    said = folded(request.options.get("description", new[0]))
    return Answer(
        " Adding QOS(s)\n" + "".join(f"  {name}\n" for name in new) + f" Settings\n  Description    = {said}\n"
    )
