"""How somebody leaves: no new jobs, time for what runs, then the association, the account's life, and the login."""

import time

import pytest

from agent.sandbox.real.glauth import RealGlauth
from tests.end_to_end.conftest import MakeSite, served_by
from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"
Climate = tuple[Site, str, str]


def queue(lab: Site) -> dict[str, str]:
    """Job → its state, of those that are not over."""
    shown = lab.cluster.run("squeue", "-h", "-o", "%A %T").stdout
    return dict(line.split() for line in shown.splitlines())


def blocked(lab: Site, user: str) -> bool:
    words = ("show", "assoc", f"account={WEATHER}", f"user={user}", "format=maxsubmit")
    return lab.cluster.sacctmgr("-nP", *words).stdout.strip() == "0"


def grace(lab: Site, period: str) -> None:
    """Change offerings.job_grace in the settings file."""
    lab.settings.write_text(lab.settings.read_text().replace('job_grace = "1d"', f'job_grace = "{period}"'))


@pytest.mark.real_glauth
def test_an_expired_role_ends_step_by_step_and_leaves_an_owner_for_the_files(
    make_site: MakeSite, glauth: RealGlauth
) -> None:
    lab = make_site(glauth=served_by(glauth), offering={"job_grace": "1d"})
    project = lab.project("Climate", "ada", "emmy")
    lab.order(project, "weather")
    lab.sync()
    uid = glauth.lookup("ada")["uidNumber"]
    running = lab.cluster.submit(WEATHER, "ada")
    lab.cluster.submit(WEATHER, "ada", hold=True)  # type: ignore[call-arg]  # both clusters take it
    lab.world.expire_member(project, lab.people["ada"], time.time() - 60)
    lab.world.request_deletion(lab.offering, lab.people["ada"])

    for revoked in (False, True):
        if revoked:
            lab.leave(project, "ada")  # as the marketplace does with what has expired, and its feed locks her out
        said = lab.sync()
        assert said.code == 0, said.text
        assert f"1 job(s) still run: {running}" in said.text
        assert queue(lab) == {running: "RUNNING"}
        assert blocked(lab, "ada")
        assert lab.offering_user("ada") == ("ada", "Requested deletion")
        assert glauth.lookup("ada")["accountStatus"] == ["active"]

    grace(lab, "0s")
    said = lab.sync()
    assert said.code == 0, said.text
    assert queue(lab) == {}
    assert lab.users(WEATHER) == {"emmy"}
    assert glauth.lookup("ada")["accountStatus"] == ["active"]

    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.offering_user("ada") == ("ada", "Deleted")
    entry = glauth.lookup("ada")
    assert (entry["accountStatus"], entry["uidNumber"]) == (["inactive"], uid)
    assert lab.agent("plan", "--detailed-exitcode").code == 0


@pytest.mark.real_glauth
def test_whom_no_feed_lists_any_more_is_locked_out_and_keeps_the_uid(make_site: MakeSite, glauth: RealGlauth) -> None:
    lab = make_site(glauth=served_by(glauth), tables={"guard": {"removal_confirm_after": 0}})
    project = lab.project("Climate", "ada", "emmy")
    lab.order(project, "weather")
    lab.sync()
    uid = glauth.lookup("ada")["uidNumber"]
    lab.leave(project, "ada")
    lab.server.world._store.delete("offering_users", lab.world.offering_user(lab.offering, lab.people["ada"])["uuid"])
    assert lab.sync().code == 3
    assert glauth.lookup("ada")["accountStatus"] == ["active"]
    lab.sync()
    assert lab.users(WEATHER) == {"emmy"}
    for _ in range(3):
        lab.sync()
    entry = glauth.lookup("ada")
    assert (entry["accountStatus"], entry["uidNumber"]) == (["inactive"], uid)
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_deletion_that_is_asked_for_ends_the_access_whatever_the_roles_say(climate: Climate) -> None:
    lab, _, _ = climate
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"emmy"}
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.offering_user("ada") == ("ada", "Deleted")
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_user_whom_an_administrator_added_stays_when_the_journal_is_lost_between_two_cycles(climate: Climate) -> None:
    lab, project, _ = climate
    lab.cluster.sacctmgr("-i", "add", "user", "name=visitor", f"account={WEATHER}")
    lab.world.expire_member(project, lab.people["ada"], time.time() - 60)
    for file in lab.journal.parent.glob("journal.sqlite*"):
        file.unlink()
    said = lab.sync()
    assert said.code == 0, said.text
    assert f"{WEATHER}/visitor was not made by the agent: left alone" in said.text
    assert lab.users(WEATHER) == {"emmy", "visitor"}
    lab.leave(project, "emmy")
    lab.sync("--confirm-removals")
    assert lab.users(WEATHER) == {"visitor"}
