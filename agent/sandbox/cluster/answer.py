"""What a command says."""

from typing import NamedTuple


class Answer(NamedTuple):
    """Text for standard output and standard error, and the exit code."""

    out: str = ""
    err: str = ""
    code: int = 0


class Refused(Exception):
    """A command that changed nothing: everything it did in its transaction is taken back."""

    def __init__(self, err: str = "", out: str = "", code: int = 1) -> None:
        super().__init__(err or out)
        self.answer = Answer(out, err, code)


class Ended(Refused):
    """A command that ends the whole session: nothing on standard input is read after it."""
