"""Waiting, restarting, and who is to blame: the rules, with answers in the place of a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.process import Processes
from backends.glauth.proving import Ask, see_served, see_served_again
from backends.glauth.restart import Restart
from backends.glauth.verify import Answer, Verdict

YES, NO, DOWN = Verdict(Answer.SERVED), Verdict(Answer.NOT_SERVED, "no"), Verdict(Answer.UNREACHABLE, "down")


def answers(*verdicts: Verdict) -> Ask:
    left: Iterator[Verdict] = iter(verdicts)
    return lambda: next(left)


def restart(tmp_path: Path, command: str = "true", at: float = 1000.0) -> Restart:
    return Restart(Processes({}), (f"/bin/{command}",) if command else (), 600.0, tmp_path / "restarted", lambda: at)


def test_a_served_file_needs_nothing_else(tmp_path):
    outcome = see_served(answers(YES), restart(tmp_path))
    assert outcome.served
    assert not (tmp_path / "restarted").exists()


def test_one_more_wait_comes_before_a_restart(tmp_path):
    assert see_served(answers(NO, YES), restart(tmp_path)).served
    assert not (tmp_path / "restarted").exists()


@pytest.mark.parametrize(
    ("verdicts", "served", "blamed"),
    [
        ((NO, NO, YES), True, False),
        ((DOWN, DOWN, YES), True, False),
        ((DOWN, DOWN, DOWN), False, False),  # nobody answered: nothing is said against the file
        ((NO, NO, NO), False, True),
        ((NO, NO, DOWN), False, True),  # it answered until it was restarted with this file
        ((NO, DOWN, DOWN), False, True),
        ((DOWN, NO, DOWN), False, True),
        ((DOWN, DOWN, NO), False, True),
    ],
)
def test_the_file_is_blamed_only_by_a_glauth_that_answered(tmp_path, verdicts, served, blamed):
    outcome = see_served(answers(*verdicts), restart(tmp_path))
    assert (outcome.served, outcome.blames_the_file, outcome.restarted) == (served, blamed, True)
    assert outcome.restart == "a restart did not help"


def test_what_is_read_at_the_start_only_is_not_proved_before_a_restart(tmp_path):
    outcome = see_served(answers(YES, YES), restart(tmp_path), anew=True)
    assert (outcome.served, outcome.restarted, outcome.blames_the_file) == (True, True, False)
    (tmp_path / "restarted").unlink()
    outcome = see_served(answers(YES, DOWN), restart(tmp_path), anew=True)
    assert (outcome.served, outcome.blames_the_file) == (False, True)


def test_where_nobody_may_be_restarted_it_has_to_do_without(tmp_path):
    recently = restart(tmp_path)
    recently.run()
    for may_not in (recently, restart(tmp_path, "")):
        assert see_served(answers(YES), may_not, anew=True).served


def test_without_a_command_nobody_is_restarted_and_a_glauth_that_is_down_blames_nothing(tmp_path):
    outcome = see_served(answers(DOWN, DOWN), restart(tmp_path, ""))
    assert (outcome.restarted, outcome.blames_the_file) == (False, False)
    assert "it was not restarted: no command" in outcome.restart


def test_a_command_that_fails_may_have_helped_all_the_same(tmp_path):
    helped = see_served(answers(NO, NO, YES), restart(tmp_path, "false"))
    assert (helped.served, helped.restarted, helped.failed) == (True, True, True)
    outcome = see_served_again(answers(NO, NO), restart(tmp_path, "false"), restarted=True)
    assert outcome.restart.startswith("restarting it failed: /bin/false ended with 1")


def test_a_file_that_was_put_back_may_have_a_restart_of_its_own_after_one_for_the_bad_file(tmp_path):
    recently = restart(tmp_path)
    recently.run()
    assert not see_served_again(answers(NO), recently, restarted=False).restarted
    again = see_served_again(answers(DOWN, YES), recently, restarted=True)
    assert (again.served, again.restarted) == (True, True)
    assert not see_served_again(answers(YES), recently, restarted=True).restarted
