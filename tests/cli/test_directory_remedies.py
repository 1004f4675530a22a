"""Every reason that admission has for keeping a record back comes with something to do."""

import re
from pathlib import Path

import pytest

from agent.cli import directory_remedies
from agent.cli.directory_remedies import OTHERWISE, remedy
from agent.core.admission.identity import group_problem, user_problem
from agent.core.policy import AdmissionPolicy

POLICY = AdmissionPolicy(
    reserved_names=frozenset({"ops"}),
    reserved_uids=frozenset({20_000}),
    reserved_gids=frozenset({20_000}),
)
ADMISSION = Path(__file__).parents[2] / "agent/core/admission"


def table() -> dict[str, str]:
    return dict(directory_remedies._REMEDIES)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (user_problem("Ada", 20_001, POLICY), "another name"),
        (user_problem("root", 20_001, POLICY), "another name"),
        (user_problem("ops", 20_001, POLICY), "another name"),
        (user_problem("ada", 0, POLICY), "widen the range"),
        (user_problem("ada", 65_534, POLICY), "another number"),
        (user_problem("ada", 20_000, POLICY), "remove the local account"),
        (group_problem("5", 20_001, POLICY), "the group another name"),
        (group_problem("Sudo", 20_001, POLICY), "the group another name"),
        (group_problem("sudo", 20_001, POLICY), "the group another name"),
        (group_problem("climate", 20_000, POLICY), "remove the local account"),
    ],
)
def test_what_is_done_about_a_name_or_a_number_fits_it(reason: str, words: str) -> None:
    assert words in remedy(reason)


def test_a_reason_that_says_what_to_do_is_not_followed_by_something_else() -> None:
    assert remedy("its gid 7 belongs to the group x already; give the offerings ranges that do not meet") == ""


def test_what_is_new_to_the_table_is_mended_where_it_comes_from() -> None:
    assert remedy("it is odd") == OTHERWISE


@pytest.mark.parametrize("words", table())
def test_every_entry_is_about_words_that_admission_uses(words: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ADMISSION.glob("*.py"))
    spoken = re.sub(r'"\s*\n\s*f?"', "", sources).replace("{word}", "")
    assert words.removeprefix("_range") in spoken
