"""Seeing a file served: ask, wait once more, restart GLAuth, ask again."""

from collections.abc import Callable
from dataclasses import dataclass

from backends.glauth.restart import Restart
from backends.glauth.verify import Answer, Verdict

Ask = Callable[[], Verdict]
"""Asks GLAuth for as long as it may take to load the file; the last answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went.

    ``answered``: GLAuth answered at least once, whatever it served. ``restart`` is what became of the restart, in
    words, and "" when none was needed; ``restarted`` whether the command was run, ``failed`` whether it said that it
    could not, which it may have done all the same.
    """

    verdict: Verdict
    answered: bool = False
    restart: str = ""
    restarted: bool = False
    failed: bool = False

    @property
    def served(self) -> bool:
        """Whether the file is served."""
        return self.verdict.answer is Answer.SERVED

    @property
    def blames_the_file(self) -> bool:
        """Whether the file may be at fault, so that the last good one belongs back.

        Not when GLAuth was down all the time: then it is GLAuth that needs help, and the file is as good as any. But
        when it answered before, and is down since it was restarted with this file, the file is what stops it.
        """
        return not self.served and self.answered


def see_served(ask: Ask, restart: Restart, *, anew: bool = False) -> Outcome:
    """Ask until the file is served, with one more wait for whoever holds the old file open, and then a restart.

    ``anew``: it changes what GLAuth reads only when it starts. GLAuth is then restarted, where it may be, although it
    serves the file: one that it does not start with is found now, and not at the next boot.
    """
    verdict = ask()
    answered = verdict.answer is not Answer.UNREACHABLE
    if verdict.answer is not Answer.SERVED:
        verdict = ask()
        answered |= verdict.answer is not Answer.UNREACHABLE
    refused = restart.refused()
    if verdict.answer is Answer.SERVED and (refused or not anew):
        return Outcome(verdict)
    if refused:
        return Outcome(verdict, answered, f"it was not restarted: {refused}")
    failed = restart.run()
    verdict = ask()
    answered |= verdict.answer is not Answer.UNREACHABLE
    return Outcome(verdict, answered, _words(failed), restarted=True, failed=bool(failed))


def see_served_again(ask: Ask, restart: Restart, *, restarted: bool) -> Outcome:
    """The same for a file that was put back. GLAuth is restarted once more when it was restarted with the bad one."""
    verdict = ask()
    if verdict.answer is Answer.SERVED:
        return Outcome(verdict)
    if not restarted and (refused := restart.refused()):
        return Outcome(verdict, restart=f"it was not restarted: {refused}")
    failed = restart.run()
    return Outcome(ask(), restart=_words(failed), restarted=True, failed=bool(failed))


def _words(failed: str) -> str:
    return f"restarting it failed: {failed}" if failed else "a restart did not help"
