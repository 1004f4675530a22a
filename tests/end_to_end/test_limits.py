"""Limits through their life: other amounts, what would kill running jobs, a QOS of the account's own, paid ahead."""

import time
from datetime import UTC, datetime

from tests.fixtures.site import IN_SLURM, Site

WEATHER = "climate-1-weather-1"
Climate = tuple[Site, str, str]


def test_more_and_less_are_set_as_they_are_ordered(climate: Climate) -> None:
    lab, _, resource = climate
    for amounts, minutes in (({"cpu": 2000, "mem": 8000}, "120000"), ({"cpu": 500, "mem": 4000}, "30000")):
        lab.world.order_update(resource, amounts)
        said = lab.sync()
        assert said.code == 0, said.text
        assert f"→ {minutes}" in said.text
        assert lab.limits(WEATHER)["cpu"] == minutes
        assert lab.order_states(resource)[-1] == ("Update", "done")
        assert lab.world.resource(resource)["limits"] == amounts
        assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_component_that_is_not_ordered_any_more_is_cleared(climate: Climate) -> None:
    lab, _, resource = climate
    lab.world.order_update(resource, {"cpu": 1000})
    said = lab.sync()
    assert said.code == 0, said.text
    assert "GrpTRESMins mem 245760000 → none" in said.text
    assert lab.limits(WEATHER) == {"cpu": "60000"}


def test_a_limit_that_would_kill_a_running_job_waits_for_it(climate: Climate) -> None:
    lab, _, resource = climate
    job = lab.cluster.submit(WEATHER, "ada")
    lab.world.order_update(resource, {"cpu": 0, "mem": 4000})
    planned = lab.agent("plan")
    assert f"set account {WEATHER}: GrpTRESMins cpu 60000 → 0; 1 running job(s) finish first" in planned.text
    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
        assert f"1 job(s) still run: {job}; nothing new starts until the limit is set" in said.text
        assert lab.limits(WEATHER) == IN_SLURM
        assert lab.shown(WEATHER, "grpjobs") == {"grpjobs": "0"}
        assert lab.order_states(resource)[-1] == ("Update", "executing")
    assert lab.cluster.run("squeue", "-h", "-j", job, "-o", "%T").stdout.strip() == "RUNNING"
    assert "still run" in lab.world.resource(resource)["report"][0]["body"]

    lab.cluster.finish(job)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.limits(WEATHER)["cpu"] == "0"
    assert lab.shown(WEATHER, "grpjobs") == {"grpjobs": ""}
    assert lab.order_states(resource)[-1] == ("Update", "done")


def test_on_a_qos_of_its_own_an_account_has_limits_that_never_decay(make_site) -> None:
    lab = make_site(offering={"limits_on": "qos"})
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    said = lab.sync()
    assert said.code == 0, said.text

    def qos() -> list[str]:
        words = ("show", "qos", WEATHER, "format=grptresmins,flags,description")
        return lab.cluster.sacctmgr("-nP", *words).stdout.strip().split("|")

    limits, flags, text = qos()
    assert dict(pair.split("=") for pair in limits.split(",")) == IN_SLURM
    assert flags == "NoDecay"
    assert text.startswith(f"waldur-{resource} (qos {lab.offering})")
    account = lab.shown(WEATHER, "qos", "defaultqos", "grptresmins")
    assert account == {"qos": WEATHER, "defaultqos": WEATHER, "grptresmins": ""}
    assert lab.users(WEATHER) == {"ada"}
    lab.world.order_update(resource, {"cpu": 2000, "mem": 4000})
    said = lab.sync()
    assert said.code == 0, said.text
    assert dict(pair.split("=") for pair in qos()[0].split(","))["cpu"] == "120000"
    assert lab.order_states(resource)[-1] == ("Update", "done")
    assert lab.agent("plan", "--detailed-exitcode").code == 0

    lab.world.order_terminate(resource)
    lab.sync()
    said = lab.sync()
    assert said.code == 0, said.text
    assert f"remove QOS {WEATHER}" in said.text
    assert qos() == [""]


def first_of_month(later: int) -> str:
    now = datetime.fromtimestamp(time.time(), UTC)
    year, month = divmod(now.year * 12 + now.month - 1 + later, 12)
    return f"{year}-{month + 1:02}-01"


def test_what_is_paid_ahead_counts_for_every_month_until_the_end(make_site) -> None:
    components = {"cpu": {"tres": "cpu", "factor": 60, "prepaid": True}, "mem": {"tres": "mem", "factor": 61_440}}
    lab = make_site(offering={"components": components})
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    lab.world.end_resource(resource, first_of_month(4))
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.limits(WEATHER) == {**IN_SLURM, "cpu": "240000"}
    lab.world.end_resource(resource, first_of_month(6))
    lab.sync()
    assert lab.limits(WEATHER) == {**IN_SLURM, "cpu": "360000"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0
