"""The site's base file: what is refused, and with which remedy."""

from pathlib import Path

import pytest

from agent.errors import ConfigError
from backends.glauth.base import check_base, read_base

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
