"""What slurmctld counts, out of its own words."""

import pytest

from agent.core.model.cluster import Counted
from agent.errors import Unavailable

ACCOUNT = (
    "ClusterName=lab Account=p1 UserName= Partition= Priority=0 ID=5 SharesRaw/Norm/Level/Factor=1/0.5/2/0.0 "
    "GrpJobs=N(2) GrpJobsAccrue=N(0) GrpSubmitJobs=N(2) GrpWall=N(3.10) "
    "GrpTRES=cpu=N(2) GrpTRESMins=cpu=1000(41),mem=N(0),gres/gpu=N(7) GrpTRESRunMins=cpu=N(9)"
)
USER = ACCOUNT.replace("UserName=", "UserName=alice(20000)").replace("(41)", "(40)")
QOS = "QOS=gold(6) UsageRaw=9.000000 GrpJobs=N(1) GrpSubmitJobs=N(1) GrpTRESMins=cpu=600(8),mem=N(0)"


def answering(*lines: str) -> str:
    shown = "\n".join(f"echo '{line}'" for line in lines)
    return f"""while IFS= read -r line; do
  echo "scontrol: $line"
  case "$line" in "show assoc_mgr"*) {shown} ;; esac
done
echo "scontrol: "
"""


def test_minutes_are_rounded_up_and_what_is_not_used_is_left_out(fake_site, counted):
    fake_site.script("scontrol", answering("Association Records", ACCOUNT, USER))
    found = counted(fake_site).slurm.counted(["p1", "unknown"], [])
    assert found == {"p1": Counted(used={"cpu": 42, "gres/gpu": 8}, running=2)}


def test_a_qos_has_its_own_count(fake_site, counted):
    fake_site.script("scontrol", answering("QOS Records", QOS))
    assert counted(fake_site).slurm.counted([], ["gold"]) == {"gold": Counted(used={"cpu": 9}, running=1)}


def test_an_account_of_another_cluster_is_not_counted(fake_site, counted):
    fake_site.script("scontrol", answering(ACCOUNT.replace("=lab", "=far")))
    assert counted(fake_site).slurm.counted(["p1"], []) == {}


@pytest.mark.parametrize("line", [ACCOUNT.replace("GrpJobs=N(2) ", ""), ACCOUNT.replace("GrpTRESMins", "Grp")])
def test_an_answer_that_is_not_understood_is_an_outage(fake_site, counted, line):
    fake_site.script("scontrol", answering(line))
    with pytest.raises(Unavailable, match="not understood"):
        counted(fake_site).slurm.counted(["p1"], [])


def test_a_controller_that_is_away_is_an_outage_and_not_a_count_of_nothing(fake_site, counted):
    fake_site.script(
        "scontrol", "echo 'slurm_load_assoc_mgr_info error: Unable to contact slurm controller' >&2; exit 1"
    )
    with pytest.raises(Unavailable):
        counted(fake_site).slurm.counted(["p1"], [])


def test_a_name_that_cannot_be_asked_about_reaches_no_program(fake_site, counted):
    cluster = counted(fake_site)
    with pytest.raises(Unavailable, match="not a name"):
        cluster.slurm.counted(["a b"], [])
    assert cluster.started == []
