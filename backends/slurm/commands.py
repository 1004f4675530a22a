"""The command lines and load files sent to Slurm. Every name in them has been validated before (see ``names``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from agent.core.model.cluster import Account, Association, Qos
from backends.slurm.dialogue import name_lists
from backends.slurm.parse import ASSOCIATION_FORMAT, QOS_FORMAT
from backends.slurm.wording import load_words, quoted

SHOW_CLUSTER = "show cluster format=Cluster"
SHOW_QOS = (f"show qos format={QOS_FORMAT}", "show qos format=Name,Description")
"""Every QOS; its description, which is free text, in a command of its own."""
OWN = "WOPLimits WithRawQOSLevel"
"""Without parents' limits: what an association has of its own, its QOS list and default QOS among it.

A list that only adds to the parent's and takes from it is shown with its signs: ``+gold,-normal``.
"""
SHOW_QOS_LISTS = f"show assoc {OWN} format=Cluster,Account,User,QOS,DefaultQOS"
"""Every association's own list of QOS, on every cluster."""


def show_associations(cluster: str) -> str:
    """Every association of the cluster."""
    return f"show assoc where cluster={cluster} {OWN} format={ASSOCIATION_FORMAT}"


def show_associations_of(cluster: str, accounts: Iterable[str]) -> tuple[str, ...]:
    """The associations of some accounts; ``root`` rides along in each as the proof that rows are shown at all."""
    return tuple(
        f"show assoc where cluster={cluster} account=root,{names} {OWN} format={ASSOCIATION_FORMAT}"
        for names in name_lists(accounts)
    )


def show_account_tree(cluster: str) -> str:
    """The accounts' own associations, without the users'."""
    return f"show assoc where cluster={cluster} user= {OWN} format={ASSOCIATION_FORMAT}"


def show_associations_of_users(cluster: str, users: Iterable[str]) -> tuple[str, ...]:
    """Every association of some users; ``root`` rides along as the proof."""
    return tuple(
        f"show assoc where cluster={cluster} user=root,{names} {OWN} format={ASSOCIATION_FORMAT}"
        for names in name_lists(users)
    )


def show_texts_of(accounts: Iterable[str]) -> tuple[str, ...]:
    """Organizations, then descriptions, each as its own command for each list: free text stands last in a row."""
    lists = name_lists(accounts)
    return tuple(
        f"show account where name=root,{names} format=Account,{text}"
        for text in ("Organization", "Description")
        for names in lists
    )


def show_default_accounts(users: Iterable[str]) -> tuple[str, ...]:
    """The default accounts of some users. Never of all: ``show user`` is quadratic on Slurm 22.05."""
    return tuple(f"show user where name=root,{names} format=User,DefaultAccount" for names in name_lists(users))


def add_users(cluster: str, account: str, users: Iterable[str]) -> tuple[str, ...]:
    """Put users into one existing account."""
    return tuple(f"add user name={names} account={account} cluster={cluster}" for names in name_lists(users))


def show_clusters_of(accounts: Iterable[str]) -> tuple[str, ...]:
    """The clusters that accounts have an association on, whatever cluster it is."""
    return tuple(
        f"show assoc where account=root,{names} user= format=Account,Cluster" for names in name_lists(accounts)
    )


def load(path: Path) -> str:
    """Merge a load file, as one transaction."""
    return f"load file={path}"


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


def defaults_file(cluster: str, defaults: Mapping[str, str]) -> str:
    """A load file that makes an account the default of users who are in it already (user → account)."""
    by_account = sorted(defaults.items(), key=lambda pair: (pair[1], pair[0]))
    return _file(
        cluster,
        _under_parents((account, f"User - '{user}':DefaultAccount='{account}'") for user, account in by_account),
    )


def _changed(item: Account | Association, words: Sequence[str]) -> str:
    first = f"Account - '{item.name}'" if isinstance(item, Account) else f"User - '{item.user}'"
    return ":".join((first, *words))


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


def set_accounts(cluster: str, accounts: Iterable[str], settings: str) -> tuple[str, ...]:
    """Set limits, QOS or parent of accounts' own associations."""
    return tuple(
        f"modify account where name={names} cluster={cluster} set {settings}" for names in name_lists(accounts)
    )


def set_texts(account: Account) -> str:
    """Set the description and the organization of an account, on every cluster."""
    return (
        f"modify account where name={account.name} set Description={quoted(account.description)}"
        f" Organization={quoted(account.organization)}"
    )


def set_users(cluster: str, users: Iterable[str], accounts: Iterable[str], settings: str) -> tuple[str, ...]:
    """Set limits of the associations of every given user in every given account."""
    return tuple(
        f"modify user where name={names} account={into} cluster={cluster} set {settings}"
        for names in name_lists(users)
        for into in name_lists(accounts)
    )


def add_qos(qos: Qos) -> str:
    """Make a QOS with its description, flags and limits."""
    flags = f" flags={','.join(qos.flags)}" if qos.flags else ""
    limits = "".join(f" {word}" for word in load_words(qos))
    return f"add qos name={qos.name} description={quoted(qos.description)}{flags}{limits}"


def set_qos(names: Iterable[str], settings: str) -> tuple[str, ...]:
    """Set limits and flags of QOS."""
    return tuple(f"modify qos where name={some} set {settings}" for some in name_lists(names))


def delete_qos(names: Iterable[str]) -> tuple[str, ...]:
    """Delete QOS."""
    return tuple(f"delete qos where name={some}" for some in name_lists(names))


def reset_usage(cluster: str, accounts: Iterable[str], qos: Iterable[str]) -> tuple[str, ...]:
    """Begin the count of usage anew. Always a command of its own: beside it other settings are lost."""
    return (
        *(f"modify account where name={some} cluster={cluster} set RawUsage=0" for some in name_lists(accounts)),
        *(f"modify qos where name={some} set RawUsage=0" for some in name_lists(qos)),
    )


def set_default_account(cluster: str, users: Iterable[str], account: str) -> tuple[str, ...]:
    """Make an account the default of users that are in it."""
    return tuple(
        f"modify user where name={names} cluster={cluster} set DefaultAccount={account}" for names in name_lists(users)
    )


def delete_users(cluster: str, users: Iterable[str], accounts: Iterable[str]) -> tuple[str, ...]:
    """Take users out of accounts. No user may be in two of the accounts: 22.05 refuses the whole."""
    return tuple(
        f"delete user where name={names} account={out} cluster={cluster}"
        for out in name_lists(accounts)
        for names in name_lists(users)
    )


def delete_accounts(accounts: Iterable[str], cluster: str | None) -> tuple[str, ...]:
    """Delete accounts, or with a cluster only what they have there."""
    only = f" cluster={cluster}" if cluster else ""
    return tuple(f"delete account where name={names}{only}" for names in name_lists(accounts))


def _account_line(account: Account) -> str:
    texts = (f"Description='{account.description}'", f"Organization='{account.organization}'")
    return ":".join((f"Account - '{account.name}'", *texts, *load_words(account)))


def _user_line(association: Association) -> str:
    return ":".join((f"User - '{association.user}'", *load_words(association)))
