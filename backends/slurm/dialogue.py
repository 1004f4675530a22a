"""Several commands on one stdin, and the answers told apart by the command lines that the program echoes.

``sacctmgr`` and ``scontrol`` read stdin through readline: each line is echoed behind the prompt (``sacctmgr: show …``),
and a bare prompt ends the session. An answer is proved to be whole by the echo that follows it. Readline breaks echoes
at the width of the terminal, so ``COLUMNS`` must be wide (see ``session.ENVIRONMENT``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LIST_LENGTH = 150
"""Names in one comma list: 150 names of 42 characters stay far below the width at which readline breaks lines."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines a program printed for one command; ``proved`` when the next echo shows that there are no more."""

    lines: tuple[str, ...]
    proved: bool


def stdin(commands: Sequence[str]) -> str:
    """The commands as text for one stdin. Raises ``ValueError`` on a command that would not stay one line."""
    for command in commands:
        if not command.isprintable():
            raise ValueError(f"a command must be one printable line: {command!r}")
    return "".join(f"{command}\n" for command in commands)


def answers(program: str, commands: Sequence[str], stdout: str) -> tuple[Answer, ...]:
    """One answer for each command, in order; a command that was never reached has an unproved empty answer."""
    blocks, ended = _blocks(program, commands, stdout)
    return tuple(
        _answer(program, blocks[number + 1] if number + 1 < len(blocks) else None, proved=number + 1 < ended)
        for number in range(len(commands))
    )


def name_lists(names: Iterable[str]) -> tuple[str, ...]:
    """Names, sorted and without doubles, as comma lists that fit in a command line."""
    ordered = sorted(set(names))
    return tuple(",".join(ordered[at : at + LIST_LENGTH]) for at in range(0, len(ordered), LIST_LENGTH))


def _blocks(program: str, commands: Sequence[str], stdout: str) -> tuple[list[list[str]], int]:
    """What was printed before the first echo and after each, and how many blocks were ended by an echo."""
    expected = [*(f"{program}: {command}" for command in commands), f"{program}: "]
    blocks: list[list[str]] = [[]]
    for line in stdout.split("\n"):
        if len(blocks) <= len(expected) and line == expected[len(blocks) - 1]:
            blocks.append([])
        else:
            blocks[-1].append(line)
    return blocks, len(blocks) - 1


def _answer(program: str, block: list[str] | None, *, proved: bool) -> Answer:
    lines = tuple(line for line in block or () if line)
    # An echo out of its turn means that the framing cannot be trusted: a row may have posed as an echo.
    astray = any(line.startswith(f"{program}: ") for line in lines)
    return Answer(lines, proved and not astray)
