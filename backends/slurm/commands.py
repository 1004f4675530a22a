"""The command lines sent to Slurm. Every name in them has been validated before (see ``names``)."""

from collections.abc import Iterable
from pathlib import Path

from agent.core.model.cluster import Account, Qos
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


SHOW_DEFAULT_ACCOUNTS = "show user format=User,DefaultAccount"
"""Those of everybody, which on Slurm 22.05 takes four times as long for twice as many users: 2 s for 10 000."""


def show_default_accounts(users: Iterable[str]) -> tuple[str, ...]:
    """The default accounts of some users."""
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


def set_users(
    cluster: str, users: Iterable[str], accounts: Iterable[str], settings: str, partition: str | None = None
) -> tuple[str, ...]:
    """Set limits of the associations of every given user in every given account.

    ``partition``: only of those that are good for this one alone, or with "" only of those that are good for all.
    """
    only = "" if partition is None else f" partition={partition}"
    return tuple(
        f"modify user where name={names} account={into} cluster={cluster}{only} set {settings}"
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
