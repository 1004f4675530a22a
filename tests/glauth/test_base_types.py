"""Values of another type in the site's base file: they are named, and nothing falls over them."""

import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory
from agent.errors import ConfigError
from backends.glauth.base import read_base
from backends.glauth.base_check import check_base
from backends.glauth.local import reserved
from backends.glauth.meant import meant_by
from backends.glauth.sentinel import Sentinel
from tests.glauth.records import ALICE, GROUPS, written

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
    ("users", "capabilities", "'search'", "a list of tables with texts as action and object"),
    ("users", "capabilities", "[{action = 5, object = '*'}]", "a list of tables with texts as action and object"),
    ("groups", "capabilities", "5", "a list of tables with texts as action and object"),
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
    return written(tables)


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
        ("disabled", "false"),
        ("mail", "''"),
        ("capabilities", "[{action = 'search', object = '*'}]"),
    )
    for key, value in fine:
        assert check_base(base_with("users", key, value)) == ()


@pytest.mark.real_glauth
@pytest.mark.parametrize(("kind", "key", "value", "words"), WRONG)
def test_glauth_loads_no_such_file_either(kind, key, value, words, glauth_binary, tmp_path):
    assert loads(glauth_binary, tmp_path, EXAMPLE)
    assert not loads(glauth_binary, tmp_path, base_with(kind, key, value))


def loads(glauth_binary: Path, folder: Path, text: str) -> bool:
    """Whether GLAuth would load it; the example's certificates are not there, so that it is asked without LDAPS."""
    file = folder / "asked.toml"
    file.write_text(text.replace("[ldaps]\nenabled = true", "[ldaps]\nenabled = false"))
    return (
        subprocess.run([glauth_binary, "--check-config", "-c", file], capture_output=True, check=False).returncode == 0
    )


# The tables of the server

FLAG, TEXT, NUMBER, TABLE = "a true or a false", "a text in quotes", "a whole number", "a table"
TEXTS, DURATION = "a list of texts in quotes", 'a whole number or a text such as "10s"'
OF_TABLES = [
    ("", "debug", "'yes'", FLAG),
    ("", "syslog", "1", FLAG),
    ("", "structuredlog", "'no'", FLAG),
    ("", "watchconfig", "1", FLAG),
    ("", "yubikeyclientid", "5", TEXT),
    ("", "yubikeysecret", "5", TEXT),
    ("", "configfile", "5", TEXT),
    ("", "awsaccesskeyid", "5", TEXT),
    ("", "awssecretaccesskey", "5", TEXT),
    ("", "awsregion", "5", TEXT),
    ("", "behaviors", "5", TABLE),
    ("", "api", "[]", TABLE),
    ("", "helper", "5", TABLE),
    ("", "tracing", "5", TABLE),
    ("ldap", "enabled", "'true'", FLAG),
    ("ldap", "listen", "3893", TEXT),
    ("ldap", "tls", "'no'", FLAG),
    ("ldap", "tlscert", "5", TEXT),
    ("ldap", "tlskey", "5", TEXT),
    ("ldap", "tlscertpath", "5", TEXT),
    ("ldap", "tlskeypath", "5", TEXT),
    ("ldaps", "enabled", "'no'", FLAG),
    ("ldaps", "listen", "636", TEXT),
    ("ldaps", "cert", "5", TEXT),
    ("ldaps", "key", "5", TEXT),
    ("backend", "datastore", "5", TEXT),
    ("backend", "basedn", "5", TEXT),
    ("backend", "nameformat", "['cn', 'uid']", TEXT),
    ("backend", "groupformat", "5", TEXT),
    ("backend", "sshkeyattr", "5", TEXT),
    ("backend", "plugin", "5", TEXT),
    ("backend", "pluginhandler", "5", TEXT),
    ("backend", "database", "5", TEXT),
    ("backend", "groupwithsearchcapability", "5", TEXT),
    ("backend", "anonymousdse", "'true'", FLAG),
    ("backend", "insecure", "1", FLAG),
    ("backend", "usegraphapi", "1", FLAG),
    ("backend", "servers", "'ldap'", TEXTS),
    ("backend", "nameformatasarray", "'cn'", TEXTS),
    ("backend", "groupformatasarray", "[5]", TEXTS),
    ("behaviors", "IgnoreCapabilities", "'no'", FLAG),
    ("behaviors", "limitfailedbinds", "0", FLAG),
    ("behaviors", "numberoffailedbinds", "1.0", NUMBER),
    ("behaviors", "legacyversion", "'1'", NUMBER),
    ("behaviors", "PeriodOfFailedBinds", "'10'", DURATION),
    ("behaviors", "blockfailedbindsfor", "1.5", DURATION),
    ("behaviors", "prunesourcetableevery", "true", DURATION),
    ("behaviors", "prunesourcesolderthan", "'ten'", DURATION),
    ("api", "enabled", "'no'", FLAG),
    ("api", "internals", "1", FLAG),
    ("api", "tls", "'no'", FLAG),
    ("api", "listen", "5555", TEXT),
    ("api", "cert", "5", TEXT),
    ("api", "key", "5", TEXT),
    ("api", "secrettoken", "5", TEXT),
    ("helper", "enabled", "'no'", FLAG),
    ("helper", "basedn", "5", TEXT),
    ("helper", "datastore", "5", TEXT),
    ("helper", "plugin", "5", TEXT),
    ("helper", "pluginhandler", "5", TEXT),
    ("helper", "database", "5", TEXT),
    ("tracing", "enabled", "1", FLAG),
    ("tracing", "grpcendpoint", "5", TEXT),
    ("tracing", "httpendpoint", "5", TEXT),
]


def server_with(table: str, key: str, value: str) -> str:
    """The example, with that key in that table ("": at the top), and in no other spelling."""
    tables = tomllib.loads(EXAMPLE)
    found = tables.setdefault(table, {}) if table else tables
    for spelling in [one for one in found if one.lower() == key.lower()]:
        del found[spelling]
    found.update(tomllib.loads(f"{key} = {value}"))
    return written(tables)


@pytest.mark.parametrize(("table", "key", "value", "words"), OF_TABLES)
def test_a_key_of_the_server_of_another_type_is_named_with_its_table(table, key, value, words):
    where = f"[{table}] " if table else ""
    problem = f"{where}{key.lower()} is not {words}; write it as one"
    assert problem in check_base(server_with(table, key, value))


@pytest.mark.real_glauth
@pytest.mark.parametrize(("table", "key", "value", "words"), OF_TABLES)
def test_glauth_loads_no_server_of_another_type_either(table, key, value, words, glauth_binary, tmp_path):
    text = server_with(table, key, value)
    if (table, key) != ("ldaps", "enabled"):
        text = text.replace("[ldaps]\nenabled = true", "[ldaps]\nenabled = false")
    assert not loads(glauth_binary, tmp_path, text)


FINE = [
    ("", "debug", "true"),
    ("", "somethingelse", "5"),
    ("ldap", "somethingelse", "5"),
    ("backend", "servers", "[]"),
    ("behaviors", "PeriodOfFailedBinds", "10"),
    ("behaviors", "PeriodOfFailedBinds", "'1h30m0.5s'"),
    ("api", "internals", "false"),
    ("tracing", "enabled", "false"),
]


@pytest.mark.parametrize(("table", "key", "value"), FINE)
def test_what_glauth_takes_or_never_reads_is_taken(table, key, value):
    assert check_base(server_with(table, key, value)) == ()


@pytest.mark.real_glauth
@pytest.mark.parametrize(("table", "key", "value"), FINE)
def test_glauth_takes_it_too(table, key, value, glauth_binary, tmp_path):
    assert loads(glauth_binary, tmp_path, server_with(table, key, value))


BEYOND = [
    ("uidnumber = 9001", "uidnumber = 9223372036854775808", "uidnumber"),
    ("gidnumber = 9001", "gidnumber = 9223372036854775808", "gidnumber"),
    ("uidnumber = 9001", "uidnumber = 9001\nothergroups = [9223372036854775808]", "othergroups"),
    ("[backend]", "[backend]\nnote = -9223372036854775809", "note"),
]


@pytest.mark.parametrize(("old", "new", "key"), BEYOND)
def test_a_number_beyond_64_bits_is_named_whatever_it_is_for(old, new, key):
    assert f"{key} is beyond 64 bits; write a smaller number" in check_base(EXAMPLE.replace(old, new))


@pytest.mark.real_glauth
@pytest.mark.parametrize(("old", "new", "key"), BEYOND)
def test_glauth_loads_no_such_number_either(old, new, key, glauth_binary, tmp_path):
    assert not loads(glauth_binary, tmp_path, EXAMPLE.replace(old, new))


# Whatever is written

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
        base = read_base(written(tables))
    except ConfigError:
        return
    meant = meant_by(Directory(users=(ALICE,), groups=GROUPS), base, Sentinel())
    assert meant.users["alice"]["memberof"]
    assert all(isinstance(gid, int) for gids in base.members.values() for gid in gids)
    assert reserved(base, Sentinel(), Path("/dev/null"), Path("/dev/null")).reserved_uids == base.uids | {9999}
