"""What a person reads when GLAuth does not serve what was written."""

from collections.abc import Sequence
from pathlib import Path

from backends.glauth.proving import Outcome
from backends.glauth.verify import Answer

_CHECK = (
    "Check that GLAuth runs with this file and may read it, and that no process holds an old one open (lsof +L1) or"
    " links to it"
)
_REMEDY = f"{_CHECK}; then restart GLAuth"


def not_served(file: Path, url: str, outcome: Outcome) -> str:
    """The file stands, and is not served."""
    return f"{file} stands as it should, but GLAuth at {url} {_how(outcome)}. {_remedy(outcome)}"


def not_restarted(file: Path, outcome: Outcome) -> str:
    """The file is served, by a GLAuth that may still have the base it was started with."""
    return (
        f"{file} is served, but {outcome.restart}. A change of the base may be waiting for that restart, which is tried"
        " again: mend the command in glauth.restart, or restart GLAuth"
    )


def still_another(file: Path, differences: Sequence[str]) -> str:
    """Somebody else had a hand in the file; it is set right, and GLAuth serves something else all the same."""
    more = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
    return (
        f"{file} was changed or taken away by somebody else and is set right, but GLAuth still serves something else:"
        f" {differences[0]}{more}. Restart GLAuth; agent glauth verify --full shows the rest"
    )


def put_back(file: Path, url: str, outcome: Outcome, good_of: str, back: Outcome, next_try: str) -> str:
    """The file was not served; the last good one stands again."""
    now = "is served" if back.served else f"is not served either: GLAuth {_how(back)}"
    return (
        f"{file} was written, but GLAuth at {url} {_how(outcome)}. The last good file, of {good_of}, was put back and"
        f" {now}. {next_try}. {_CHECK}"
    )


def not_put_back(file: Path, url: str, outcome: Outcome, why: str) -> str:
    """The file was not served, stands all the same, and the last good one cannot be written."""
    return (
        f"{file} was written, but GLAuth at {url} {_how(outcome)}. It still stands, because the last good file cannot"
        f" be put back: {why}. {_REMEDY}"
    )


def rolled_back_unserved(file: Path, proved: str, outcome: Outcome, held: str) -> str:
    """A person put an earlier file back, and it is not served."""
    return f"{file} is again what was proved at {proved}, but GLAuth {_how(outcome)}. {_remedy(outcome)}; {held}"


def _how(outcome: Outcome) -> str:
    words = "cannot be reached" if outcome.verdict.answer is Answer.UNREACHABLE else "still does not serve it"
    return f"{words}: {outcome.verdict.reason}{outcome.restart and f'; {outcome.restart}'}"


def _remedy(outcome: Outcome) -> str:
    if outcome.verdict.answer is Answer.UNREACHABLE:
        return "Check that it is running, and what it says when it is started"
    return _REMEDY
