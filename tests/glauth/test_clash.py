"""The base gets a record with something that somebody in the directory has: nothing is published, and it says why."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model.directory import Directory
from agent.errors import ConfigError
from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from backends.glauth.base import read_base
from backends.glauth.clash import clashes
from backends.glauth.sentinel import Sentinel
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Answer, prove
from tests.glauth.records import ALICE, DIRECTORY, GROUPS

BASE = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
SERVICE = replace(ALICE, name="svc", uidnumber=20_002, mail="svc@uni.example")


def site_user(name: str = "other", uid: int = 9002, more: str = "") -> str:
    digest = hashlib.sha256(b"of the site").hexdigest()
    keys = f'name = "{name}"\nuidnumber = {uid}\nprimarygroup = 9001\npasssha256 = "{digest}"\n{more}'
    return f"\n[[users]]\n{keys}\n"


def site_group(name: str, gid: int) -> str:
    return f'\n[[groups]]\nname = "{name}"\ngidnumber = {gid}\n'


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (site_user("alice"), "the name of the marketplace's user alice (uid 10001) is a base user's, too"),
        (site_user(uid=10_001), "the uid of the marketplace's user alice (uid 10001) is a base user's, too"),
        (
            site_user(more='mail = "Alice@Uni.example"'),
            "the mail address of the marketplace's user alice (uid 10001) is a base user's, too",
        ),
        (site_group("gone", 9002), "the name of the marketplace's group gone (gid 10002) is a base group's, too"),
        (site_group("Gone", 9002), "the name of the marketplace's group gone (gid 10002) is a base group's, too"),
        (site_group("other", 20_001), "the gid of the marketplace's group 20001 (gid 20001) is a base group's, too"),
    ],
)
def test_what_both_have_is_named_with_what_to_do(record: str, words: str) -> None:
    said = clashes(DIRECTORY, read_base(BASE + record), Sentinel())
    assert said.startswith(f"{words}: GLAuth serves both and lets only the marketplace's in")
    assert said.endswith("give the base's record another one")


def test_two_different_directories_have_nothing_in_common() -> None:
    assert clashes(DIRECTORY, read_base(BASE + site_user() + site_group("other", 9002)), Sentinel()) == ""


def test_nobody_without_a_mail_address_has_that_of_another_without_one() -> None:
    nobody = Directory(users=(replace(ALICE, mail=""),), groups=GROUPS)
    assert clashes(nobody, read_base(BASE + site_user(more='mail = ""')), Sentinel()) == ""


def test_the_probe_s_name_and_number_are_not_given_away() -> None:
    probe = Directory(users=(replace(ALICE, name="waldur-agent-probe", uidnumber=9999),))
    assert clashes(probe, read_base(BASE), Sentinel()).count("is a base user's, too") == 2


def test_of_many_only_the_first_are_told_and_the_others_counted() -> None:
    many = Directory(users=tuple(replace(ALICE, name=f"u{n}", uidnumber=9001) for n in range(8)))
    said = clashes(many, read_base(BASE), Sentinel())
    assert ("user u4 (" in said, "user u5 (" in said, "and 3 more" in said) == (True, False, True)


@pytest.mark.real_glauth
def test_the_base_s_new_account_is_not_locked_out_by_the_user_who_had_its_name_first(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    directory = Directory(users=(SERVICE,), groups=GROUPS)
    assert server.publish(directory)
    before, base = glauth.file.read_bytes(), glauth.base_file.read_text()
    glauth.base_file.write_text(base + site_user("svc"))
    with pytest.raises(ConfigError, match=r"the name of the marketplace's user svc \(uid 20002\)") as caught:
        server.publish(directory)
    assert str(glauth.base_file) in str(caught.value)
    assert glauth.file.read_bytes() == before

    glauth.base_file.write_text(base + site_user("svc-site"))
    assert server.publish(directory)
    assert server.probe is not None
    bound = prove(server.probe, f"cn=svc-site,{BASE_DN}", "of the site", 0)
    assert bound.answer is Answer.SERVED
