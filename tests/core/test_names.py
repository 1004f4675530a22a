"""Account names that Slurm keeps as they are, usernames that are safe anywhere, and the markers of ownership."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.marketplace import Resource, ResourceState
from agent.core.names import (
    ACCOUNT_LENGTH,
    account_name,
    clean,
    description,
    is_account_name,
    is_username,
    marked,
    marked_kind,
    organization,
    shorten,
)

UUID = "0123456789abcdef0123456789abcdef"


def resource(name: str = "alloc", uuid: str = UUID) -> Resource:
    return Resource(uuid=uuid, name=name, slug=name, state=ResourceState.OK)


@pytest.mark.parametrize("name", ["a", "hpc_climate-1", "0alloc", "_x", "a" * 42])
def test_names_that_slurm_keeps_are_account_names(name):
    assert is_account_name(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a,b", "a\n", "ä", "a.b", "a'b", "a" * 43])
def test_names_that_slurm_would_change_are_not_account_names(name):
    assert not is_account_name(name)


@pytest.mark.parametrize("name", ["alice", "_svc", "a.b-c_1", "a" * 32])
def test_unix_names_are_usernames(name):
    assert is_username(name)


@pytest.mark.parametrize("name", ["", "1a", "-a", "Alice", "a b", "alice\n", "a,b", "a;b", "../a", "a$", "ä", "a" * 33])
def test_names_that_could_be_read_as_something_else_are_not_usernames(name):
    assert not is_username(name)


def test_a_long_name_keeps_its_head_and_gets_a_digest_that_tells_it_from_its_neighbour():
    one, two = shorten("x" * 60 + "1"), shorten("x" * 60 + "2")
    assert len(one) == len(two) == ACCOUNT_LENGTH
    assert one[:33] == two[:33] == "x" * 33
    assert one != two


def test_a_name_of_exactly_the_longest_length_is_kept():
    assert shorten("y" * 42) == "y" * 42


@pytest.mark.parametrize(
    ("given_name", "short"), [("Zürich Klima", "zurich-klima"), ("--A  B--", "a-b"), ("a/../b", "a-b"), ("漢字", "")]
)
def test_a_name_is_brought_into_slurm_s_alphabet(given_name, short):
    assert shorten(given_name) == short


@given(st.text())
def test_whatever_a_template_renders_becomes_a_name_that_slurm_keeps_or_none(text):
    short = shorten(text)
    assert short == "" or is_account_name(short)
    assert shorten(short) == short


@given(st.text())
def test_a_human_name_never_breaks_a_record(text):
    assert re.fullmatch(r"[a-z0-9_.()-]+( [a-z0-9_.()-]+)*|", clean(text))
    assert len(clean(text)) <= 60
    assert marked(description(UUID, text)) == UUID


@pytest.mark.parametrize("text", ["", "waldur-", f"waldur-{UUID}x", f"waldur-{UUID.upper()}", f" waldur-{UUID}", UUID])
def test_only_a_whole_marker_counts(text):
    assert marked(text) is None


def test_a_marker_is_read_back_with_and_without_a_human_name():
    assert marked(f"waldur-{UUID}") == marked(f"waldur-{UUID} climate run") == UUID
    assert description(UUID, "") == f"waldur-{UUID}"
    assert organization(UUID) == f"waldur-{UUID}"


def test_the_name_of_the_policy_is_taken_when_nobody_ever_had_it():
    assert account_name(resource(), lambda one: f"HPC_{one.slug}", {}) == "hpc_alloc"


def test_a_resource_may_have_its_own_old_name_again():
    assert account_name(resource(), lambda one: one.name, {"alloc": UUID}) == "alloc"


def test_a_name_of_another_resource_is_passed_over_however_many_there_are():
    used_by = {"alloc": "other", "alloc-2": "another", "alloc-3": "third"}
    assert account_name(resource(), lambda one: one.name, used_by) == "alloc-4"


def test_a_number_never_makes_a_name_too_long():
    name = account_name(resource(), lambda _: "z" * 42, {"z" * 42: "other"})
    assert name == "z" * 40 + "-2"


def test_a_template_that_gives_nothing_usable_gives_no_name():
    assert account_name(resource(), lambda _: "!!!", {}) == ""


KINDS = [
    ("project", ("project", "")),
    ("customer", ("customer", "")),
    ("terminated 2026-11-24", ("terminated", "2026-11-24")),
]


@pytest.mark.parametrize(("kind", "read"), [*KINDS, (f"qos {UUID}", ("qos", UUID))])
@pytest.mark.parametrize("human", ["", "climate", "(project) x", "(terminated 2020-01-01)"])
def test_what_a_marker_stands_on_is_read_back(kind, read, human):
    assert marked_kind(description(UUID, human, kind)) == read
    assert marked(description(UUID, human, kind)) == UUID


@pytest.mark.parametrize(
    "human", ["(project)", "(customer) x", "((terminated 2020-01-01) x", "( qos ) y", "( (project)"]
)
def test_no_human_name_makes_a_resource_s_marker_one_of_another_kind(human):
    assert marked_kind(description(UUID, human)) == ("", "")


@given(st.text(alphabet="( )projectminated0-9abf", max_size=40))
def test_whatever_a_project_is_called_its_marker_stays_a_resource_s(human):
    assert marked_kind(description(UUID, human)) == ("", "")
    assert marked(description(UUID, human)) == UUID


@pytest.mark.parametrize(
    "text", ["", "by hand (project)", f"waldur-{UUID} (group) x", f"waldur-{UUID} climate (project)"]
)
def test_words_that_are_no_kind_of_ours_are_part_of_the_human_name(text):
    assert marked_kind(text) == ("", "")


def test_a_project_has_its_own_name_again_as_the_holder_it_is():
    used_by = {"climate": "p@o"}
    assert account_name(resource(), lambda _: "climate", used_by, "p@o") == "climate"
    assert account_name(resource(), lambda _: "climate", used_by, "p@other") == "climate-2"
