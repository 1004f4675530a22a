import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.lazy import ours_first


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        (["run", "--config", "a.toml"], ["--config", "a.toml", "run"]),
        (["config", "check", "--config=a.toml"], ["--config=a.toml", "config", "check"]),
        (["-c", "a.toml", "plan", "--json"], ["-c", "a.toml", "plan", "--json"]),
        (["plan", "--json", "--debug"], ["--debug", "plan", "--json"]),
        (["plan", "--", "--config", "x"], ["plan", "--", "--config", "x"]),
        (["config", "check", "-c"], ["-c"]),
        ([], []),
    ],
)
def test_the_agents_own_options_are_taken_wherever_they_stand(given_: list[str], taken: list[str]) -> None:
    assert ours_first(given_) == taken


@given(st.lists(st.sampled_from(["plan", "--json", "x", "--", "--debug", "--config=y"])))
def test_no_argument_is_lost_and_the_others_keep_their_order(words: list[str]) -> None:
    moved = ours_first(words)
    assert sorted(moved) == sorted(words)
    ours = {"--debug", "--config=y"}
    before = words[: words.index("--")] if "--" in words else words
    count = sum(word in ours for word in before)
    assert set(moved[:count]) <= ours
    assert moved[count:] == [word for word in before if word not in ours] + words[len(before) :]
