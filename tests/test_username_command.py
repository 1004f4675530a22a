"""The site's command that names people, run for real: its word is taken whole or not at all."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.errors import Unavailable
from agent.process import Processes
from agent.username_command import UsernameCommand

Write = Callable[[str], str]
ADA = OfferingUser(uuid="o1", user_uuid="u1", attributes={"email": "ada@x.org", "full_name": 'Ada "L"\nß'})
EMMY = OfferingUser(uuid="o2", user_uuid="u2", username="old", attributes={"email": "emmy@x.org"})


@pytest.fixture
def command(tmp_path: Path) -> Write:
    """Write an executable shell script; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "name-people"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def names(path: str, deadline: float = 20.0, attributes: tuple[str, ...] = ("email",)) -> Mapping[str, Proposal]:
    return UsernameCommand(Processes({}), [path, "--site", "a b"], attributes, deadline).names([ADA, EMMY])


def test_each_person_has_what_the_command_says(command: Write):
    found = names(command("""echo '{"u1": "ada", "u2": {"reason": "no contract"}}'"""))
    assert found == {"u1": Proposal(name="ada"), "u2": Proposal(reason="no contract")}


def test_who_is_left_out_or_null_is_not_known_yet_and_may_come(command: Write):
    unknown = Proposal(reason="the command does not know this person yet", linked=False)
    assert names(command("""echo '{"u1": null}'""")) == {"u1": unknown, "u2": unknown}


def test_a_name_is_handed_on_as_it_is_for_the_core_to_judge(command: Write):
    found = names(command("""printf '{"u1": "A\\\\nb; rm -rf /", "u2": "%0300d"}' 7"""))
    assert (found["u1"].name, len(found["u2"].name)) == ("A\nb; rm -rf /", 300)


def test_people_arrive_as_json_with_the_attributes_asked_for_and_no_others(command: Write, tmp_path: Path):
    names(command(f"cat > {tmp_path}/people; printf '%s|' \"$@\" > {tmp_path}/arguments; echo '{{}}'"))
    assert json.loads((tmp_path / "people").read_text()) == [
        {"user_uuid": "u1", "attributes": {"email": "ada@x.org"}},
        {"user_uuid": "u2", "attributes": {"email": "emmy@x.org"}},
    ]
    assert (tmp_path / "arguments").read_text() == "--site|a b|"


def test_a_command_that_asks_for_nothing_gets_only_who_it_is_about(command: Write, tmp_path: Path):
    names(command(f"cat > {tmp_path}/people; echo '{{}}'"), attributes=())
    assert [one["attributes"] for one in json.loads((tmp_path / "people").read_text())] == [{}, {}]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("echo 'no licence' >&2; exit 3", "ended with 3: no licence; nobody is named by it now"),
        ('echo \'{"u1": "ada"}\'; exit 1', "ended with 1; nobody is named"),
        ("kill -9 $$", "ended with -9; nobody"),
        ("echo ada", "wrote something that is not JSON: Expecting value: line 1 column 1"),
        ("true", "wrote something that is not JSON"),
        ("printf '%0100000d' 0 | tr 0 '['", "wrote something that is not JSON"),
        ("echo '[\"ada\"]'", "did not write an object of user_uuid and name"),
        ('echo \'{"u3": "ada"}\'', "names 'u3', about whom it was not asked"),
        ('echo \'{"u1": ""}\'', 'wrote neither a name nor {"reason": …} for u1'),
        ("echo '{\"u1\": 7}'", 'wrote neither a name nor {"reason": …} for u1'),
        ('echo \'{"u1": {"reason": null}}\'', 'wrote neither a name nor {"reason": …} for u1'),
    ],
)
def test_whatever_else_it_does_names_nobody_and_says_what_was_wrong(command: Write, script: str, text: str):
    path = command(script)
    with pytest.raises(Unavailable) as caught:
        names(path)
    assert str(caught.value).startswith(f"{path} {text}")


def test_a_command_that_does_not_end_names_nobody(command: Write):
    path = command("sleep 600")
    with pytest.raises(Unavailable) as caught:
        names(path, deadline=0.3)
    assert str(caught.value) == f"{path} did not answer within 0.3 s and was stopped"


def test_a_reason_is_one_line_of_printable_text(command: Write):
    answer = {"u1": {"reason": "no\x1b[31m contract\n"}, "u2": {"reason": " "}}
    found = names(command(f"printf '%s' '{json.dumps(answer)}'"))
    assert [one.reason for one in found.values()] == ["no[31m contract", "the command gives no reason"]
