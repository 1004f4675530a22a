"""The command lines and load files sent to Slurm. Every name in them has been validated before (see ``names``)."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from agent.core.model.cluster import Account, Association
from backends.slurm.dialogue import name_lists
from backends.slurm.parse import ASSOCIATION_FORMAT, format_tres

SHOW_CLUSTER = "show cluster format=Cluster"


def show_associations(cluster: str) -> str:
    """Every association of the cluster."""
    return f"show assoc where cluster={cluster} format={ASSOCIATION_FORMAT}"


def show_associations_of(cluster: str, accounts: Iterable[str]) -> tuple[str, ...]:
    """The associations of some accounts; ``root`` rides along in each as the proof that rows are shown at all."""
    return tuple(
        f"show assoc where cluster={cluster} account=root,{names} format={ASSOCIATION_FORMAT}"
        for names in name_lists(accounts)
    )


def show_account_tree(cluster: str) -> str:
    """The accounts' own associations, without the users'."""
    return f"show assoc where cluster={cluster} user= format={ASSOCIATION_FORMAT}"


def show_associations_of_users(cluster: str, users: Iterable[str]) -> tuple[str, ...]:
    """Every association of some users; ``root`` rides along as the proof."""
    return tuple(
        f"show assoc where cluster={cluster} user=root,{names} format={ASSOCIATION_FORMAT}"
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
    lines = [f"Cluster - '{cluster}'"]
    parent = None
    for account in accounts:
        lines += _under(parent, account.parent)
        lines.append(_account_line(account))
        parent = account.parent
    for association in associations:
        lines += _under(parent, association.account)
        lines.append(_user_line(association))
        parent = association.account
    return "".join(f"{line}\n" for line in lines)


def set_accounts(cluster: str, accounts: Iterable[str], settings: str) -> tuple[str, ...]:
    """Set limits of accounts' own associations."""
    return tuple(
        f"modify account where name={names} cluster={cluster} set {settings}" for names in name_lists(accounts)
    )


def set_users(cluster: str, users: Iterable[str], accounts: Iterable[str], settings: str) -> tuple[str, ...]:
    """Set limits of the associations of every given user in every given account."""
    return tuple(
        f"modify user where name={names} account={into} cluster={cluster} set {settings}"
        for names in name_lists(users)
        for into in name_lists(accounts)
    )


def set_default_account(cluster: str, users: Iterable[str], account: str) -> tuple[str, ...]:
    """Make an account the default of users that are in it."""
    return tuple(
        f"modify user where name={names} cluster={cluster} set DefaultAccount={account}" for names in name_lists(users)
    )


def delete_users(cluster: str, users: Iterable[str], account: str) -> tuple[str, ...]:
    """Take users out of one account. One account a command: 22.05 refuses a user named with several."""
    return tuple(f"delete user where name={names} account={account} cluster={cluster}" for names in name_lists(users))


def delete_accounts(accounts: Iterable[str], cluster: str | None) -> tuple[str, ...]:
    """Delete accounts, or with a cluster only what they have there."""
    only = f" cluster={cluster}" if cluster else ""
    return tuple(f"delete account where name={names}{only}" for names in name_lists(accounts))


def _under(parent: str | None, wanted: str) -> list[str]:
    return [] if parent == wanted else [f"Parent - '{wanted}'"]


def _account_line(account: Account) -> str:
    parts = [
        f"Account - '{account.name}'",
        f"Description='{account.description}'",
        f"Organization='{account.organization}'",
    ]
    if account.grp_tres_mins:
        parts.append(f"GrpTRESMins={format_tres(account.grp_tres_mins)}")
    if account.grp_submit_jobs is not None:
        parts.append(f"GrpSubmitJobs={account.grp_submit_jobs}")
    return ":".join(parts)


def _user_line(association: Association) -> str:
    submit = association.max_submit_jobs
    return f"User - '{association.user}'" + ("" if submit is None else f":MaxSubmitJobs={submit}")
