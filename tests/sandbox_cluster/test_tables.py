import pytest

from agent.sandbox.cluster.answer import Ended
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered

FIELDS = (Field("account", 3, "Account", 10), Field("grptres", 7, "GrpTRES", 13))
ROW = {"account": "averyverylongname", "grptres": "cpu=1"}


def test_for_eyes_cells_are_cut_and_stand_right():
    assert rendered(FIELDS, [ROW], Style()) == (
        "   Account       GrpTRES \n---------- ------------- \naveryvery+         cpu=1 \n"
    )


def test_a_parsable_row_is_never_cut_nor_escaped():
    odd = {"account": "a|b", "grptres": ""}
    assert rendered(FIELDS, [ROW, odd], Style(headings=False, delimiter="|")) == "averyverylongname|cpu=1\na|b|\n"
    assert rendered(FIELDS, [odd], Style(headings=False, delimiter="|", closed=True)) == "a|b||\n"


def test_a_width_in_the_format_counts():
    assert [field.width for field in chosen("acc%30,grptres%-5", FIELDS, "{}")] == [30, -5]


def test_an_unknown_field_ends_the_session():
    with pytest.raises(Ended, match="Unknown field 'bogus'"):
        chosen("account,bogus", FIELDS, "Unknown field '{}'\n")
