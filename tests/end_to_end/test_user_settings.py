"""What the settings say of every user: coordinators, partitions, QOS and default account, as sacctmgr shows them."""

import os
import subprocess

import pytest

from agent.sandbox.real.slurm import RealCluster
from tests.end_to_end.conftest import MakeSite
from tests.end_to_end.recording import Recorded
from tests.fixtures.site import LabCluster, Site

WEATHER, EVERYBODY = "climate-1-weather-1", "everybody"
MANAGER = "PROJECT.MANAGER"


def coordinators(lab: Site) -> set[str]:
    shown = lab.cluster.sacctmgr("-nP", "show", "account", WEATHER, "withcoord", "format=coordinators").stdout
    return set(filter(None, shown.strip().split(",")))


def associations(lab: Site, account: str) -> set[tuple[str, ...]]:
    """(user, partition, QOS, default QOS) of every user in an account."""
    words = ("show", "assoc", f"account={account}", "format=user,partition,qos,defaultqos")
    rows = (tuple(line.split("|")) for line in lab.cluster.sacctmgr("-nP", *words).stdout.splitlines())
    return {(user, partition, ",".join(sorted(qos.split(","))), own) for user, partition, qos, own in rows if user}


def default_account(lab: Site, user: str) -> str:
    words = ("show", "user", f"user={user}", "format=defaultaccount")
    return lab.cluster.sacctmgr("-nP", *words).stdout.strip()


def by_hand(lab: Site, *words: str) -> None:
    answer = lab.cluster.sacctmgr("-i", *words)
    assert answer.returncode == 0, answer.stderr


def managed(make_site: MakeSite) -> tuple[Site, str]:
    """An allocation of ada, who manages its project, and of emmy: (site, project)."""
    lab = make_site(offering={"coordinators": True})
    project = lab.project("Climate", "emmy")
    lab.join(project, "ada", role=MANAGER)
    lab.order(project, "weather")
    said = lab.sync()
    assert said.code == 0, said.text
    return lab, project


def test_a_manager_coordinates_the_account_until_somebody_else_does(make_site: MakeSite) -> None:
    lab, project = managed(make_site)
    assert coordinators(lab) == {"ada"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0

    lab.leave(project, "ada")
    lab.join(project, "ada")
    lab.join(project, "emmy", role=MANAGER)
    lab.sync()
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert coordinators(lab) == {"emmy"}
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_coordinator_whom_an_administrator_made_stays(make_site: MakeSite) -> None:
    lab, project = managed(make_site)
    by_hand(lab, "add", "coordinator", f"account={WEATHER}", "name=emmy")
    lab.leave(project, "ada")
    lab.sync()
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert coordinators(lab) == {"emmy"}
    assert lab.users(WEATHER) == {"emmy"}


@pytest.mark.real_slurm
def test_a_coordinator_may_set_limits_of_the_accounts_users_and_nobody_else_may(
    make_site: MakeSite, cluster_site: LabCluster
) -> None:
    if not isinstance(cluster_site, RealCluster):
        pytest.skip("the embedded cluster knows no callers")
    for name in ("ada", "emmy"):  # slurmdbd looks a uid up when a user is added
        cluster_site._users.add(name)
    lab, _ = managed(make_site)
    assert as_user(cluster_site, "emmy", "user", "name=ada", f"account={WEATHER}", "set", "MaxJobs=3").returncode != 0
    answer = as_user(cluster_site, "ada", "user", "name=emmy", f"account={WEATHER}", "set", "MaxJobs=3")
    assert answer.returncode == 0, answer.stderr
    words = ("show", "assoc", f"account={WEATHER}", "user=emmy", "format=maxjobs")
    assert lab.cluster.sacctmgr("-nP", *words).stdout.strip() == "3"


def as_user(cluster: RealCluster, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """``sacctmgr modify`` as that user of the cluster."""
    uid = cluster._users.names[name]
    who = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    environ = {"SLURM_CONF": str(cluster.conf), "PATH": os.environ["PATH"], "TZ": "UTC"}
    argv = [*who, cluster.bin / "sacctmgr", "-i", "modify", *words]
    return subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_users_have_the_partitions_qos_and_default_account_of_the_settings(
    make_site: MakeSite, commands: Recorded
) -> None:
    wanted = {
        "user_partitions": ["cpu", "gpu"],
        "user_qos": ["normal", "long"],
        "user_default_qos": "long",
        "default_account": EVERYBODY,
    }
    lab = make_site(tools=commands, offering=wanted)
    by_hand(lab, "add", "qos", "long")
    by_hand(lab, "add", "account", EVERYBODY)
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")
    for _ in range(3):
        said = lab.sync()
        assert said.code == 0, said.text
    rows = {(user, partition, "long,normal", "long") for user in ("ada", "emmy") for partition in ("cpu", "gpu")}
    assert associations(lab, WEATHER) == rows
    assert lab.users(EVERYBODY) == {"ada", "emmy"}
    assert {default_account(lab, user) for user in ("ada", "emmy")} == {EVERYBODY}
    assert lab.order_states(resource) == [("Create", "done")]
    lab.cluster.finish(lab.cluster.submit(WEATHER, "ada", partition="gpu"))  # type: ignore[call-arg]  # both take it
    cost, cycle, _ = lab.counted()
    assert cycle.plan.empty, cycle.plan.actions
    assert (cost.writes, lab.posts()) == (0, [])

    by_hand(
        lab, "modify", "user", "where", "name=ada", f"account={WEATHER}", "partition=gpu", "set", "DefaultQOS=normal"
    )
    by_hand(lab, "delete", "user", "where", "name=emmy", f"account={WEATHER}", "partition=gpu")
    said = lab.sync()
    assert said.code == 0, said.text
    assert associations(lab, WEATHER) == rows

    lab.leave(project, "ada")
    for _ in range(3):
        lab.sync("--confirm-removals")
    assert lab.users(WEATHER) == lab.users(EVERYBODY) == {"emmy"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_default_account_that_does_not_exist_is_said_and_holds_up_nothing(make_site: MakeSite) -> None:
    lab = make_site(offering={"default_account": "nowhere"})
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    said = lab.sync()
    assert "its default_account nowhere does not exist; make it: sacctmgr add account nowhere" in said.text
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.users(WEATHER) == {"ada"}
