"""Whom a name belongs to in the site's directory: with a listener that misbehaves, and with the real GLAuth."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.model.people import Identity
from agent.errors import ConfigError, Unavailable
from agent.sandbox.real.address import free_ports
from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from backends.glauth.server import GlauthDirectory
from backends.identity import directory
from backends.identity.directory import LdapIdentities
from backends.identity.search import SiteDirectory
from backends.ldap import Address
from tests.fixtures.ldap_listener import BIND, entry, listening, operation, result

READER = f"cn=reader,{BASE_DN}"


def site(port: int, **changes: object) -> SiteDirectory:
    one = SiteDirectory(
        address=Address(url=f"ldap://127.0.0.1:{port}"), base=BASE_DN, dn=READER, password=lambda: "hush", seconds=5
    )
    return replace(one, **changes)


def answering(*attributes: dict[str, list[str]], code: int = 0, bind_code: int = 0):
    """What a listener says to a bind and to each search; the searches are kept in ``seen``."""
    seen: list[bytes] = []

    def answer(request: bytes) -> Iterable[bytes]:
        if operation(request) == BIND:
            return [result(request, bind_code)]
        seen.append(request)
        return [*(entry(request, **one) for one in attributes), result(request, code)]

    return answer, seen


def test_a_name_with_one_uid_resolves_and_others_do_not():
    answer, _ = answering(
        {"uid": ["alice"], "uidNumber": ["10001"]},
        {"uid": ["twice"], "uidNumber": ["1", "2"]},
        {"uid": ["two"], "uidNumber": ["3"]},
        {"uid": ["two"], "uidNumber": ["4"]},
        {"uid": ["same"], "uidNumber": ["5"]},
        {"uid": ["same"], "uidNumber": ["5"]},
        {"uid": ["text"], "uidNumber": ["ten"]},
        {"uid": ["none"]},
        {"uid": ["mallory"], "uidNumber": ["0"]},
    )
    names = ["alice", "twice", "two", "same", "text", "none", "bob"]
    with listening(answer) as port:
        found = LdapIdentities(site(port)).resolve(names)
    assert found == {"alice": Identity(name="alice", uid=10_001), "same": Identity(name="same", uid=5)}


@pytest.mark.parametrize("name", ["", "*", "alice)(uid=*", "Alice", "a" * 33])
def test_what_is_no_username_is_not_asked_about(name: str):
    answer, seen = answering()
    with listening(answer) as port:
        assert LdapIdentities(site(port)).resolve([name]) == {}
        assert LdapIdentities(site(port)).resolve([name, "bob"]) == {}
    assert len(seen) == 1
    assert b"bob" in seen[0]
    assert name.encode() not in seen[0].replace(b"bob", b"") or not name


def test_many_names_are_asked_in_few_searches_and_each_once():
    answer, seen = answering()
    names = [f"user{number:04d}" for number in range(2 * directory.AT_ONCE + 1)]
    with listening(answer) as port:
        LdapIdentities(site(port)).resolve([*names, *names])
    assert [sum(name.encode() in one for name in names) for one in seen] == [100, 100, 1]


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (
            {"bind_code": 49},
            r"refused a bind: invalidCredentials \(49\); correct identity\.bind_dn, or the password in",
        ),
        ({"code": 4}, r"refused a search: sizeLimitExceeded \(4\); see its log"),
        ({"code": 32}, r"refused a search: noSuchObject \(32\); correct identity\.base_dn"),
        ({"code": 50}, r"refused a search: insufficientAccessRights \(50\); see its log, and what identity\.bind_dn"),
        ({"code": 51}, r"refused a search: busy \(51\)"),
    ],
)
def test_an_answer_that_is_not_whole_is_an_outage_and_never_says_that_nobody_is_there(codes: dict[str, int], text: str):
    answer, _ = answering({"uid": ["alice"], "uidNumber": ["10001"]}, **codes)
    with listening(answer) as port, pytest.raises(Unavailable, match=text) as caught:
        LdapIdentities(site(port)).resolve(["alice", "bob"])
    assert f"ldap://127.0.0.1:{port}" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_referral_is_not_followed():
    answer, seen = answering(code=10)
    with listening(answer) as port, pytest.raises(Unavailable, match=r"referral \(10\)"):
        LdapIdentities(site(port)).resolve(["alice"])
    assert len(seen) == 1


def test_a_directory_that_is_away_is_an_outage_that_names_the_settings():
    gone = site(free_ports("127.0.0.1", 1)[0])
    with pytest.raises(
        Unavailable, match=r"does not answer: .*Connection refused; see whether it runs, or correct iden"
    ):
        LdapIdentities(gone).resolve(["alice"])


def test_a_directory_that_hangs_is_an_outage_after_the_timeout():
    with listening(lambda _: ()) as port, pytest.raises(Unavailable, match="does not answer"):
        LdapIdentities(site(port, seconds=1)).resolve(["alice"])


def test_a_password_that_cannot_be_read_is_said_as_it_is():
    def unreadable() -> str:
        raise ConfigError("the password cannot be read")

    with pytest.raises(ConfigError, match="the password cannot be read"):
        LdapIdentities(site(1, password=unreadable)).resolve(["alice"])


def test_nobody_asked_about_opens_no_connection():
    assert LdapIdentities(site(free_ports("127.0.0.1", 1)[0])).resolve([]) == {}


ALICE = DirectoryUser(name="alice", uidnumber=10_001, primarygroup=10_001, loginshell="/bin/sh", homedir="/home/alice")
DISABLED = replace(ALICE, name="gone", uidnumber=10_002, primarygroup=10_002, disabled=True)
GROUPS = tuple(DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in (ALICE, DISABLED))


@pytest.fixture
def glauth(glauth_binary: Path, tmp_path: Path) -> Iterator[RealGlauth]:
    with RealGlauth(glauth_binary, tmp_path) as running:
        published = GlauthDirectory(
            file=running.file,
            base_file=running.base_file,
            key_file=tmp_path / "key",
            last_good=tmp_path / "last-good",
            probe=None,
        )
        published.publish(Directory(users=(ALICE, DISABLED), groups=GROUPS))
        running.stop()
        running.start()
        yield running


@pytest.mark.real_glauth
def test_the_real_glauth_says_who_is_there_and_who_is_not(glauth: RealGlauth):
    there = site(0, address=Address(url=glauth.url), password=lambda: glauth._password)
    found = LdapIdentities(there).resolve(["alice", "gone", "nobody", *(f"user{number}" for number in range(250))])
    assert {name: one.uid for name, one in found.items()} == {"alice": 10_001, "gone": 10_002}


@pytest.mark.real_glauth
def test_the_real_glauth_with_a_wrong_password_or_without_the_right_to_search_is_an_outage(glauth: RealGlauth):
    wrong = site(0, address=Address(url=glauth.url), password=lambda: "wrong")
    with pytest.raises(Unavailable, match=r"refused a bind: invalidCredentials"):
        LdapIdentities(wrong).resolve(["alice"])
    elsewhere = site(0, address=Address(url=glauth.url), password=lambda: glauth._password, base="dc=elsewhere,dc=org")
    with pytest.raises(Unavailable, match="refused a search"):
        LdapIdentities(elsewhere).resolve(["alice"])
