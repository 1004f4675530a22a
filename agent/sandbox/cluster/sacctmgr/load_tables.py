"""The tables of what ``load`` added."""

from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import limits, people
from agent.sandbox.cluster.associations import New
from agent.sandbox.cluster.tables import Field, Style
from agent.sandbox.cluster.tables import rendered as table

TEXTS = (
    Field("name", 4, "Name", 10), Field("descr", 5, "Descr", 20), Field("org", 3, "Org", 20),
    Field("qos", 3, "QOS", 20),
)  # fmt: skip
USERS = (
    Field("name", 4, "Name", 10), Field("account", 7, "Def Acct", 10), Field("wckey", 5, "Def WCKey", 10),
    Field("qos", 3, "QOS", 20), Field("admin", 5, "Admin", 9), Field("coord", 5, "Coord Accounts", 20),
)  # fmt: skip
LIMITS = (
    Field("Fairshare", 9, "Share", 9),
    Field("GrpTRESMins", 11, "GrpTRESMins", 13),
    Field("GrpTRESRunMins", 14, "GrpTRESRunMins", 13),
    Field("GrpTRES", 7, "GrpTRES", 13),
    Field("GrpJobs", 7, "GrpJobs", 7),
    Field("GrpJobsAccrue", 13, "GrpJobsAccrue", 13),
    Field("GrpMem", 6, "GrpMem", 7),
    Field("GrpNodes", 8, "GrpNodes", 8),
    Field("GrpSubmitJobs", 13, "GrpSubmit", 9),
    Field("GrpWall", 7, "GrpWall", 11),
    Field("MaxTRESMins", 11, "MaxTRESMins", 13),
    Field("MaxTRES", 7, "MaxTRES", 13),
    Field("MaxTRESPerNode", 14, "MaxTRESPerNode", 14),
    Field("MaxJobs", 7, "MaxJobs", 7),
    Field("MaxSubmitJobs", 13, "MaxSubmit", 9),
    Field("MaxNodes", 8, "MaxNodes", 8),
    Field("MaxWall", 7, "MaxWall", 11),
    Field("QOS", 3, "QOS", 20),
    Field("DefaultQOS", 10, "Def QOS", 9),
)
IN_ACCOUNT = (Field("account", 7, "Account", 10), Field("parent", 6, "ParentName", 10), *LIMITS)
IN_USER = (Field("user", 4, "User", 10), Field("account", 7, "Account", 10), *LIMITS)
SHORT, LONG = 51, 62
"""How many dashes end a table."""


def rendered(style: Style, accounts: Sequence[people.Account], placed: Sequence[New], users: Mapping[str, str]) -> str:
    """New accounts, new associations and new users (with their default accounts), each kind only when there is one.

    Parsable they are as odd as Slurm's: ``-P`` leaves the delimiters of accounts and users out, ``-p`` does not.
    """
    texts = [{"name": row.name, "descr": row.description, "org": row.organization} for row in accounts]
    people_rows = [{"name": name, "account": default, "admin": "Not Set"} for name, default in users.items()]
    closed = style._replace(closed=True)
    glued = style if style.delimiter is None or style.closed else style._replace(delimiter="")
    return (
        _section("Accounts", TEXTS, texts, SHORT, glued, "|" if glued.delimiter == "" else "")
        + _section("Account Associations", IN_ACCOUNT, [_row(each) for each in placed if not each.user], LONG, closed)
        + _section("Users", USERS, people_rows, SHORT, glued)
        + _section("User Associations", IN_USER, [_row(each) for each in placed if each.user], LONG, closed)
    )


def _section(
    title: str, fields: Sequence[Field], rows: Sequence[Mapping[str, str]], dashes: int, style: Style, after: str = ""
) -> str:
    lines = table(fields, rows, style).replace("\n", f"{after}\n")
    return f"{title}\n{lines}{'-' * dashes}\n\n" if rows else ""


def _row(each: New) -> Mapping[str, str]:
    values = {name: limits.shown(name, value) for name, value in (each.limits or {}).items()}
    return {"account": each.account, "parent": each.parent, "user": each.user, **values}
