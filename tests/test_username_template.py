"""Usernames by template: what it says of a person, for every number, and never more than the marketplace shows."""

import pytest

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.errors import ConfigError
from agent.username_template import TemplateNames, attributes_of

ADA = {"full_name": "Ada King Lovelace", "email": "ada.l@example.org", "username": "ada@idp"}


def person(number: int = 1, **shown: str) -> OfferingUser:
    return OfferingUser(uuid=f"o{number}", user_uuid=f"u{number}", attributes=shown)


def text(template: str, claims: tuple[str, ...] = (), **shown: str) -> Proposal:
    return TemplateNames(template, claims).names([person(**shown)])["u1"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ first_letter }}{{ surname }}", "ALovelace"),
        ("{{ given_name }}|{{ full_name }}", "Ada King|Ada King Lovelace"),
        ("{{ email }} {{ email_local }}", "ada.l@example.org ada.l"),
        ("{{ username }}", "ada@idp"),
        ("hpc{{ number }}", "hpc1"),
        ("hpc{{ '%04d' | format(number) }}", "hpc0001"),
        ("{{ surname | lower | replace('l', 'r') }}", "roverace"),
    ],
)
def test_a_template_says_what_the_marketplace_shows(template: str, said: str):
    assert text(template, **ADA) == Proposal(name=said)


@pytest.mark.parametrize(
    ("full_name", "said"),
    [
        ("Ada", "/Ada/"),
        ("  Ada   Lovelace ", "Ada/Lovelace/A"),
        ("Ævar Þór", "Ævar/Þór/Æ"),
        ("Jean-Luc Le Roy", "Jean-Luc Le/Roy/J"),
    ],
)
def test_the_last_word_is_the_surname_and_all_before_it_the_given_name(full_name: str, said: str):
    found = text("{{ given_name }}/{{ surname }}/{{ first_letter }}", full_name=full_name)
    assert found == Proposal(name=said)


def test_claims_are_those_that_were_asked_for_and_shown():
    shown = {"site": "north", "staff_number": "17", "gender": "2"}
    assert text("{{ claims.site }}{{ claims.staff_number }}", ("site", "staff_number"), **shown) == Proposal(
        name="north17"
    )
    more = text("{{ claims.gender }}", ("site",), **shown)
    assert (more.name, more.linked) == ("", True)
    assert "'dict object' has no attribute 'gender'" in more.reason


def test_a_template_sees_nothing_of_a_person_but_its_own_names():
    found = text("{{ gender }}", **ADA, gender="2")
    assert "'gender' is undefined" in found.reason


def test_what_the_marketplace_hides_is_named_and_no_error_of_the_template():
    found = TemplateNames("{{ surname }}{{ email_local }}").names([person(1, full_name="Ada"), person(2, **ADA)])
    assert found == {
        "u1": Proposal(reason="the marketplace shows no email of this person"),
        "u2": Proposal(name="Lovelaceada.l"),
    }


def test_a_template_may_say_what_to_do_without_an_attribute():
    assert text("{{ surname | default('hpc') }}{{ number }}") == Proposal(name="hpc1")


def test_a_template_that_gives_nothing_names_nobody():
    assert text("{{ given_name }}", full_name="Ada") == Proposal(reason="the template gives nothing for this person")


def test_a_name_that_looks_like_a_template_is_data():
    assert text("{{ surname }}", full_name="Ada {{7*7}}") == Proposal(name="{{7*7}}")


def test_a_person_has_a_name_for_every_number():
    make = TemplateNames("{{ surname }}{{ number if number > 1 }}").make
    assert make is not None
    assert [make(person(**ADA), number) for number in (1, 2, 30)] == ["Lovelace", "Lovelace2", "Lovelace30"]


def test_a_template_without_a_number_says_the_same_for_each():
    make = TemplateNames("{{ surname }}").make
    assert make is not None
    assert {make(person(**ADA), number) for number in range(1, 9)} == {"Lovelace"}


def test_a_number_the_template_cannot_do_gives_nothing_and_stops_nobody():
    make = TemplateNames("{{ ['a'][number - 1] }}").make
    assert make is not None
    assert [make(person(), number) for number in (1, 2)] == ["a", ""]


@pytest.mark.parametrize(
    ("template", "needed"),
    [
        ("hpc{{ number }}", ()),
        ("{{ first_letter }}{{ surname }}", ("full_name",)),
        ("{% if email %}{{ email_local }}{% else %}{{ username }}{% endif %}", ("email", "username")),
        ("{{ claims.b }}", ("a", "b")),
        ("{% for email in [1] %}{{ email }}{% endfor %}", ()),
    ],
)
def test_what_must_be_read_of_a_person_is_what_the_template_names(template: str, needed: tuple[str, ...]):
    assert attributes_of(template, ("b", "a")) == needed


def test_a_template_that_is_none_is_a_configuration_error():
    with pytest.raises(ConfigError, match=r"template '\{\{ surname'"):
        TemplateNames("{{ surname")
