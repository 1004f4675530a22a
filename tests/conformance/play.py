"""Playing a script on a cluster: what it answered, with what may differ between two clusters taken out."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.steps import Command, Finish, Record, Step, Submit

ASSOCIATION_ID = re.compile(r"(?<=\|)\d+$", re.MULTILINE)
PROGRAM = re.compile(r"^/\S+/(?=\w+: )", re.MULTILINE)
USECONDS = re.compile(r"(?<=usec=)\d+")


@dataclass
class Stage:
    """A cluster with the jobs and files of one script; ``{job1}`` and ``{folder}`` in a command stand for them."""

    site: Any
    folder: Path
    jobs: list[str] = field(default_factory=list)

    def play(self, steps: tuple[Step, ...]) -> str:
        """The transcript: each step, its exit code, and what it printed on stdout and stderr."""
        return "".join(self._one(step) for step in steps)

    def _one(self, step: Step) -> str:
        match step:
            case Command():
                return self._command(step)
            case Submit():
                return self._submit(step)
            case Finish():
                self.site.finish(self.jobs[step.job - 1])
            case Record():
                self._record(step)
        return _shown(repr(step), 0, "", "")

    def _command(self, command: Command) -> str:
        for name, text in command.files.items():
            (self.folder / name).write_text(text)
        program, *words = shlex.split(command.line.format(**self._names()))
        end = self.site.run(program, *words, stdin=command.stdin.format(**self._names()) if command.stdin else None)
        return _shown(command.line, end.returncode, self._plain(command, end.stdout), self._plain(command, end.stderr))

    def _submit(self, step: Submit) -> str:
        try:
            size = {"cpus": step.cpus, "partition": step.partition}
            self.jobs.append(self.site.submit(step.account, step.user, **size, hold=step.hold))
        except RuntimeError as refusal:
            return _shown(repr(step), 1, "", str(refusal))
        return _shown(repr(step), 0, "", "")

    def _record(self, step: Record) -> None:
        job = self.jobs[step.again - 1] if step.again else ""
        times = {"start": step.start, "end": step.end}
        recorded = self.site.record_job(step.account, step.user, **times, tres=step.tres, state=step.state, job=job)
        if not step.again:
            self.jobs.append(recorded)

    def _names(self) -> Mapping[str, str]:
        return {"folder": str(self.folder), **{f"job{number}": job for number, job in enumerate(self.jobs, 1)}}

    def _plain(self, command: Command, text: str) -> str:
        """The text without folders, job ids and running numbers, and only what the step is about."""
        text = text.replace(str(self.folder), "{folder}")
        for number, job in enumerate(self.jobs, 1):
            text = re.sub(rf"(?m)^{job}(?=\||$)|(?<=JobID = ){job} +", f"{{job{number}}}", text)
        text = PROGRAM.sub("", USECONDS.sub("N", text))
        if command.ends_with_id:
            text = ASSOCIATION_ID.sub("ID", text)
        return "\n".join(re.findall(command.find, text, re.MULTILINE)) if command.find else text


def _shown(step: str, code: int, stdout: str, stderr: str) -> str:
    return f"$ {step} -> {code}\n{_lines('out', stdout)}{_lines('err', stderr)}"


def _lines(stream: str, text: str) -> str:
    """The lines with a mark at both ends, so that blanks and a missing last line feed can be seen."""
    return "".join(f"{stream}: {line}$\n" for line in text.split("\n")) if text else ""
