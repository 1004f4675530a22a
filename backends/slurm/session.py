"""How this cluster is spoken to: one process for many commands, reads with a timeout, writes under the lock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from agent.process import Finished, Processes
from agent.writer_lock import WriterLock
from backends.slurm.dialogue import Answer, answers, stdin

ENVIRONMENT: Mapping[str, str] = {
    "COLUMNS": "32767",  # readline breaks the echoed commands at this width
    "TZ": "UTC",  # sacct reads and prints times in its own zone
    "SLURM_TIME_FORMAT": "standard",
}
NOISE = re.compile(r"^(?:sacctmgr|scontrol): (?:Done adding cluster in usec=\d+)?$|^For cluster \S+$")
OUTAGE = re.compile(
    r"permission denied|persistent connection|connection refused|unable to contact|communicat|timed out"
    r"|database is busy|slurmdbd|configuration file|unable to read",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SlurmTools:
    """Slurm's commands, all in one folder."""

    folder: Path

    def path(self, program: str) -> str:
        """The absolute path of one command."""
        return str(self.folder / program)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is needed to speak to one cluster. Times are seconds; ``scratch`` is a private folder for load files.

    ``coordinators`` and ``default_accounts``: whether these are read.
    """

    processes: Processes
    tools: SlurmTools
    lock: WriterLock
    cluster: str
    read_timeout: float
    write_deadline: float
    load_lines: int
    scratch: Path
    coordinators: bool = False
    default_accounts: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers to the reading commands of a session, and what Slurm said besides, as one line."""

    answers: tuple[Answer, ...]
    said: str
    trouble: str

    @property
    def proved(self) -> bool:
        """Whether every answer is whole and no command of the session failed."""
        return not self.trouble and all(answer.proved for answer in self.answers)


def ask(session: Session, program: str, commands: Sequence[str]) -> Reply:
    """Run reading commands of ``sacctmgr`` or ``scontrol`` in one process.

    ``trouble`` says why the answers may be wrong; raises ``Unavailable`` when the program cannot be run to its end.
    """
    argv = (session.tools.path(program), *READ_OPTIONS[program])
    finished = session.processes.read(argv, stdin(commands), session.read_timeout)
    return Reply(answers(program, commands, finished.stdout), cleaned(finished.stderr), _trouble(program, finished))


def ask_surely(session: Session, program: str, commands: Sequence[str]) -> Reply:
    """Like ``ask``, but raises ``Unavailable`` unless every answer is proved."""
    reply = ask(session, program, commands)
    if not reply.proved:
        raise Unavailable(
            f"{program} did not answer whole: {reply.trouble or 'the answer is cut off'}; try again later"
        )
    return reply


def change(session: Session, program: str, changes: Sequence[str], reads: Sequence[str]) -> Reply:
    """Run changing commands and then reading ones in one process; the caller holds the writer lock.

    The exit code is not looked at, for it lies both ways: compare the answers with what was wanted. When the program
    died on the way, the reads are repeated alone. Raises ``Unavailable`` when what was done cannot be read back.
    """
    commands = (*changes, *reads)
    argv = (session.tools.path(program), *WRITE_OPTIONS[program])
    finished = session.processes.write(
        argv, stdin(commands), lock=session.lock, changes=len(changes), deadline=session.write_deadline
    )
    replies = answers(program, commands, finished.stdout)
    said = _said(finished, replies[: len(changes)])
    read_back = replies[len(changes) :]
    if not all(answer.proved for answer in read_back):
        read_back = ask_surely(session, program, reads).answers
    return Reply(read_back, said, "")


def raise_if_outage(program: str, said: str) -> None:
    """Raise ``Unavailable`` when a failure says nothing about the object that was to be changed."""
    if OUTAGE.search(said):
        raise Unavailable(
            f"{program} could not write: {said}; see that slurmdbd and slurmctld run and that the agent's user "
            "may write (root, SlurmUser, or AdminLevel=Operator)"
        )


READ_OPTIONS: Mapping[str, tuple[str, ...]] = {"sacctmgr": ("-nP",), "scontrol": ("-o",)}
WRITE_OPTIONS: Mapping[str, tuple[str, ...]] = {"sacctmgr": ("-inPQ",), "scontrol": ("-o",)}


def _trouble(program: str, finished: Finished) -> str:
    said = cleaned(finished.stderr)
    if finished.returncode != 0:
        return f"{program} ended with exit code {finished.returncode}: {said or 'it gave no reason'}"
    return said if "error" in said.lower() else ""


def _said(finished: Finished, changes: Sequence[Answer]) -> str:
    complaint = cleaned(finished.stderr)
    return complaint or cleaned("\n".join(line for answer in changes for line in answer.lines))


def cleaned(text: str) -> str:
    """What a program said, as one line without noise."""
    lines = (" ".join(line.split()) for line in text.split("\n") if not NOISE.match(line))
    return "; ".join(line for line in lines if line)
