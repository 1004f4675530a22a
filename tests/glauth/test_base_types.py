"""Values of another type in the site's base file: they are named, and nothing falls over them."""

import subprocess
import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory
from agent.errors import ConfigError
from backends.glauth.base import read_base
from backends.glauth.base_check import check_base
from backends.glauth.local import reserved
from backends.glauth.meant import meant_by
from backends.glauth.sentinel import Sentinel
from tests.glauth.records import ALICE, GROUPS

EXAMPLE = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
WRONG = [
    ("users", "name", "5", "a text in quotes"),
    ("users", "name", "['sssd']", "a text in quotes"),
    ("users", "uidnumber", "true", "a whole number"),
    ("users", "uidnumber", "'9001'", "a whole number"),
    ("users", "uidnumber", "9001.5", "a whole number"),
    ("users", "primarygroup", "'9001'", "a whole number"),
    ("users", "primarygroup", "[9001]", "a whole number"),
    ("users", "othergroups", "5", "a list of whole numbers"),
    ("users", "otherGroups", "['5', '6']", "a list of whole numbers"),
    ("users", "othergroups", "'56'", "a list of whole numbers"),
    ("users", "othergroups", "[5, true]", "a list of whole numbers"),
    ("users", "passbcrypt", "5", "a text in quotes"),
    ("users", "passappbcrypt", "'2432'", "a list of texts in quotes"),
    ("users", "sshkeys", "'ssh-ed25519 AAAA'", "a list of texts in quotes"),
    ("users", "capabilities", "'search'", "a list of tables"),
    ("users", "disabled", "'true'", "a true or a false"),
    ("users", "homedir", "5", "a text in quotes"),
    ("groups", "name", "5", "a text in quotes"),
    ("groups", "gidnumber", "'9001'", "a whole number"),
]


def base_with(kind: str, key: str, value: str) -> str:
    """The example, with that value in its only user or group."""
    tables = tomllib.loads(EXAMPLE)
    (record,) = tables[kind]
    record.pop(key, None)
    record.update(tomllib.loads(f"{key} = {value}"))
    return tomli_w.dumps(tables)


@pytest.mark.parametrize(("kind", "key", "value", "words"), WRONG)
def test_a_value_of_another_type_is_named_with_what_belongs_there(kind, key, value, words):
    text = base_with(kind, key, value)
    assert any(f": {key.lower()} is not {words}; write" in problem for problem in check_base(text)), check_base(text)
    with pytest.raises(ConfigError, match=f"{key.lower()} is not {words}"):
        read_base(text)


def test_a_password_of_another_type_is_not_repeated():
    (problem,) = check_base(base_with("users", "passbcrypt", "243261"))
    assert problem == "[[users]] 'sssd-search': passbcrypt is not a text in quotes; write it as one"


def test_each_type_that_belongs_there_is_taken():
    fine = (
        ("othergroups", "[9001, 9002]"),
        ("othergroups", "[]"),
        ("sshkeys", "['ssh-ed25519 AAAA']"),
        ("disabled", "true"),
        ("mail", "''"),
        ("capabilities", "[{action = 'search', object = '*'}]"),
    )
    for key, value in fine:
        assert check_base(base_with("users", key, value)) == ()


@pytest.mark.real_glauth
@pytest.mark.parametrize(("kind", "key", "value", "words"), WRONG)
def test_glauth_loads_no_such_file_either(kind, key, value, words, glauth_binary, tmp_path):
    for name, text, code in (("good", EXAMPLE, 0), ("wrong", base_with(kind, key, value), 1)):
        file = tmp_path / name
        file.write_text(text.replace("[ldaps]\nenabled = true", "[ldaps]\nenabled = false"))
        asked = [glauth_binary, "--check-config", "-c", file]
        assert subprocess.run(asked, capture_output=True, check=False).returncode == code


SCALARS = st.one_of(st.booleans(), st.integers(-5, 99_999), st.floats(allow_nan=False), st.text(max_size=5), st.dates())
VALUES = st.recursive(
    SCALARS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("ab"), one, max_size=2),
    max_leaves=5,
)
KEYS = ("name", "uidnumber", "gidnumber", "primarygroup", "othergroups", "passsha256", "passbcrypt", "sshkeys")


@given(kind=st.sampled_from(["users", "groups"]), record=st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_is_written_the_base_is_refused_or_can_be_used(kind, record):
    tables = tomllib.loads(EXAMPLE)
    tables[kind][0] |= record
    try:
        base = read_base(tomli_w.dumps(tables))
    except ConfigError:
        return
    meant = meant_by(Directory(users=(ALICE,), groups=GROUPS), base, Sentinel())
    assert meant.users["alice"]["memberof"]
    assert all(isinstance(gid, int) for gids in base.members.values() for gid in gids)
    assert reserved(base, Sentinel(), Path("/dev/null"), Path("/dev/null")).reserved_uids == base.uids | {9999}
