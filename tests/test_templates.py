"""Templates: values filled in, unknown names refused, and no way out of the sandbox."""

import pytest

from agent.errors import ConfigError
from agent.templates import names_in, render


def test_values_are_filled_in_and_nothing_else_is_touched():
    assert render("hpc_{{ slug }}_{{ number + 1 }}\n", {"slug": "<a&b>", "number": 1}) == "hpc_<a&b>_2\n"


def test_a_name_that_is_not_defined_is_refused_with_those_that_are():
    with pytest.raises(ConfigError, match="'sluggy' is undefined; known names: name, slug"):
        render("{{ sluggy }}", {"slug": "a", "name": "b"})


@pytest.mark.parametrize("template", ["{{ slug", "{% if %}", "{{ slug | no_such_filter }}"])
def test_bad_syntax_is_a_configuration_error_that_shows_the_template(template):
    with pytest.raises(ConfigError, match=r"template '\{"):
        render(template, {"slug": "a"})


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ slug.__init__.__globals__ }}",
        "{{ items.append(1) }}",
        "{% include 'other' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(template):
    items: list[int] = []
    with pytest.raises(ConfigError):
        render(template, {"slug": "a", "items": items})
    assert items == []


@pytest.mark.parametrize("template", ["{{ 1 / 0 }}", "{{ slug + 1 }}", "{{ slug[:'x'] }}", "{{ range(10 ** 9) }}"])
def test_an_expression_that_fails_is_a_configuration_error(template):
    with pytest.raises(ConfigError, match="known names: slug"):
        render(template, {"slug": "a"})


def test_a_value_is_never_a_template():
    assert render("{{ name }}", {"name": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


def test_the_names_of_a_template_are_those_it_takes_from_outside():
    template = "{% set own = 1 %}{{ own }}{{ one | lower }}{% if two %}{{ three.four }}{% endif %}{{ range(2) }}"
    assert names_in(template) == {"one", "two", "three"}


def test_the_names_of_what_is_no_template_are_a_configuration_error():
    with pytest.raises(ConfigError, match=r"template '\{\{ slug'"):
        names_in("{{ slug")
