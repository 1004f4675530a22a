"""What somebody changed by hand in Slurm is as it was ordered again after the next cycle."""

from tests.fixtures.site import IN_SLURM, Site

WEATHER = "climate-1-weather-1"
Climate = tuple[Site, str, str]


def set_by_hand(lab: Site, *words: str) -> None:
    answer = lab.cluster.sacctmgr("-i", "modify", "account", "where", f"name={WEATHER}", "set", *words)
    assert answer.returncode == 0, answer.stderr


def partition(lab: Site, name: str) -> dict[str, str]:
    shown = lab.cluster.run("scontrol", "-o", "show", "partition", name).stdout
    return dict(word.partition("=")[::2] for word in shown.split())


def test_a_lowered_limit_is_raised_at_once(climate: Climate) -> None:
    lab, _, _ = climate
    set_by_hand(lab, "GrpTRESMins=cpu=1")
    assert lab.sync().code == 0
    assert lab.limits(WEATHER) == IN_SLURM


def test_a_raised_limit_of_which_little_was_used_is_lowered_at_once(climate: Climate) -> None:
    lab, _, _ = climate
    set_by_hand(lab, "GrpTRESMins=cpu=99999999")
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.limits(WEATHER) == IN_SLURM


def test_a_manual_limit_never_reaches_the_marketplace(climate: Climate) -> None:
    lab, _, resource = climate
    set_by_hand(lab, "GrpTRESMins=cpu=1")
    lab.sync()
    assert lab.world.resource(resource)["limits"] == {"cpu": 1000, "mem": 4000}


def test_an_association_removed_by_hand_comes_back(climate: Climate) -> None:
    lab, _, _ = climate
    lab.cluster.sacctmgr("-i", "delete", "user", "where", "name=ada", f"account={WEATHER}")
    assert lab.users(WEATHER) == {"emmy"}
    assert lab.sync().code == 0
    assert lab.users(WEATHER) == {"ada", "emmy"}


def test_an_account_removed_by_hand_comes_back_whole(climate: Climate) -> None:
    lab, _, _ = climate
    lab.cluster.sacctmgr("-i", "delete", "account", "where", f"name={WEATHER}")
    assert lab.accounts() == set()
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.limits(WEATHER) == IN_SLURM


def test_partitions_are_set_as_the_offering_says_and_set_again(make_site) -> None:
    lab = make_site()
    described = lab.world.add_partition(lab.offering, "cpu", max_time=120, default_time=30)
    lab.world.add_partition(lab.offering, "moon", max_time=1)
    said = lab.sync()
    assert "partition moon of offering HPC 1 does not exist in Slurm; make it in slurm.conf" in said.text
    assert partition(lab, "cpu")["MaxTime"] == "02:00:00"
    assert partition(lab, "cpu")["DefaultTime"] == "00:30:00"
    lab.cluster.run("scontrol", "update", "PartitionName=cpu", "MaxTime=5")
    lab.sync()
    assert partition(lab, "cpu")["MaxTime"] == "02:00:00"
    lab.world.update_partition(described, max_time=240)
    lab.sync()
    assert partition(lab, "cpu")["MaxTime"] == "04:00:00"
    assert lab.counted()[0].writes == 0
