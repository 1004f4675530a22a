"""The text of load files: what is to be merged, accounts below their parents and users below their accounts (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.core.model.cluster import Account, Association
from backends.slurm.wording import load_words


def load_file(cluster: str, accounts: Sequence[Account], associations: Sequence[Association]) -> str:
    """A load file, accounts in the order given (parents first). A ``Parent`` line names an account and leaves it."""
    lines = [*_under_parents((account.parent, _account_line(account)) for account in accounts)]
    users = _under_parents((association.account, _user_line(association)) for association in associations)
    return _file(cluster, [*lines, *users])


def limits_file(cluster: str, changes: Iterable[tuple[Account | Association, Sequence[str]]]) -> str:
    """A load file that changes limits (``words``) of what exists, and leaves everything else of it.

    An account has to be named below the parent it has: below another one it would be moved.
    """
    lines = sorted((parent_of(item), _changed(item, words)) for item, words in changes)
    return _file(cluster, _under_parents(lines))


def parent_of(item: Account | Association) -> str:
    """The account that an account or a user's association stands below."""
    return item.parent if isinstance(item, Account) else item.account


def defaults_file(
    cluster: str, defaults: Mapping[str, str], partitions: Mapping[tuple[str, str], str] | None = None
) -> str:
    """A load file that makes an account the default of users who are in it already (user → account).

    ``partitions``: (account, user) → the partition of those who are in it for one alone; without it the load would put
    them in for all.
    """
    narrow = partitions or {}
    by_account = sorted(defaults.items(), key=lambda pair: (pair[1], pair[0]))
    lines = (
        (account, f"{_user(user, narrow.get((account, user), ''))}:DefaultAccount='{account}'")
        for user, account in by_account
    )
    return _file(cluster, _under_parents(lines))


def _changed(item: Account | Association, words: Sequence[str]) -> str:
    first = f"Account - '{item.name}'" if isinstance(item, Account) else _user(item.user, item.partition)
    return ":".join((first, *words))


def _user(user: str, partition: str) -> str:
    return f"User - '{user}':Partition='{partition}'" if partition else f"User - '{user}'"


def _under_parents(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each line below the ``Parent`` line of its account."""
    parent = None
    for wanted, line in lines:
        if wanted != parent:
            yield f"Parent - '{wanted}'"
        parent = wanted
        yield line


def _file(cluster: str, lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in (f"Cluster - '{cluster}'", *lines))


def _account_line(account: Account) -> str:
    texts = (f"Description='{account.description}'", f"Organization='{account.organization}'")
    return ":".join((f"Account - '{account.name}'", *texts, *load_words(account)))


def _user_line(association: Association) -> str:
    return ":".join((_user(association.user, association.partition), *load_words(association)))
