"""How checks are run: each for itself."""

from collections.abc import Iterator

from agent.doctor.finding import Check, Finding, Mark, examine, healthy
from agent.errors import Unavailable


def well(subject: str) -> Iterator[Finding]:
    yield Finding(mark=Mark.OK, about=subject, text="is well")


def away(subject: str) -> Iterator[Finding]:
    yield from well(subject)
    raise Unavailable("it is away; start it")


def hidden(subject: str) -> Iterator[Finding]:
    raise PermissionError(13, "Permission denied", f"/{subject}")


def test_a_check_that_cannot_look_says_so_and_the_others_go_on() -> None:
    checks = [Check("one", away), Check("two", hidden), Check("three", well)]
    first, second, third = examine(checks, "subject")
    assert (first.mark, first.about, first.text) == (Mark.BROKEN, "one", "it is away; start it")
    assert (second.mark, second.about) == (Mark.DOUBTFUL, "two")
    assert "/subject" in second.text
    assert (third.mark, third.about) == (Mark.OK, "subject")


def test_only_what_is_broken_is_not_healthy() -> None:
    def marked(*marks: Mark) -> bool:
        return healthy(Finding(mark=mark, about="", text="") for mark in marks)

    assert marked(Mark.OK, Mark.NONE, Mark.DOUBTFUL)
    assert not marked(Mark.OK, Mark.BROKEN)
