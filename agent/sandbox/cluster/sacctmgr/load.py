"""``sacctmgr load``: merge a file into the cluster.

It adds, changes what differs (foreign accounts as well, without asking), and never deletes. An unknown parent ends it,
and what came before stays; an unknown option takes everything back. A default account in which a known user has no
association yet is refused in silence, and with it goes every change of a line before: 22.05 does so, and exits with 0.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.sandbox.cluster import associations, limits, people, store, tres
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, New, Tree, own_qos
from agent.sandbox.cluster.sacctmgr import load_tables
from agent.sandbox.cluster.sacctmgr.load_file import Line, lines
from agent.sandbox.cluster.sacctmgr.words import word
from agent.sandbox.cluster.tables import Style

NO_CLUSTER = " You need to specify a cluster name first with 'Cluster - $NAME' in your file\n"
DONE = "sacctmgr: Done adding cluster in usec=0\n"


def load(style: Style, db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Merge ``file=`` (relative to the working directory), and say in tables of that style what was added."""
    given = next((each for each in map(word, words) if each.value or not each.sign), None)
    if given is None:
        raise Refused(" No filename given, specify one with file=''\n")
    name = given.value if given.sign else given.key
    try:
        text = Path(name).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise Refused(f' Unable to read "{given.text}": {error.strerror}\n') from None
    return _Load(db, cluster, style).merge(text)


class _Load:
    """One run: the state the lines are read against, and what was changed and added."""

    def __init__(self, db: sqlite3.Connection, cluster: str, style: Style) -> None:
        self.db, self.cluster, self.style = db, cluster, style
        self.tree = Tree(db)
        self.members = {(each.account, each.user, each.partition): each for each in self.tree if each.user}
        self.pairs = {(each.account, each.user) for each in self.tree if each.user}
        self.accounts, self.users = dict(people.accounts(db)), dict(people.users(db))
        self.known = set(self.tree.accounts)
        self.parent = "root"
        self.new_accounts: list[people.Account] = []
        self.new_users: dict[str, str] = {}
        self.placed: list[New] = []
        self.defaults: dict[str, str] = {}
        self.changed: list[str] = []
        self.complaints = ""

    def merge(self, text: str) -> Answer:
        """Read every line, then store what is new."""
        try:
            with store.changes_at_stake(self.db) as take_back:
                self.take_back = take_back
                code = self._read(text)
        except Refused as refused:
            raise Refused(refused.answer.err, refused.answer.out or f"For cluster {self.cluster}\n") from None
        self._store()
        placed = [each._replace(limits=self._listed(each.limits or {})) for each in self.placed]
        added = load_tables.rendered(self.style, self.new_accounts, placed, self.new_users)
        if not (self.changed or self.placed or code):
            return Answer(f"For cluster {self.cluster}\n Nothing new added.\n", self.complaints)
        return Answer(f"For cluster {self.cluster}\n{''.join(self.changed)}{added}", self.complaints + DONE, code)

    def _read(self, text: str) -> int:
        named = False
        for line in lines(text, limits.Vocabulary(qos=self.tree.qos)):
            self.complaints += line.complaints
            if line.kind == "cluster":
                self._check_cluster(line)
                named = True
            elif not named:
                raise Refused(NO_CLUSTER, " Nothing new added.\n")
            elif line.kind == "parent":
                if line.name not in self.known:
                    self.complaints += (
                        f" line({line.number}) You need to add this parent ({line.name}) as a child before you can add"
                        " children to it.\n"
                    )
                    return 1
                self.parent = line.name
            elif line.kind == "account":
                self._account(line)
            else:
                self._user(line)
        return 0

    def _check_cluster(self, line: Line) -> None:
        if line.name != self.cluster:
            raise Refused(f" The embedded cluster is {self.cluster}; it cannot load another one, {line.name}\n")

    def _account(self, line: Line) -> None:
        there = self.tree.accounts.get(line.name)
        if there:
            self._change_account(there, line)
        elif line.name not in self.known:
            if line.name not in self.accounts:
                self.new_accounts.append(_row(line, self.parent))
            self.known.add(line.name)
            self.placed.append(New(line.name, self.parent, limits=limits.applied({}, line.limits)))

    def _change_account(self, there: Association, line: Line) -> None:
        row = self.accounts[line.name]
        for column, before in (("description", row.description), ("organization", row.organization)):
            after = line.options.get(column, before)
            if after != before:
                people.set_account(self.db, line.name, column, after)
                self.changed.append(_said(column, "Account", line.name, before, after))
        self._change_limits(there, line, "Account")
        if there.parent != self.parent and line.name != "root":
            self.changed.append(_said("Parent", "Account", line.name, there.parent, self.parent))
            associations.reparent(self.db, line.name, self.parent)

    def _user(self, line: Line) -> None:
        self._change_default(line)
        partition = line.options.get("partition", "")
        place = (self.parent, line.name, partition)
        there = self.members.get(place)
        if there:
            self._change_limits(there, line, "User")
        elif not any((each.account, each.user, each.partition) == place for each in self.placed):
            if line.name not in self.users:
                self.new_users.setdefault(line.name, line.options.get("defaultaccount", self.parent))
            self.placed.append(New(self.parent, self.parent, line.name, partition, limits.applied({}, line.limits)))

    def _change_default(self, line: Line) -> None:
        known, wanted = self.users.get(line.name), line.options.get("defaultaccount")
        if wanted is None:
            return
        before = self.defaults.get(line.name, known.default_account if known else wanted)
        self.defaults[line.name] = wanted
        if known is None or before == wanted:
            return
        self.changed.append(_said("Default Account", "User", line.name, before, wanted))
        if (wanted, line.name) in self.pairs:
            people.set_user(self.db, line.name, "default_account", wanted)
        else:
            self.take_back()

    def _change_limits(self, there: Association, line: Line, kind: str) -> None:
        """Change what differs. The default QOS of what is there is left alone, as Slurm leaves it."""
        changes = {name: change for name, change in line.limits.items() if name not in ("DefaultQOS", "QOS")}
        held = line.limits.get("QOS")
        listed: Mapping[str, limits.Change] = {"QOS": held} if isinstance(held, list) else {}
        after = limits.applied(there.limits, {**changes, **listed})
        for name, change in sorted(changes.items(), key=_place):
            before = _comparable(name, there.limits.get(name, 1 if name == "Fairshare" else None))
            wanted = _comparable(name, change)
            if before != wanted:
                self.changed.append(_said(_CALLED.get(name, name), kind, line.name, before, wanted))
        more = [
            name for name in self.tree.qos if isinstance(held, list) and name in held and name not in own_qos(there)
        ]
        self.changed += [f" Added {'QOS':<22}  for {kind:<7} {line.name:<10.10} {','.join(more):>8}\n"] if more else []
        associations.set_limits(self.db, there, after)

    def _listed(self, own: limits.Limits) -> limits.Limits:
        """Limits with the QOS in the order of their ids, as the tables show them."""
        held = own.get("QOS")
        return {**own, "QOS": [name for name in self.tree.qos if name in held]} if isinstance(held, list) else own

    def _store(self) -> None:
        people.add_accounts(self.db, self.new_accounts)
        people.add_users(self.db, self.new_users)
        associations.add(self.db, [each for each in self.placed if not each.user])
        associations.add(self.db, [each for each in self.placed if each.user])
        for name, default in self.new_users.items():
            people.set_user(self.db, name, "default_account", default)
        people.give_defaults(self.db, {each.user for each in self.placed if each.user})
        for each in self.placed:
            if each.user and self.defaults.get(each.user) == each.account:
                people.set_user(self.db, each.user, "default_account", each.account)


_CALLED = {"Fairshare": "fairshare", "GrpWall": "GrpWallDuration", "MaxTRES": "MaxTRESPerJob"}
PARENT = 2**31 - 1
"""What a share of ``parent`` is stored as."""


def _place(limit: tuple[str, limits.Change]) -> int:
    """Changes are reported in the order of the tables' columns."""
    columns = [field.name for field in load_tables.LIMITS]
    return columns.index(limit[0]) if limit[0] in columns else len(columns)


def _row(line: Line, parent: str) -> people.Account:
    options: Mapping[str, str] = {"description": line.name, "organization": parent, **line.options}
    return people.Account(line.name, options["description"], options["organization"])


def _comparable(name: str, value: limits.Change) -> str:
    """A limit in the words ``load`` compares and reports it by."""
    if isinstance(value, Mapping):
        return tres.by_id(value)
    if isinstance(value, list):
        return ",".join(value)
    if value is None:
        return "(null)" if "TRES" in name else "-1"
    return str(PARENT) if value == "parent" else str(value)


def _said(what: str, kind: str, name: str, before: str, after: str) -> str:
    return f" Changed {what:<20.20}  for {kind:<7.7} {name:<10.10} {before:>8} -> {after}\n"
