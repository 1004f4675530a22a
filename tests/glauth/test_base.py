"""The site's base file: what is refused, and with which remedy."""

import tomllib
from pathlib import Path

import pytest

from agent.errors import ConfigError
from backends.glauth.base import base_text, read_base
from backends.glauth.base_advice import base_advice
from backends.glauth.base_check import check_base

EXAMPLE = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()


def test_the_example_can_be_used_as_it_is():
    assert check_base(EXAMPLE) == ()


def test_the_base_tells_how_a_dn_is_made_and_what_is_taken():
    base = read_base(EXAMPLE)
    assert base.dn("waldur-agent-probe") == "cn=waldur-agent-probe,dc=example,dc=org"
    assert (base.user_names, base.uids) == (frozenset({"sssd-search"}), frozenset({9001}))
    assert (base.group_names, base.gids) == (frozenset({"service"}), frozenset({9001}))


def test_a_dn_begins_with_the_first_of_the_name_formats():
    assert read_base(EXAMPLE.replace('"cn,uid"', '"uid,cn"')).dn("x") == "uid=x,dc=example,dc=org"


OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DIGEST = 'passsha256 = "' + "0" * 64 + '"'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("watchconfig = true", "", "write watchconfig = true"),
        ("watchconfig = true", "watchconfig = false", "write watchconfig = true"),
        ("LimitFailedBinds = false", "LimitFailedBinds = true", "write LimitFailedBinds = false"),
        ("LimitFailedBinds = false", "limitfailedbinds = true", "write LimitFailedBinds = false"),
        ("IgnoreCapabilities = false", "IgnoreCapabilities = true", "IgnoreCapabilities lets every user"),
        ("tls = false", "tls = true", "write tls = false and use"),
        ("tls = false", "legacytls = false", "[ldap] legacytls is unknown"),
        ('cert = "/etc/glauth/glauth.crt"', 'cert = "-----BEGIN CERTIFICATE-----"', "[ldaps] cert holds the PEM"),
        ('key = "/etc/glauth/glauth.key"', 'key = "-----BEGIN PRIVATE KEY-----"', "[ldaps] key holds the PEM"),
        ('cert = "/etc/glauth/glauth.crt"', 'certpath = "/etc/glauth/glauth.crt"', "write cert and key"),
        ("enabled = true", "enabled = false", "neither [ldap] nor [ldaps]"),
        ("[backend]", "[[backends]]", "write one [backend]"),
        ('datastore = "config"', 'datastore = "ldap"', "datastore is not"),
        ('baseDN = "dc=example,dc=org"', "", "no usable baseDN"),
        ('nameformat = "cn,uid"', 'nameformat = "cn"', "nameformat must hold uid"),
        ('nameformat = "cn,uid"', 'nameformat = "cn, uid"', "nameformat must hold uid"),
        ('nameformat = "cn,uid"', 'nameformat = "CN,uid"', "nameformat must hold uid"),
        ('groupformat = "ou,cn"', 'groupformat = "ou"', "groupformat must hold cn"),
        (DIGEST, "", "'sssd-search' has no password"),
        (DIGEST, 'passsha256 = ""', "'sssd-search' has no password"),
        (DIGEST, 'passsha256 = "0123"', "'sssd-search' has no password"),
        (DIGEST, 'passsha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"', "has no password"),
        (DIGEST, 'passbcrypt = ""', "'sssd-search' has no password"),
        ("uidnumber = 9001", "unixid = 9001", "unixid means 0"),
        ("watchconfig = true", "watchconfig = true\nWatchConfig = true", "two spellings"),
        ("watchconfig = true", "watchconfig = ", "not valid"),
        ("[[groups]]", "[groups]", "write each as [[groups]]"),
        ("[backend]", "[frontend]\nlisten = '1'\n[backend]", "[frontend] is of"),
        ("[backend]", "[api]\nenabled = true\nlisten = '0.0.0.0:5555'\n[backend]", "[api] shows its pages"),
        ("[backend]", "[api]\nenabled = true\n[backend]", "[api] shows its pages"),
        ("[backend]", "[api]\nkey = '-----BEGIN PRIVATE KEY-----'\n[backend]", "[api] key holds the PEM"),
        ("tls = false", 'tlskey = "-----BEGIN PRIVATE KEY-----"', "[ldap] tlskey holds the PEM"),
        ('listen = "127.0.0.1:3893"', "", "[ldap] has no listen"),
        ('listen = "0.0.0.0:636"', "", "needs listen, cert and key"),
        ('key = "/etc/glauth/glauth.key"', "", "needs listen, cert and key"),
        ("[ldaps]\nenabled = true", "[other]", "[ldaps] is enabled unless it says"),
        ('groupformat = "ou,cn"', 'groupformat = "ou, cn"', "groupformat must hold cn"),
        ("gidnumber = 9001", "gidnumber = 9001\nincludegroups = [9002]", "includegroups in a circle"),
        ("gidnumber = 9001", "", "[[groups]] 'service' has no gidnumber"),
        ("uidnumber = 9001", "", "[[users]] 'sssd-search' has no uidnumber"),
        ("uidnumber = 9001", "uidnumber = 0", "[[users]] 'sssd-search' has no uidnumber"),
        ("uidnumber = 9001", "uidnumber = 9999", "which the agent's own probe needs"),
        ("gidnumber = 9001", "gidnumber = 9999", "which the agent's own probe needs"),
        ('name = "sssd-search"', 'name = "Waldur-Agent-Probe"', "which the agent's own probe needs"),
        ('name = "sssd-search"', "", "needs one of its own"),
        (
            "[[users]]",
            f'[[users]]\nname = "SSSD-search"\nuidnumber = 9002\n{DIGEST}\n\n[[users]]',
            "[[users]] name 'sssd-search' is written 2 times",
        ),
        ("[[users]]", "[[Users]]", "write [[users]]"),
        ("[[groups]]", "[[GROUPS]]", "write [[groups]]"),
        ("[ldap]", "[LDAP]\nenabled = true\n[ldap]", "two spellings"),
        (DIGEST, f"{DIGEST}\ndisabled = true", "'sssd-search' is disabled"),
        (DIGEST, f"{DIGEST}\n[[users.customattributes]]\nuidNumber = ['0']", "'sssd-search' has customattributes"),
        (DIGEST, f"{DIGEST}\ncustomattrs = {{ uidNumber = ['0'] }}", "'sssd-search' has customattributes"),
        ('name = "sssd-search"', 'name = "sssd,search"', "'sssd,search' is no name"),
        ('name = "sssd-search"', 'name = "Sssd"', "'Sssd' is no name"),
        (
            "[[users]]",
            f'[[users]]\nname = "other"\nuidnumber = 9001\nprimarygroup = 9001\n{DIGEST}\n\n[[users]]',
            "[[users]] uidnumber 9001 is written 2 times",
        ),
        (
            "[[groups]]",
            '[[groups]]\nname = "other"\ngidnumber = 9001\n\n[[groups]]',
            "[[groups]] gidnumber 9001 is written 2 times",
        ),
        (DIGEST, f"{DIGEST}\npassappsha256 = ['']", "'sssd-search' has no password"),
        (DIGEST, f"{DIGEST}\npassappsha256 = ['{OF_NOTHING}']", "'sssd-search' has no password"),
    ],
)
def test_a_dangerous_or_useless_base_is_refused(old, new, problem):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new)
    assert any(problem in found for found in check_base(text)), check_base(text)
    with pytest.raises(ConfigError, match="the base of the GLAuth file cannot be used"):
        read_base(text)


def test_every_problem_is_told_at_once():
    text = EXAMPLE.replace("LimitFailedBinds = false", "LimitFailedBinds = true").replace(DIGEST, "")
    assert len(check_base(text)) == 2


def test_a_bcrypt_password_is_a_password():
    assert check_base(EXAMPLE.replace(DIGEST, 'passbcrypt = "243261"')) == ()


@pytest.mark.parametrize(("kind", "list_"), [("users", "[]"), ("groups", '[{ name = "service", gidnumber = 9001 }]')])
def test_records_in_one_list_that_the_agent_s_own_cannot_follow_are_refused(kind, list_):
    text = f"{kind} = {list_}\n{EXAMPLE[: EXAMPLE.index('[[groups]]')]}"
    assert check_base(text) == (
        f"{kind} is one list, which the agent's records cannot follow; write each as [[{kind}]]",
    )


def test_plain_ldap_on_any_loopback_address_and_one_that_is_off_are_fine():
    assert base_advice(EXAMPLE) == ()
    for listen in ("localhost:3893", "[::1]:3893", "127.0.0.2:389"):
        assert base_advice(EXAMPLE.replace("127.0.0.1:3893", listen)) == ()
    off = EXAMPLE.replace('true\nlisten = "127.0.0.1:3893"', 'false\nlisten = "0.0.0.0:389"')
    assert off != EXAMPLE
    assert base_advice(off) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('listen = "127.0.0.1:3893"', 'listen = "0.0.0.0:3893"', "[ldap] takes passwords in clear"),
        ('listen = "127.0.0.1:3893"', 'listen = ":3893"', "[ldap] takes passwords in clear"),
        ("primarygroup = 9001", "", "'sssd-search' has a primary group that the base does not have"),
        ("primarygroup = 9001", "primarygroup = 20001", "'sssd-search' has a primary group that the base does not"),
    ],
)
def test_what_a_site_may_have_its_reasons_for_is_advised_and_not_refused(old, new, words):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new)
    (advice,) = base_advice(text)
    assert words in advice
    assert check_base(text) == ()


def test_an_api_on_loopback_and_one_that_is_off_are_fine():
    for keys in ("enabled = true\nlisten = '127.0.0.1:5555'", "enabled = false\nlisten = '0.0.0.0:5555'"):
        assert check_base(EXAMPLE.replace("[backend]", f"[api]\n{keys}\n[backend]")) == ()


# The base as a template

CONFIG = Path(__file__).parents[2] / "config"
TEMPLATE = CONFIG / "glauth-base.toml.j2"


def test_the_template_filled_in_is_the_example():
    text = base_text(TEMPLATE, {"base_dn": "dc=example,dc=org"})
    assert tomllib.loads(text) == tomllib.loads(EXAMPLE)
    assert check_base(text) == ()


def test_every_value_of_the_template_has_its_place_whatever_is_in_it():
    odd = 'dc="quoted",dc=b\\slash\n[[users]]'
    values = {name: f"{odd}{name}" for name in ("base_dn", "ldap_listen", "ldaps_listen", "certificate", "private_key")}
    tables = tomllib.loads(base_text(TEMPLATE, values))
    assert tables["backend"]["baseDN"] == values["base_dn"]
    assert tables["ldap"]["listen"] == values["ldap_listen"]
    assert tables["ldaps"] == {
        "enabled": True,
        "listen": values["ldaps_listen"],
        "cert": values["certificate"],
        "key": values["private_key"],
    }
    assert len(tables["users"]) == 1


def test_a_value_that_is_missing_is_named_with_where_to_write_it(tmp_path):
    with pytest.raises(ConfigError, match=r"'base_dn' is undefined.*; add what is missing to glauth\.base_values"):
        base_text(TEMPLATE)


def test_only_a_name_that_ends_in_j2_is_a_template(tmp_path):
    plain = tmp_path / "base.toml"
    plain.write_text("a = '{{ b }}'")
    assert base_text(plain, {"b": "c"}) == "a = '{{ b }}'"
    assert base_text(plain.rename(tmp_path / "base.toml.j2"), {"b": "c"}) == "a = 'c'"
