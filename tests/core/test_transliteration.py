# ruff: noqa: RUF001 - letters that look alike are the point here
"""Human names in plain ASCII."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.transliteration import plain
from tests.fixtures.wild_worlds import examples


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Ada Lovelace", "ada lovelace"),
        ("Zoë Ünal", "zoe unal"),
        ("Straße ẞ", "strasse ss"),
        ("Æsir Œuvre Øyvind", "aesir oeuvre oyvind"),
        ("Łukasz Đorđe Þór", "lukasz dorde thor"),
        ("ŞİĞIı", "sigii"),
        ("Юрий Щукин", "yuriy shchukin"),
        ("Їжак Ґалаґан", "izhak galagan"),
        ("Ђорђе Љубица Џон", "djordje ljubitsa dzon"),
        ("Ελένη ΘΊΣΒΗ", "eleni thisvi"),
        ("ﬁne ™", "fine tm"),
        ("O’Brien-Smith", "obrien-smith"),
    ],
)
def test_letters_are_spelled_as_their_languages_do(text, spelled):
    assert plain(text) == spelled


def test_an_accent_counts_the_same_however_it_is_encoded():
    for text in ("Zoë Ünal", "Юрий Ёлкин", "Ελένη"):
        assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text)) != ""


@pytest.mark.parametrize("text", ["山田太郎", "محمد", "😀", "\u202e", ""])
def test_a_script_that_is_not_known_leaves_nothing(text):
    assert plain(text) == ""


@examples(100)
@given(st.text())
def test_whatever_comes_is_lower_case_ascii_and_stays_as_it_is_the_second_time(text):
    once = plain(text)
    assert once.isascii()
    assert once == once.lower() == plain(once)


@examples(50)
@given(st.text(st.characters(codec="ascii")))
def test_ascii_is_only_made_small(text):
    assert plain(text) == text.lower()
