"""Coordinators of accounts: making them, taking it back, telling an account's own from those of the accounts above it.

Slurm makes who coordinates an account coordinate those below it as well, and shows both kinds alike. Who leaves an
account goes on coordinating it; who has no association any more, or whose account is deleted, does not.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.dialogue import name_lists
from backends.slurm.membership import Pair
from backends.slurm.names import association_objection
from backends.slurm.products import spanning
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, outcome, settle
from backends.slurm.standing import GONE

Attempt: TypeAlias = Callable[[Session, Sequence[Pair]], Outcome[Pair]]

SHOW_COORDINATORS = "show account withcoord format=Account,Coord"
"""Those of every account of every cluster, inherited ones too."""
AT_ONCE = 200
"""Pairs that one process adds: at 20 000 associations 22.05 takes 60 ms for each."""


def add_coordinators(session: Session, pairs: Sequence[Pair]) -> tuple[Refusal, ...]:
    """Make (account, user) coordinators; one who does not exist does not hold the others."""
    return _settled(session, pairs, _added)


def remove_coordinators(session: Session, pairs: Sequence[Pair]) -> tuple[Refusal, ...]:
    """Take it back from (account, user); who coordinates an account above goes on doing so."""
    return _settled(session, pairs, _removed)


def own(shown: Mapping[str, str], parents: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Account → its own coordinators, of what is shown for it and its parent; those without any are left out.

    Who is shown for the parent is shown once more for the account, and twice when he is its own coordinator too.
    """
    names = {account: _names(text) for account, text in shown.items()}
    found = {account: _own(names[account], names.get(parents[account], ())) for account in names if account in parents}
    return {account: users for account, users in found.items() if users}


def add_lines(pairs: Iterable[Pair]) -> tuple[str, ...]:
    """A command for each set of users that is the same for several accounts: it means every one for every other."""
    users: dict[str, set[str]] = {}
    for account, user in pairs:
        users.setdefault(account, set()).add(user)
    alike: dict[frozenset[str], list[str]] = {}
    for account, names in users.items():
        alike.setdefault(frozenset(names), []).append(account)
    return tuple(line for names, accounts in alike.items() for line in _lines("add", accounts, names))


def remove_lines(pairs: Collection[Pair], there: Iterable[Pair]) -> tuple[str, ...]:
    """Commands for pairs in products that hold none of the others that are ``there``."""
    accounts: dict[str, frozenset[str]] = {}
    for account, user in there:
        accounts[user] = accounts.get(user, frozenset()) | {account}
    return tuple(line for users, into in spanning(pairs, accounts) for line in _lines("delete", into, users))


def show_coordinators_of(accounts: Iterable[str]) -> tuple[str, ...]:
    """Those of some accounts, inherited ones too; ``root`` rides along in each list as the proof."""
    return tuple(
        f"show account withcoord where name=root,{names} format=Account,Coord" for names in name_lists(accounts)
    )


def _settled(session: Session, pairs: Sequence[Pair], attempt: Attempt) -> tuple[Refusal, ...]:
    objections = {pair: association_objection(*pair) for pair in sorted(set(pairs))}
    refusals = [Refusal("/".join(pair), why) for pair, why in objections.items() if why]
    good = [pair for pair, why in objections.items() if not why]
    if good:
        with session.lock.acquire(session.write_deadline):
            for at in range(0, len(good), AT_ONCE):
                refused = settle(good[at : at + AT_ONCE], lambda some: attempt(session, some))
                refusals += [Refusal("/".join(pair), said) for pair, said in refused]
    return tuple(refusals)


def _added(session: Session, pairs: Sequence[Pair]) -> Outcome[Pair]:
    """Who is not shown as a coordinator afterwards is missing; an account that is not there is not sent at all."""
    parents = _parents(session, ())[0]
    present = [pair for pair in pairs if pair[0] in parents]
    gone = tuple((pair, GONE) for pair in pairs if pair[0] not in parents)
    if not present:
        return Outcome((), "", gone)
    now, said = _changed(session, add_lines(present), present, parents)
    return outcome("sacctmgr", (pair for pair in present if pair[1] not in now.get(pair[0], ())), said, gone)


def _removed(session: Session, pairs: Sequence[Pair]) -> Outcome[Pair]:
    parents, shown = _parents(session, [account for account, _ in pairs])
    there = {(account, user) for account, text in shown.items() for user in _names(text)}
    present = [pair for pair in pairs if pair in there]
    if not present:
        return Outcome((), "")
    now, said = _changed(session, remove_lines(present, there), present, parents)
    return outcome("sacctmgr", (pair for pair in present if pair[1] in now.get(pair[0], ())), said)


def _parents(session: Session, accounts: Sequence[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The parent of every account ("" for root), and the coordinators that are shown for ``accounts``."""
    reads = (commands.show_account_tree(session.cluster), *show_coordinators_of(accounts))
    tree, *shown = ask_surely(session, "sacctmgr", reads).answers
    rows = readback.account_rows(readback.association_rows([tree], session.cluster))
    return {name: row.parent for name, row in rows.items()}, readback.texts(shown)


def _changed(
    session: Session, lines: Sequence[str], pairs: Sequence[Pair], parents: Mapping[str, str]
) -> tuple[Mapping[str, frozenset[str]], str]:
    """The accounts' own coordinators after the commands, and what Slurm said."""
    concerned = {account for account, _ in pairs}
    above = {parents[account] for account in concerned if parents.get(account)}
    reply = change(session, "sacctmgr", lines, show_coordinators_of(concerned | above))
    return own(readback.texts(reply.answers), parents), reply.said


def _lines(verb: str, accounts: Iterable[str], users: Collection[str]) -> tuple[str, ...]:
    return tuple(
        f"{verb} coordinator account={into} name={names}"
        for into in name_lists(accounts)
        for names in name_lists(users)
    )


def _own(shown: Sequence[str], above: Collection[str]) -> frozenset[str]:
    return frozenset(user for user, times in Counter(shown).items() if times > (user in above))


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))
