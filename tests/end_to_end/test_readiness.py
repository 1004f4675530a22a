"""From a role to an identity that works: named, in the directory's feed, known to the host, and only then associated."""

from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from agent.sandbox.real.slurm import RealCluster
from tests.end_to_end.conftest import MakeSite, Script, served_by
from tests.end_to_end.recording import Recorded
from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"
NAMED = {"username": {"template": "{{ first_letter }}{{ surname }}"}}
GETENT = """
code=0
shift
for name; do grep "^$name:" '{passwd}' || code=2; done
exit $code
"""


def ordered(lab: Site) -> tuple[str, str]:
    """An allocation for Ada Lovelace, of an offering that leaves names to the provider: (project, resource)."""
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    lab.person("ada", "Ada", "Lovelace")
    project = lab.project("Climate", "ada")
    return project, lab.order(project, "weather")


def asks_the_directory(glauth: RealGlauth, folder: Path) -> dict[str, Any]:
    """The table that lets the agent search the real GLAuth."""
    password = folder / "ldap-password"
    password.touch(mode=0o600)
    password.write_text(glauth._password)
    who = {"bind_dn": f"cn=reader,{BASE_DN}", "bind_password_file": str(password)}
    return {"ldap_url": glauth.url, "base_dn": BASE_DN, "timeout": 5, **who}


@pytest.mark.real_glauth
def test_a_person_is_named_then_served_and_only_then_associated(
    make_site: MakeSite, commands: Recorded, glauth: RealGlauth, tmp_path: Path
) -> None:
    lab = make_site(
        tools=commands,
        glauth=served_by(glauth),
        tables={"identity": asks_the_directory(glauth, tmp_path)},
        offering={**NAMED, "identity_gate": "ldap"},
    )
    _, resource = ordered(lab)

    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.offering_user("ada") == ("alovelace", "OK")
    assert lab.order_states(resource) == [("Create", "done")]
    assert commands.changes("alovelace") == []
    assert glauth.lookup("alovelace") == {}
    assert lab.users(WEATHER) == set()

    said = lab.sync()
    assert said.code == 0, said.text
    uid = int(glauth.lookup("alovelace")["uidNumber"][0])
    assert uid == lab.world.offering_user(lab.offering, lab.people["ada"])["uidnumber"]
    assert lab.users(WEATHER) == {"alovelace"}
    lab.cluster.finish(lab.cluster.submit(WEATHER, "alovelace"))
    assert lab.agent("plan", "--detailed-exitcode").code == 0


@pytest.mark.real_glauth
def test_a_directory_that_does_not_answer_lets_nobody_in_and_removes_nobody(
    make_site: MakeSite, commands: Recorded, glauth: RealGlauth, tmp_path: Path
) -> None:
    lab = make_site(
        tools=commands,
        tables={"identity": asks_the_directory(glauth, tmp_path)},
        offering={"identity_gate": "ldap"},
        glauth=served_by(glauth),
    )
    project = lab.project("Climate", "ada")
    lab.order(project, "weather")
    lab.sync()
    assert lab.users(WEATHER) == {"ada"}
    glauth.stop()
    lab.join(project, "emmy")
    said = lab.sync()
    assert glauth.url in said.text
    assert commands.changes("emmy") == []
    assert lab.users(WEATHER) == {"ada"}

    glauth.start()
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"ada", "emmy"}


def test_a_person_is_associated_in_the_cycle_after_the_host_knows_them(
    make_site: MakeSite, commands: Recorded, script: Script, tmp_path: Path
) -> None:
    passwd = tmp_path / "passwd"
    passwd.touch()
    getent = script("getent", GETENT.format(passwd=passwd))
    lab = make_site(tools=commands, tables={"identity": {"getent": getent}}, offering={**NAMED, "identity_gate": "nss"})
    _, resource = ordered(lab)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.order_states(resource) == [("Create", "done")]

    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
        assert commands.changes("alovelace") == []
    assert "waits until alovelace is known on this host (getent passwd)" in lab.agent("plan").text
    assert "… NSS              does not resolve on this host yet" in lab.agent("why", "alovelace").text

    the_host_knows(lab, "alovelace", passwd)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"alovelace"}
    lab.cluster.finish(lab.cluster.submit(WEATHER, "alovelace"))
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def the_host_knows(lab: Site, name: str, passwd: Path) -> None:
    """On a real cluster Slurm as well: it is to resolve the name when the association arrives, and never again."""
    uid = 20_000
    if isinstance(lab.cluster, RealCluster):
        lab.cluster._users.add(name)
        uid = lab.cluster._users.names[name]
    passwd.write_text(f"{name}:x:{uid}:{uid}::/home/{name}:/bin/sh\n")


@pytest.mark.real_glauth
def test_a_host_that_knows_another_uid_than_the_directory_keeps_the_person_out(
    make_site: MakeSite, commands: Recorded, script: Script, glauth: RealGlauth, tmp_path: Path
) -> None:
    passwd = tmp_path / "passwd"
    lab = make_site(
        tools=commands,
        glauth=served_by(glauth),
        tables={"identity": {"getent": script("getent", GETENT.format(passwd=passwd))}},
        offering={"identity_gate": "nss"},
    )
    lab.order(lab.project("Climate", "ada"), "weather")
    uid = int(lab.world.offering_user(lab.offering, lab.people["ada"])["uidnumber"])
    for known, users in ((uid + 1, set()), (uid, {"ada"})):
        passwd.write_text(f"ada:x:{known}:{known}::/home/ada:/bin/sh\n")
        lab.sync()
        wrong = f"ada is uid {uid + 1} on this host (getent passwd), and {uid} is expected"
        assert (wrong in lab.agent("plan").text) is (known != uid)
        assert lab.users(WEATHER) == users
    assert len(commands.changes("ada")) == 1
