"""The private MariaDB that slurmdbd keeps accounting in."""

import subprocess
from pathlib import Path

from agent.sandbox.real.daemon import Daemon
from agent.sandbox.real.leftovers import MARK
from agent.sandbox.real.requirements import PATH, program

SETTINGS = (
    # slurmdbd complains below these; durability would only cost time, the data lives as long as the test.
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=64M",
    "--innodb-lock-wait-timeout=900",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
    "--loose-innodb-snapshot-isolation=OFF",
    "--max-allowed-packet=64M",
    "--skip-name-resolve",
    "--performance-schema=OFF",
)
GRANTS = """
create database if not exists slurm_acct_db;
create user if not exists slurm@'127.%' identified by 'slurm';
grant all on slurm_acct_db.* to slurm@'127.%';
"""


class Database:
    """MariaDB in ``folder``, on TCP for slurmdbd and on a socket for us."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self._socket = folder / "run" / "mariadb.sock"
        data, log = folder / "mysql", folder / "log" / "mariadbd.log"
        _install(data, log)
        listen = [f"--socket={self._socket}", f"--bind-address={host}", f"--port={port}"]
        argv = [str(program("mariadbd")), "--no-defaults", "--user=root", f"--datadir={data}", *listen, *SETTINGS]
        self.daemon = Daemon("mariadbd", argv, {"PATH": PATH, "TZ": "UTC", MARK: str(folder)}, log)

    def wait_until_ready(self) -> None:
        """Return when slurmdbd may connect; RuntimeError when MariaDB does not come up."""
        self.daemon.wait_until(self._answers, 30)
        self.sql(GRANTS, database="mysql")

    def sql(self, statements: str, database: str = "slurm_acct_db") -> list[list[str]]:
        """Run statements; the rows of their answers as text. RuntimeError with MariaDB's words when one fails."""
        answer = self._client(statements, database)
        if answer.returncode:
            raise RuntimeError(f"MariaDB refused: {answer.stderr.strip()}")
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def _answers(self) -> bool:
        return self._socket.exists() and self._client("select 1", "mysql").returncode == 0

    def _client(self, statements: str, database: str) -> subprocess.CompletedProcess[str]:
        argv = [str(program("mariadb")), "--no-defaults", f"--socket={self._socket}", "-uroot", "-N", "-B", database]
        return subprocess.run(argv, input=statements, capture_output=True, text=True, check=False, env={"PATH": PATH})


def _install(data: Path, log: Path) -> None:
    """Make the system tables; root comes in through the socket only."""
    words = ["--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db"]
    words += ["--auth-root-authentication-method=socket", "--innodb-log-file-size=64M"]
    with log.open("ab") as output:
        subprocess.run(
            [program("mariadb-install-db"), *words], stdout=output, stderr=output, check=True, env={"PATH": PATH}
        )
