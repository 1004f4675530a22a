"""Answers on one stdout, told apart by the echoed commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.dialogue import Answer, answers, name_lists, stdin

COMMANDS = ("show a", "show b")


def session(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_each_answer_stands_behind_the_echo_of_its_command():
    stdout = session("sacctmgr: show a", "1|2", "3|4", "sacctmgr: show b", "sacctmgr: ")
    assert answers("sacctmgr", COMMANDS, stdout) == (Answer(("1|2", "3|4"), True), Answer((), True))


def test_an_answer_without_an_echo_behind_it_is_not_proved():
    stdout = session("sacctmgr: show a", "1|2", "sacctmgr: show b", "3|4")
    assert answers("sacctmgr", COMMANDS, stdout) == (Answer(("1|2",), True), Answer(("3|4",), False))


def test_a_command_that_was_never_reached_is_not_proved():
    assert answers("sacctmgr", COMMANDS, "sacctmgr: show a\n1|2\n")[1] == Answer((), False)


def test_a_row_that_poses_as_an_echo_spoils_the_proof():
    stdout = session("sacctmgr: show a", "x", "sacctmgr: show b", "y", "sacctmgr: show b", "3|4", "sacctmgr: ")
    assert not all(answer.proved for answer in answers("sacctmgr", COMMANDS, stdout))


@given(st.text())
def test_output_without_echoes_proves_nothing(junk):
    assert not any(answer.proved for answer in answers("sacctmgr", COMMANDS, junk.replace("sacctmgr: ", "")))


@given(st.lists(st.text(st.characters(blacklist_characters="\n", blacklist_categories=["Cs"]), min_size=1)))
def test_lines_come_back_as_they_were_printed(lines):
    stdout = session("scontrol: show a", *lines, "scontrol: show b", "scontrol: ")
    found = answers("scontrol", COMMANDS, stdout)
    if not any(line.startswith("scontrol: ") for line in lines):
        assert found[0] == Answer(tuple(lines), True)


@pytest.mark.parametrize("command", ["show a\nadd b", "show\x0ba", "show\x00"])
def test_a_command_that_would_be_two_lines_is_never_sent(command):
    with pytest.raises(ValueError, match="one printable line"):
        stdin([command])


def test_long_lists_of_names_are_cut_and_sorted_without_doubles():
    names = [f"n{number:03}" for number in range(151)]
    first, second = name_lists([*reversed(names), "n000"])
    assert first.split(",") == names[:150]
    assert second == "n150"
