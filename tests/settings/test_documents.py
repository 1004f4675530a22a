import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from agent.settings import example, load, reference, schema, show
from agent.settings.advice import advice
from agent.settings.outline import outline

Write = Callable[[str], Path]
ROOT = Path(__file__).parents[2]


def uncommented(text: str) -> str:
    """The example with every default and every example in it set."""
    return re.sub(r"(?m)^#(?=\[|[a-z_]+ = )", "", text)


@pytest.mark.parametrize(
    ("path", "document"),
    [("config/agent.toml", example), ("config/agent.schema.json", schema), ("docs/configuration.md", reference)],
)
def test_the_file_in_the_project_is_what_the_agent_prints(path: str, document: Callable[[], str]) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == document(), "run `make documents`"


def test_the_example_loads_as_it_is(write: Write) -> None:
    settings = load(write(example()), {})
    assert settings.offerings[0].components["cpu"].factor == 60


def test_the_example_loads_with_every_key_in_it_set_and_then_names_them_all(write: Write) -> None:
    text = uncommented(example())
    settings = load(write(text), {})
    assert settings.glauth is not None
    written = tomllib.loads(text)
    assert {section.header.strip("[]").partition(".")[0] for section in outline()} == set(written)
    for section in outline():
        table = section.header.strip("[]")
        if "." not in table and table != "offerings":
            tables = {name for name, value in written[table].items() if isinstance(value, dict) and value}
            assert set(written[table]) - tables == {key.name for key in section.keys}


def test_a_default_in_the_example_is_the_default(write: Write, smallest: str) -> None:
    defaults = [
        f"[{section.header.strip('[]')}]\n"
        + "\n".join(f"{key.name} = {key.value}" for key in section.keys if key.is_default)
        for section in outline()
        if not section.optional and "offerings" not in section.header and "marketplace" not in section.header
    ]
    written = load(write("\n".join([smallest, *defaults])), {})
    assert written == load(write(smallest), {})


def test_every_key_has_a_description_that_is_a_sentence() -> None:
    for section in outline():
        for text in (section.description, *(key.description for key in section.keys)):
            assert text[0].isupper()
            assert text.endswith(".")


def test_the_schema_takes_the_example_and_refuses_what_is_unknown() -> None:
    rules = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(rules)
    validator = jsonschema.Draft202012Validator(rules)
    full = tomllib.loads(uncommented(example()))
    validator.validate(full)
    changes: list[dict[str, object]] = [
        {"extra": 1},
        {"daemon": {"log_level": "loud"}},
        {"guard": {"per_day": -1}},
        {"offerings": []},
    ]
    for change in changes:
        assert not validator.is_valid(full | change), change


def test_what_is_shown_loads_to_the_same_settings(write: Write) -> None:
    settings = load(write(uncommented(example())), {})
    assert load(write(show(settings)), {}) == settings


def test_durations_are_shown_as_a_person_writes_them(write: Write, smallest: str) -> None:
    shown = show(load(write(f"{smallest}\n[daemon]\nusage_every = 5400\nconverge_every = 7200"), {}))
    assert 'usage_every = "90m"' in shown
    assert 'converge_every = "2h"' in shown


def test_nothing_is_to_be_said_about_careful_settings(write: Write) -> None:
    assert advice(load(write(example()), {}), {"AGENT_TOKEN": "hush"}) == ()


def test_what_deserves_a_second_look_is_said_with_its_key(write: Write, smallest: str) -> None:
    text = """
account_name = "{{ project_slug }}"
components.cpu.tres = "cpu"
[guard]
removal_confirm_after = "1m"
[daemon]
listen = "0.0.0.0:9317"
"""
    keys = [sentence.partition(": ")[0] for sentence in advice(load(write(smallest + text), {}), {})]
    assert keys == [
        "marketplace",
        "guard.removal_confirm_after",
        "daemon.listen",
        "offerings[0].account_name",
        "offerings[0].components.cpu.factor",
    ]


def test_an_offering_without_components_is_worth_a_word(write: Write, smallest: str) -> None:
    (sentence,) = advice(load(write(smallest), {}), {"AGENT_TOKEN": "hush"})
    assert sentence == "offerings[0].components: there are none, so nothing is limited or billed"
