"""The SSSD configuration that is shipped: that it fits the base file and the defaults, and that SSSD takes it."""

import configparser
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from agent.core.policy import AdmissionPolicy
from tests.fixtures.real_parts import skip_loudly

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config/sssd.conf"
BASE = tomllib.loads((ROOT / "config/glauth-base.toml").read_text(encoding="utf-8"))
SSSCTL = shutil.which("sssctl")


@pytest.fixture
def domain() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes="#")
    parser.read_string(SHIPPED.read_text(encoding="utf-8"))
    (name,) = parser["sssd"]["domains"].split()
    return parser[f"domain/{name}"]


def test_it_searches_where_the_base_file_puts_people_and_groups(domain: configparser.SectionProxy) -> None:
    root = BASE["backend"]["baseDN"]
    assert (domain["ldap_search_base"], domain["ldap_group_search_base"]) == (root, root)
    assert domain["ldap_schema"] == "rfc2307"


def test_it_binds_as_an_account_of_the_base_file_that_may_search(domain: configparser.SectionProxy) -> None:
    name, group = (part.partition("=")[2] for part in domain["ldap_default_bind_dn"].split(",")[:2])
    (account,) = (user for user in BASE["users"] if user["name"] == name)
    (primary,) = (one for one in BASE["groups"] if one["gidnumber"] == account["primarygroup"])
    assert (primary["name"], account["capabilities"]) == (group, [{"action": "search", "object": "*"}])


def test_only_who_is_active_may_log_in_and_nobody_by_a_password(domain: configparser.SectionProxy) -> None:
    assert (domain["access_provider"], domain["ldap_access_order"]) == ("ldap", "filter")
    assert domain["ldap_access_filter"] == "(accountStatus=active)"
    assert domain["auth_provider"] == "none"
    assert domain["ldap_uri"].startswith("ldaps://")
    assert domain["ldap_tls_reqcert"] == "demand"


def test_its_range_is_that_of_the_settings(domain: configparser.SectionProxy) -> None:
    assert (
        (domain.getint("min_id"), domain.getint("max_id")) == AdmissionPolicy().uid_range == AdmissionPolicy().gid_range
    )


def test_the_base_lets_sssd_ask_what_the_server_can_do() -> None:
    assert BASE["backend"]["anonymousdse"] is True


def test_sssd_knows_every_line_of_it(tmp_path: Path) -> None:
    if SSSCTL is None:
        reason = "SSSD is not here (missing: sssctl); install sssd-tools"
        skip_loudly(reason)
    (tmp_path / "conf.d").mkdir()
    file = tmp_path / "sssd.conf"
    file.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    file.chmod(0o600)
    done = subprocess.run([SSSCTL, "config-check", "-c", str(file)], check=False, capture_output=True, text=True)
    assert "Issues identified by validators: 0" in done.stdout, done.stdout
    assert done.returncode == 0
