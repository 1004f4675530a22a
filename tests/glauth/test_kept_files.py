"""What stands beside the journal: copies of proved files, a person's hold, the content that was not served."""

import os

import pytest

from agent.errors import Unavailable
from backends.glauth.copies import Copies, content_of, moment_of
from backends.glauth.hold import RESUME, Hold
from backends.glauth.refusal import Refusal


@pytest.fixture
def copies(tmp_path) -> Copies:
    return Copies(tmp_path / "last", tmp_path / "previous")


def test_the_last_file_and_the_one_before_it_are_kept_each_with_the_moment_of_its_proof(copies):
    copies.remember(b"a")
    os.utime(copies.last, (1000, 1000))
    copies.remember(b"b")
    assert (copies.last.read_bytes(), copies.previous.read_bytes()) == (b"b", b"a")
    assert copies.previous.stat().st_mtime == 1000
    assert copies.proved_at() == copies.last.stat().st_mtime > 1000
    copies.remember(b"c")
    assert (copies.last.read_bytes(), copies.previous.read_bytes()) == (b"c", b"b")


def test_the_same_file_proved_again_pushes_nothing_out(copies):
    for content in (b"a", b"b", b"b"):
        copies.remember(content)
    assert (copies.last.read_bytes(), copies.previous.read_bytes()) == (b"b", b"a")


def test_copies_are_the_agent_s_alone(copies):
    copies.remember(b"a")
    copies.remember(b"b")
    assert [file.stat().st_mode & 0o777 for file in (copies.last, copies.previous)] == [0o600, 0o600]


def test_the_newest_other_file_is_found(copies):
    assert copies.other_than(b"a") is None
    assert copies.proved_at() is None
    copies.remember(b"a")
    assert copies.other_than(b"a") is None
    assert copies.other_than(b"x") == copies.other_than(None) == copies.last
    copies.remember(b"b")
    assert copies.other_than(b"b") == copies.previous
    assert copies.other_than(b"a") == copies.last


def test_ended_between_the_two_copies_the_next_proof_still_has_something_to_go_back_to(copies, tmp_path):
    copies.remember(b"a")
    copies.last.rename(tmp_path / "aside")
    copies.previous.write_bytes(b"a")  # the copy was made, and the new last one was not
    (tmp_path / "aside").rename(copies.last)
    copies.remember(b"b")
    assert (copies.last.read_bytes(), copies.previous.read_bytes()) == (b"b", b"a")


def test_a_copy_that_cannot_be_read_is_an_outage_and_not_an_absent_one(copies):
    copies.last.mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        copies.other_than(b"a")
    with pytest.raises(Unavailable):
        copies.remember(b"a")
    assert content_of(copies.previous) is None


def test_a_hold_says_since_when_and_how_it_ends(tmp_path):
    hold = Hold(tmp_path / "held")
    assert hold.reason() == ""
    hold.begin(1_800_000_000.0)
    again = Hold(tmp_path / "held")
    assert again.reason() == (
        f"publishing is held since the roll-back of 2027-01-15T08:00:00+00:00; end it with `{RESUME}`"
    )
    assert again.end()
    assert hold.reason() == ""
    assert not hold.end()


def test_a_hold_counts_whatever_is_in_its_file(tmp_path):
    (tmp_path / "held").write_bytes(b"\xff\n\x1b[31m")
    assert "publishing is held" in Hold(tmp_path / "held").reason()
    assert Hold(tmp_path / "held").reason().isprintable()


def test_a_hold_that_nobody_can_read_or_end_is_an_outage(tmp_path):
    (tmp_path / "held").mkdir()
    for ask in (Hold(tmp_path / "held").reason, Hold(tmp_path / "held").end):
        with pytest.raises(Unavailable):
            ask()


def test_a_content_is_refused_for_its_time_and_no_other_one_is(tmp_path):
    refusal = Refusal(tmp_path / "refused", 600.0)
    assert refusal.reason(1000.0) == ""
    refusal.remember(b"bad", 1000.0)
    assert b"bad" not in (tmp_path / "refused").read_bytes()
    again = Refusal(tmp_path / "refused", 600.0)
    assert "tried again after 1970-01-01T00:26:40+00:00" in again.reason(1000.0, b"bad")
    assert again.reason(1599.0) == again.reason(1599.0, b"bad") != ""
    assert again.reason(1599.0, b"good") == ""
    assert again.reason(1600.0, b"bad") == again.reason(999.0, b"bad") == ""
    again.forget()
    again.forget()
    assert refusal.reason(1000.0, b"bad") == ""


def test_a_refusal_that_cannot_be_forgotten_is_an_outage(tmp_path):
    (tmp_path / "refused").mkdir()
    with pytest.raises(Unavailable, match=r"cannot be removed: .*; what was not served before still counts"):
        Refusal(tmp_path / "refused", 600.0).forget()


def test_a_copy_that_is_gone_meanwhile_is_an_outage(tmp_path):
    with pytest.raises(Unavailable, match="last cannot be seen: No such file"):
        moment_of(tmp_path / "last")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"digest": "00"}', b'{"digest": "0", "at": "x"}', b"\xff"])
def test_a_file_that_says_nothing_refuses_nothing(tmp_path, content):
    (tmp_path / "refused").write_bytes(content)
    assert Refusal(tmp_path / "refused", 600.0).reason(0.0) == ""
