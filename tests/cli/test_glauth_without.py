"""``agent glauth`` on a site that publishes no directory."""

import pytest

from tests.fixtures.memory_site import MemorySite


@pytest.mark.parametrize(
    "words", [("render",), ("render", "--diff"), ("status",), ("verify",), ("rollback",), ("quarantine",)]
)
def test_every_command_says_that_there_is_no_table_and_ends_with_78(lab: MemorySite, words: tuple[str, ...]) -> None:
    said = lab.agent("glauth", *words)
    assert said.code == 78
    assert f"{lab.settings}: there is no table [glauth]" in said.text
