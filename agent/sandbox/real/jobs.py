"""Rows of finished or running jobs, written straight into the accounting database.

slurmdbd has no command for it, and a job that ran last month cannot be had otherwise. The columns and their meaning
were taken from rows that slurmdbd 22.05 wrote itself.
"""

from collections.abc import Mapping

from agent.sandbox.real.database import Database

NO_VALUE = 4_294_967_294
FIRST_ID = 10_000_000  # far above what slurmctld hands out in a test
STATES = {
    "RUNNING": 1,
    "SUSPENDED": 2,
    "COMPLETED": 3,
    "CANCELLED": 4,
    "FAILED": 5,
    "TIMEOUT": 6,
    "NODE_FAIL": 7,
    "REQUEUED": 1024,
}


def record(
    database: Database,
    cluster: str,
    account: str,
    user: str,
    *,
    start: float,
    end: float | None,
    tres: Mapping[str, int],
    state: str = "COMPLETED",
    job: str = "",
) -> str:
    """Write one job into the accounting history; its job id.

    ``start`` and ``end`` are UTC seconds, ``end`` None for a job that still runs. ``tres`` is what it was given, by
    TRES name (mem in MiB). ``job`` is the id of an earlier record, for a job that was requeued.
    LookupError when the user has no association in the account.
    """
    association = _association(database, cluster, account, user)
    number = int(job) if job else _next_id(database, cluster)
    given = _tres_string(database, tres)
    row: dict[str, object] = {
        **_identity(number, association, account),
        **_size(tres),
        **_times(int(start), None if end is None else int(end)),
        "state": STATES["RUNNING" if end is None else state],
        "tres_alloc": given,
        "tres_req": given,
    }
    database.sql(_insert(f"{cluster}_job_table", row))
    return str(number)


def forget(database: Database, cluster: str) -> None:
    """Remove every job. None may be alive: slurmctld would write it down once more.

    Not only those with an end: a job cancelled before accounting heard of it has a row without one for a while.
    """
    database.sql(f"delete from `{cluster}_job_table`;")


def _association(database: Database, cluster: str, account: str, user: str) -> str:
    where = f"deleted = 0 and acct = {_text(account)} and user = {_text(user)}"
    rows = database.sql(f"select id_assoc from `{cluster}_assoc_table` where {where} order by `partition`;")
    if not rows:
        raise LookupError(f"user {user} has no association in account {account}: add it before recording a job")
    return rows[0][0]


def _next_id(database: Database, cluster: str) -> int:
    return int(
        database.sql(f"select greatest({FIRST_ID}, coalesce(max(id_job), 0) + 1) from `{cluster}_job_table`;")[0][0]
    )


def _tres_string(database: Database, tres: Mapping[str, int]) -> str:
    """Slurm's own form, such as ``1=4,2=8192``: TRES ids with amounts."""
    rows = database.sql("select id, type, name from tres_table where deleted = 0;")
    ids = {f"{kind}/{name}" if name else kind: int(number) for number, kind, name in rows}
    return ",".join(f"{number}={amount}" for number, amount in sorted((ids[name], tres[name]) for name in tres))


def _identity(number: int, association: str, account: str) -> dict[str, object]:
    return {
        "id_job": number,
        "id_assoc": association,
        "account": account,
        "id_user": NO_VALUE,  # no such unix user: sacct then names the user of the association
        "id_group": NO_VALUE,
        "partition": "cpu",
        "job_name": "recorded",
        "id_qos": 1,
        "id_resv": 0,
        "id_wckey": 0,
        "id_array_job": 0,
        "id_array_task": NO_VALUE,
        "het_job_id": 0,
        "het_job_offset": NO_VALUE,
        "flags": 8,  # started by the backfill scheduler
        "exit_code": 0,
        "state_reason_prev": 0,
        "priority": 1,
    }


def _size(tres: Mapping[str, int]) -> dict[str, object]:
    nodes = tres.get("node", 1)
    return {
        "cpus_req": tres.get("cpu", 1),
        "mem_req": tres.get("mem", 0),
        "nodes_alloc": nodes,
        "nodelist": "node1" if nodes == 1 else f"node[1-{nodes}]",
        "node_inx": "0" if nodes == 1 else f"0-{nodes - 1}",
    }


def _times(start: int, end: int | None) -> dict[str, object]:
    return {
        "time_submit": start,
        "time_eligible": start,
        "time_start": start,
        "time_end": end or 0,
        "time_suspended": 0,
        "mod_time": end or start,
        "timelimit": 1440,
    }


def _insert(table: str, row: Mapping[str, object]) -> str:
    columns = ", ".join(f"`{name}`" for name in row)
    values = ", ".join(_text(value) for value in row.values())
    return f"insert into `{table}` ({columns}) values ({values});"


def _text(value: object) -> str:
    """A value as SQL text."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"
