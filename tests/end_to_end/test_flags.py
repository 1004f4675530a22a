"""Pausing, restricting and ending a resource, and all of it back again, on what sacctmgr shows."""

import pytest

from tests.fixtures.site import IN_SLURM, Site

WEATHER = "climate-1-weather-1"
Climate = tuple[Site, str, str]
BLOCKS = ("grpjobs", "grpsubmit")


def everything(lab: Site) -> str:
    """All that sacctmgr shows of the account and its users."""
    fields = "account,user,parentname,fairshare,grpjobs,grpsubmit,grptresmins,maxsubmit,qos,defaultqos"
    return lab.cluster.sacctmgr("-nP", "show", "assoc", f"account={WEATHER}", f"format={fields}").stdout


def set_by_hand(lab: Site, *words: str) -> None:
    answer = lab.cluster.sacctmgr("-i", "modify", *words)
    assert answer.returncode == 0, answer.stderr


def test_a_pause_takes_no_job_and_is_over_without_a_trace(climate: Climate) -> None:
    lab, _, resource = climate
    set_by_hand(lab, "account", "where", f"name={WEATHER}", "set", "GrpJobs=7")
    before = everything(lab)
    job = lab.cluster.submit(WEATHER, "ada")
    lab.world.set_flags(resource, paused=True)
    said = lab.sync()
    assert said.code == 0, said.text
    assert f"set account {WEATHER}: GrpJobs 7 → 0, GrpSubmitJobs none → 0 (paused)" in said.text
    assert lab.shown(WEATHER, *BLOCKS) == {"grpjobs": "0", "grpsubmit": "0"}
    assert lab.cluster.run("squeue", "-h", "-j", job, "-o", "%T").stdout.strip() == "RUNNING"
    with pytest.raises(RuntimeError):
        lab.cluster.submit(WEATHER, "emmy")
    lab.cluster.finish(job)
    lab.world.set_flags(resource, paused=False)
    said = lab.sync()
    assert "(as it was before)" in said.text
    assert everything(lab) == before
    lab.cluster.finish(lab.cluster.submit(WEATHER, "emmy"))


def test_a_pause_by_qos_gives_back_the_list_somebody_had_set(make_site) -> None:
    lab = make_site(offering={"on_pause": "qos", "paused_qos": "idle"})
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    lab.sync()
    for name in ("idle", "long", "short"):
        assert lab.cluster.sacctmgr("-i", "add", "qos", name).returncode == 0
    set_by_hand(lab, "account", "where", f"name={WEATHER}", "set", "QOS=long,short", "DefaultQOS=short")
    before = everything(lab)
    assert lab.agent("plan", "--detailed-exitcode").code == 0
    lab.world.set_flags(resource, paused=True)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.shown(WEATHER, "qos", "defaultqos") == {"qos": "idle", "defaultqos": "idle"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0
    lab.world.set_flags(resource, paused=False)
    said = lab.sync()
    assert said.code == 0, said.text
    assert everything(lab) == before


def test_a_restriction_puts_back_a_user_somebody_else_had_added(climate: Climate) -> None:
    lab, _, resource = climate
    lab.cluster.sacctmgr("-i", "add", "user", "name=visitor", f"account={WEATHER}", "fairshare=7")
    before = everything(lab)
    lab.world.set_flags(resource, restrict_member_access=True)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == set()
    lab.world.set_flags(resource, restrict_member_access=False)
    said = lab.sync()
    assert said.code == 0, said.text
    assert f"put user visitor back into account {WEATHER}" in said.text
    assert sorted(everything(lab).splitlines()) == sorted(before.splitlines())


def test_a_disabled_account_keeps_its_limits_and_comes_back_with_a_restore(make_site) -> None:
    lab = make_site(offering={"on_terminate": "disable"})
    lab.world.set_options(lab.offering, can_restore_resource=True)
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.sync()
    lab.world.order_terminate(resource)
    planned = lab.agent("plan")
    assert f"disable account {WEATHER} and remove its 2 user(s)" in planned.text
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.accounts() == {WEATHER}
    assert lab.users(WEATHER) == set()
    assert lab.described(WEATHER).startswith(f"waldur-{resource} (terminated 20")
    assert lab.limits(WEATHER) == IN_SLURM
    assert lab.order_states(resource)[-1] == ("Terminate", "done")
    assert lab.agent("plan", "--detailed-exitcode").code == 0

    lab.world.order_restore(resource)
    said = lab.sync()
    assert said.code == 75, "the server says nothing certain of the team while the resource is not back"
    assert lab.order_states(resource)[-1] == ("Restore", "done")
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.described(WEATHER) == f"waldur-{resource} climate weather"
    assert lab.shown(WEATHER, *BLOCKS) == {"grpjobs": "", "grpsubmit": ""}
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.order_states(resource)[-1] == ("Restore", "done")
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_project_that_moves_to_another_customer_takes_its_allocation_along(make_site) -> None:
    lab = make_site(offering={"account_tree": ["customer", "project"], "remove_empty_accounts": True})
    project = lab.project("Climate", "ada")
    lab.order(project, "weather")
    said = lab.sync()
    assert said.code == 0, said.text

    def above(account: str) -> str:
        return lab.shown(account, "parentname")["parentname"]

    level = above(WEATHER)
    customer = above(level)
    assert "(project) climate" in lab.described(level)
    assert "(customer) climate university" in lab.described(customer)
    assert above(customer) == "root"
    assert lab.agent("plan", "--detailed-exitcode").code == 0

    lab.world.move_project(project, lab.world.create_customer("Ocean Institute"))
    said = lab.sync()
    assert f"move account {level} from {customer}" in said.text
    assert (above(WEATHER), above(level) != customer) == (level, True)
    assert lab.users(WEATHER) == {"ada"}
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert customer not in lab.accounts()
    assert lab.agent("plan", "--detailed-exitcode").code == 0
