"""Creating accounts and user associations in pieces, each one transaction and one process, each read back.

``sacctmgr load`` is the fastest form, and merges: it would take over a foreign account without a word. So before the
first piece the accounts to create are looked up under the lock, and one that exists with another marker is refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TypeVar

from agent.core.limits import SLURM_WORDS, limits_of
from agent.core.model.cluster import Account, Association
from agent.ports import Refusal
from backends.slurm import commands, load_text, readback
from backends.slurm.load_files import load_file
from backends.slurm.names import new_account_objection, new_association_objection
from backends.slurm.parse import AssociationRow
from backends.slurm.pieces import Piece, pieces
from backends.slurm.session import Reply, Session, ask_surely, change
from backends.slurm.settle import Outcome, outcome, settle
from backends.slurm.wording import load_words

T = TypeVar("T", Account, Association)


def add(session: Session, accounts: Sequence[Account], associations: Sequence[Association]) -> tuple[Refusal, ...]:
    """Create accounts and user associations; what is refused does not hold the rest."""
    accounts, bad_accounts = _screened(accounts, new_account_objection)
    associations, bad_associations = _screened(associations, new_association_objection)
    refusals = [*bad_accounts, *bad_associations]
    if not accounts and not associations:
        return tuple(refusals)
    with session.lock.acquire(session.write_deadline):
        accounts, foreign = _ours(session, accounts)
        refusals += foreign
        for piece in pieces(accounts, associations, session.load_lines):
            refusals += _add_piece(session, piece, refusals)
    return tuple(refusals)


def key(item: Account | Association) -> str:
    """The key of a refusal: ``account`` or ``account/user``."""
    return item.name if isinstance(item, Account) else f"{item.account}/{item.user}"


def _screened(items: Sequence[T], objection: Callable[[T], str]) -> tuple[tuple[T, ...], list[Refusal]]:
    objections = [(item, objection(item)) for item in items]
    good = tuple(item for item, why in objections if not why)
    return good, [Refusal(key(item), why) for item, why in objections if why]


def _ours(session: Session, accounts: Sequence[Account]) -> tuple[tuple[Account, ...], list[Refusal]]:
    if not accounts:
        return (), []
    reads = commands.show_texts_of(account.name for account in accounts)
    answers = ask_surely(session, "sacctmgr", reads).answers
    organizations = readback.texts(answers[: len(answers) // 2])
    descriptions = readback.texts(answers[len(answers) // 2 :])
    return _screened(accounts, lambda account: _foreign(account, organizations, descriptions))


def _foreign(account: Account, organizations: Mapping[str, str], descriptions: Mapping[str, str]) -> str:
    found = organizations.get(account.name)
    if found is None:
        return ""
    if found != account.organization:
        return f"the account exists with organization {found!r}, not {account.organization!r}; it is left as it is"
    marker, wanted = (text.split(" ")[0] for text in (descriptions.get(account.name, ""), account.description))
    return "" if marker == wanted else f"the account exists for {marker!r}, not {wanted!r}; it is left as it is"


def _add_piece(session: Session, piece: Piece, refusals: Sequence[Refusal]) -> list[Refusal]:
    """Everything at once; then what is missing, accounts first: without them nobody can be put into them."""
    accounts, associations, refused = _below_no_refused(piece.accounts, piece.associations, refusals)
    if not accounts and not associations:
        return refused
    missing = _attempt(session, (*accounts, *associations)).missing
    lost_accounts = [item for item in missing if isinstance(item, Account)]
    refused += _settled(session, lost_accounts)
    lost_users = [item for item in missing if isinstance(item, Association)]
    _, lost_users, below = _below_no_refused((), lost_users, refused)
    return [*refused, *below, *_settled(session, lost_users)]


def _below_no_refused(
    accounts: Sequence[Account], associations: Sequence[Association], refusals: Iterable[Refusal]
) -> tuple[Sequence[Account], list[Association], list[Refusal]]:
    """What does not hang below a refused account, and refusals of what does."""
    refused = {refusal.key for refusal in refusals}
    accounts, children = _screened(accounts, lambda each: _below(each.parent, refused))
    users, orphans = _screened(associations, lambda each: _below(each.account, refused))
    return accounts, list(users), [*children, *orphans]


def _below(account: str, refused: Iterable[str]) -> str:
    return f"the account {account} was refused" if account in refused else ""


def _settled(session: Session, items: Sequence[Account | Association]) -> list[Refusal]:
    refused = settle(items, lambda some: _attempt(session, some))
    return [Refusal(key(item), said) for item, said in refused]


def _attempt(session: Session, items: Sequence[Account | Association]) -> Outcome[Account | Association]:
    accounts = [item for item in items if isinstance(item, Account)]
    associations = [item for item in items if isinstance(item, Association)]
    reads = _reads(session.cluster, accounts, associations)
    if not accounts and _plain_users_of_one_account(associations):
        users = [association.user for association in associations]
        reply = change(session, "sacctmgr", commands.add_users(session.cluster, associations[0].account, users), reads)
    else:
        with load_file(session.scratch, load_text.load_file(session.cluster, accounts, associations)) as path:
            reply = change(session, "sacctmgr", [commands.load(path)], reads)
    return _compared(session, reply, accounts, associations)


def _plain_users_of_one_account(associations: Sequence[Association]) -> bool:
    # `add user` reads less than `load` does, and costs as many commands.
    plain = not any(load_words(each) or each.partition for each in associations)
    return plain and len({each.account for each in associations}) == 1


def _reads(cluster: str, accounts: Sequence[Account], associations: Sequence[Association]) -> tuple[str, ...]:
    into = [*(each.name for each in accounts), *(each.account for each in associations)]
    texts = commands.show_texts_of(each.name for each in accounts)
    return (*texts, *commands.show_associations_of(cluster, into))


def _compared(
    session: Session, reply: Reply, accounts: Sequence[Account], associations: Sequence[Association]
) -> Outcome[Account | Association]:
    texts = len(commands.show_texts_of(each.name for each in accounts))
    organizations = readback.texts(reply.answers[: texts // 2])
    descriptions = readback.texts(reply.answers[texts // 2 : texts])
    rows = readback.association_rows(reply.answers[texts:], session.cluster)
    own, users = readback.account_rows(rows), readback.user_rows(rows)
    missing: list[Account | Association] = []
    for account in accounts:
        marked = (organizations.get(account.name), descriptions.get(account.name))
        if marked != (account.organization, account.description) or not _as_wanted(account, own.get(account.name)):
            missing.append(account)
    for each in associations:
        row = users.get(readback.place(each))
        if row is None or not _as_given(each, row):
            missing.append(each)
    return outcome("sacctmgr", missing, reply.said)


def _as_wanted(account: Account, row: AssociationRow | None) -> bool:
    return row is not None and row.parent == account.parent and _as_given(account, row)


def _as_given(item: Account | Association, row: AssociationRow) -> bool:
    """Whether everything that is set on ``item`` is shown; a load leaves what it does not name."""
    shown = replace(item, **{one.name: getattr(row, one.name) for one in fields(item) if one.name in SLURM_WORDS})
    limits = limits_of(item).items() <= limits_of(shown).items()
    return limits and item.qos in {(), row.qos} and item.default_qos in {"", row.default_qos}
