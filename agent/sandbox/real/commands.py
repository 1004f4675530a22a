"""Running one cluster's commands as root."""

import subprocess
from pathlib import Path

from agent.sandbox.real.requirements import PATH

TIMEOUT = 120.0
# Slurm's shells echo what they read, broken at the width of the terminal.
ENVIRONMENT = {"PATH": PATH, "TZ": "UTC", "LC_ALL": "C", "COLUMNS": "32767"}


class Commands:
    """Slurm's commands in ``bin``, told by ``conf`` which cluster is meant. Times are read and shown in UTC."""

    def __init__(self, bin: Path, conf: Path) -> None:  # noqa: A002 - the folder's own name
        self.bin, self.conf = bin, conf

    def run(self, program: str, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; with no ``stdin`` it reads the end of file."""
        return subprocess.run(
            [self.bin / program, *words],
            input=stdin or "",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env={**ENVIRONMENT, "SLURM_CONF": str(self.conf)},
            timeout=TIMEOUT,
        )

    def said(self, program: str, *words: str) -> str:
        """What a command prints on its standard output, without blanks around it; "" when it fails."""
        answer = self.run(program, *words)
        return answer.stdout.strip() if answer.returncode == 0 else ""
