"""Which names, texts and figures may be sent to Slurm.

``sacctmgr`` takes almost anything and stores some of it changed: ``a,b`` is two accounts, quotes become backticks, a
second name that agrees in the first 42 characters overwrites the first, ``cpu=abc`` stores 0 and exits 0. So everything
is validated before, and anything else is refused here.
"""

import re
from collections.abc import Mapping

from agent.core.limits import SLURM_WORDS, limits_of
from agent.core.model.cluster import Account, Association, Qos

NEW_ACCOUNT = re.compile(r"[a-z0-9_][a-z0-9_-]{0,41}")
EXISTING_ACCOUNT = re.compile(r"[a-z0-9_][a-z0-9_.@+-]{0,254}")
PARTITION = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,254}")
USER = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")
NOT_IN_TEXT = frozenset("\"#'\\|:`")
"""Cut, changed, or ending the whole session when they stand in a load file."""
TRES = re.compile(r"[a-z]+(?:/[a-z0-9_.:-]+)?")
LIMIT_END = 2**63
MEMORY_LIMIT_END = 2**53
"""``show assoc`` computes memory in a double: from here on it is no longer shown exactly."""
MEMORY_UNNAMED = 2**40
"""MiB-minutes of which multiples are shown in a unit that Slurm has no letter for."""


def account_objection(name: str) -> str:
    """Why an existing account's name may not be sent in a changing command; "" when it may."""
    if name == "root":
        return "the account root is never touched"
    if not EXISTING_ACCOUNT.fullmatch(name):
        return f"{name!r} is not an account name that can be sent to Slurm safely"
    return ""


def user_objection(name: str) -> str:
    """Why a user's name may not be sent; "" when it may."""
    if name == "root":
        return "the user root is never touched"
    if not USER.fullmatch(name):
        return f"{name!r} is not a user name: 1 to 32 of a-z 0-9 _ . - and no digit first"
    return ""


def association_objection(account: str, user: str) -> str:
    """Why a user's association may not be changed; "" when it may."""
    return account_objection(account) or user_objection(user)


def new_account_objection(account: Account) -> str:
    """Why an account may not be created as it is given; "" when it may."""
    if not NEW_ACCOUNT.fullmatch(account.name):
        return f"{account.name!r} is not an account name: 1 to 42 of a-z 0-9 _ - and no dash first"
    if account.parent != "root" and account_objection(account.parent):
        return f"its parent {account.parent!r} is not an account name"
    for what, text in (("organization", account.organization), ("description", account.description)):
        if not _text_fits(text):
            return f"its {what} {text!r} cannot be stored by Slurm as it is: use lower-case letters, digits and - _ . ,"
    return account_objection(account.name) or limits_objection(account) or qos_list_objection(account)


def new_association_objection(association: Association) -> str:
    """Why a user association may not be created; "" when it may."""
    return (
        association_objection(association.account, association.user)
        or partition_objection(association.partition)
        or limits_objection(association)
        or qos_list_objection(association)
    )


def qos_objection(qos: Qos) -> str:
    """Why a QOS may not be made or changed as it is given; "" when it may."""
    if qos.name == "normal" or not EXISTING_ACCOUNT.fullmatch(qos.name):
        return f"{qos.name!r} is not the name of a QOS that may be changed"
    if not _text_fits(qos.description):
        return f"its description {qos.description!r} cannot be stored by Slurm as it is"
    if odd := [flag for flag in qos.flags if not flag.isascii() or not flag.isalnum()]:
        return f"{odd[0]!r} is not a flag of a QOS"
    return limits_objection(qos)


def change_objection(before: Account | Association, after: Account | Association) -> str:
    """Why a change cannot be sent exactly; "" when it can."""
    if isinstance(before, Account) and isinstance(after, Account):
        if after.parent != before.parent and (after.parent == after.name or _parent_objection(after.parent)):
            return f"it cannot be moved below {after.parent!r}"
        for what, text in (("organization", after.organization), ("description", after.description)):
            if text != getattr(before, what) and not _text_fits(text):
                return f"its {what} {text!r} cannot be stored by Slurm as it is"
    partition = after.partition if isinstance(after, Association) else ""
    return partition_objection(partition) or limits_objection(after) or qos_list_objection(after)


def partition_objection(partition: str) -> str:
    """Why an association may not be for this partition ("" for all of them); "" when it may."""
    if partition and not PARTITION.fullmatch(partition):
        return f"{partition!r} is not a partition's name as accounting has it: lower-case letters, digits and - _ ."
    return ""


def qos_list_objection(item: Account | Association) -> str:
    """Why a list of QOS cannot be sent; "" when it can."""
    plain = [name.removeprefix("+").removeprefix("-") for name in item.qos]
    odd = [name for name in (*plain, item.default_qos) if name and not EXISTING_ACCOUNT.fullmatch(name)]
    if odd or "" in plain:
        return f"{(*odd, '')[0]!r} is not the name of a QOS"
    signs = {name[0] in "+-" for name in item.qos}
    if len(signs) > 1:
        return f"{', '.join(item.qos)}: either every QOS has a sign or none"
    if True in signs:
        return ""
    if item.qos and item.default_qos and item.default_qos not in item.qos:
        return f"the default QOS {item.default_qos} is not among {', '.join(item.qos)}"
    return ""


def limits_objection(item: Account | Association | Qos) -> str:
    """Why limits cannot be sent exactly; "" when they can."""
    for (name, tres), value in limits_of(item).items():
        if not tres and not 0 <= value < 2**31:
            return f"{SLURM_WORDS[name]}={value} is outside what Slurm stores exactly"
    of_tres = (item.grp_tres_mins, item.grp_tres, item.grp_tres_run_mins, item.max_tres)
    return next(filter(None, map(tres_objection, of_tres)), "")


def _parent_objection(parent: str) -> str:
    return "" if parent == "root" else account_objection(parent)


def tres_objection(limits: Mapping[str, int]) -> str:
    """Why TRES limits cannot be sent exactly; "" when they can."""
    for name, minutes in limits.items():
        if not TRES.fullmatch(name):
            return f"{name!r} is not the name of a TRES"
        if not _shown_exactly(name, minutes):
            return f"{name}={minutes} is outside what Slurm stores exactly"
    return ""


def _text_fits(text: str) -> bool:
    plain = text.isascii() and text.isprintable() and not NOT_IN_TEXT.intersection(text)
    return plain and 0 < len(text) <= 255 and text == text.strip().lower()


def _shown_exactly(tres: str, minutes: int) -> bool:
    if tres != "mem":
        return 0 <= minutes < LIMIT_END
    return minutes == 0 or (0 < minutes < MEMORY_LIMIT_END and minutes % MEMORY_UNNAMED != 0)
