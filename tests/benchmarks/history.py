"""A month's jobs in the accounting of a real cluster: one recorded by hand for each user, then multiplied in the database."""

import time

from agent.core.usage.months import month_start
from agent.sandbox.real.database import Database
from agent.sandbox.real.jobs import FIRST_ID
from agent.sandbox.real.slurm import RealCluster

APART = 1_000_000  # job ids between one copy and the next


def record_jobs(cluster: RealCluster, database: Database, accounts: list[str], jobs: int) -> None:
    """``jobs`` finished jobs in each account, spread evenly over its users."""
    now = time.time()
    start, users = max(month_start(now), now - 3600), 1
    for account in accounts:
        shown = cluster.sacctmgr("-nP", "show", "assoc", f"account={account}", "format=user").stdout.split()
        users = len(shown)
        for user in shown:
            cluster.record_job(account, user, start=start, end=now, tres={"cpu": 2, "mem": 2048, "node": 1})
    multiply(database, cluster.name, jobs // users)


def multiply(database: Database, cluster: str, copies: int) -> None:
    """Every recorded job ``copies`` times, under ids of their own."""
    table = f"{cluster}_job_table"
    shown = [row[0] for row in database.sql(f"show columns from `{table}`;")]
    columns = [name for name in shown if name not in ("job_db_inx", "id_job")]
    listed = ", ".join(f"`{name}`" for name in columns)
    database.sql(
        f"insert into `{table}` (`id_job`, {listed}) select `id_job` + `seq` * {APART}, {listed}"
        f" from `{table}`, seq_1_to_{copies - 1} where `id_job` between {FIRST_ID} and {FIRST_ID + APART - 1};"
    )
