"""The marketplace's partition fields in Slurm's words and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Partition
from backends.slurm.controller import partition
from backends.slurm.partition_fields import CPU_BIND, CPU_BIND_OFF, FIELDS, observed_fields, written
from backends.slurm.partitions import planned

OLD, NEW = (22, 5), (26, 5)
PLAIN = (
    "PartitionName=gpu AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=NO QoS=N/A DefaultTime=NONE "
    "ExclusiveUser=NO GraceTime=0 Hidden=NO MaxNodes=UNLIMITED MaxTime=UNLIMITED MinNodes=0 LLN=NO "
    "MaxCPUsPerNode=UNLIMITED Nodes=node[1-2] PriorityTier=1 ReqResv=NO State=UP JobDefaults=(null) "
    "DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED TRES=cpu=32,mem=125G TRESBillingWeights=CPU=1.0,Mem=0.25G"
)
SET = (
    "PartitionName=gpu CpuBind=cores  QoS=long DefaultTime=1-00:30:00 ExclusiveUser=YES GraceTime=5 MaxNodes=2 "
    "MaxTime=01:30:00 MinNodes=1 MaxCPUsPerNode=8 MaxCPUsPerSocket=4 PriorityTier=9 ReqResv=YES State=UP "
    "JobDefaults=DefCpuPerGPU=4,DefMemPerGPU=2000 DefMemPerCPU=500 MaxMemPerNode=4000"
)


def test_what_is_unset_is_left_out_or_is_the_marketplaces_own_word_for_it():
    assert partition(PLAIN).fields == {
        "cpu_bind": CPU_BIND_OFF,
        "def_mem_per_cpu": 0,
        "def_mem_per_node": 0,
        "max_mem_per_cpu": 0,
        "max_mem_per_node": 0,
        "grace_time": 0,
        "min_nodes": 0,
        "exclusive_topo": False,
        "exclusive_user": False,
        "priority_tier": 1,
        "qos": "",
        "req_resv": False,
    }


def test_every_field_is_read_in_the_marketplaces_units():
    assert partition(SET).fields == {
        "cpu_bind": 4,
        "def_cpu_per_gpu": 4,
        "def_mem_per_gpu": 2000,
        "max_cpus_per_node": 8,
        "max_cpus_per_socket": 4,
        "def_mem_per_cpu": 500,
        "def_mem_per_node": 0,
        "max_mem_per_cpu": 0,
        "max_mem_per_node": 4000,
        "default_time": 1470,
        "max_time": 90,
        "grace_time": 5,
        "max_nodes": 2,
        "min_nodes": 1,
        "exclusive_topo": False,
        "exclusive_user": True,
        "priority_tier": 9,
        "qos": "long",
        "req_resv": True,
    }


@pytest.mark.parametrize(("word", "user", "topo"), [("NO", False, False), ("USER", True, False), ("TOPO", False, True)])
def test_the_two_exclusive_flags_are_one_word_in_new_versions(word, user, topo):
    fields = observed_fields({"Exclusive": word})
    assert (fields["exclusive_user"], fields["exclusive_topo"]) == (user, topo)


@pytest.mark.parametrize("line", ["", "NodeName=node1 State=UP", "PartitionName= MaxTime=1 MaxNodes=1 State=UP"])
def test_what_is_no_partition_is_refused(line):
    with pytest.raises(ValueError, match="not a partition"):
        partition(line)


NUMBERS = sorted(set(FIELDS) - {"cpu_bind", "qos", "def_cpu_per_gpu", "def_mem_per_gpu", "default_time", "max_time"})
NUMBERS = [name for name in NUMBERS if not isinstance(observed_fields({}).get(name), bool)]


@given(st.sampled_from(NUMBERS), st.integers(0, 65533))
def test_a_number_that_is_written_is_what_will_be_read(name, value):
    assert observed_fields({FIELDS[name].key: written(name, value, NEW)})[name] == value


@given(st.integers(0, 10**6))
def test_minutes_are_read_from_days_hours_and_minutes(minutes):
    days, rest = divmod(minutes, 1440)
    shown = f"{days}-{rest // 60:02}:{rest % 60:02}:00"
    assert observed_fields({"MaxTime": shown})["max_time"] == minutes


@pytest.mark.parametrize(("number", "word"), CPU_BIND.items())
def test_a_binding_is_written_as_a_word_and_read_as_the_number(number, word):
    assert written("cpu_bind", number, OLD) == word
    assert observed_fields({"CpuBind": word})["cpu_bind"] == number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cpu_bind", 1),
        ("cpu_bind", True),
        ("max_time", -1),
        ("max_time", True),
        ("max_time", "60"),
        ("priority_tier", 70000),
        ("exclusive_user", 1),
        ("qos", "a b"),
        ("qos", "Upper"),
        ("max_nodes", 2**31),
        ("cpu_arch", "x86_64/zen3"),
    ],
)
def test_a_value_slurm_would_refuse_or_misread_is_refused_here(name, value):
    with pytest.raises(ValueError, match=name):
        written(name, value, NEW)


def test_a_field_of_a_later_version_says_from_when_it_exists():
    with pytest.raises(ValueError, match=r"max_cpus_per_socket needs Slurm 23.02, this is 22.05"):
        written("max_cpus_per_socket", 4, OLD)
    assert written("max_cpus_per_socket", 4, (23, 2)) == "4"


def command(wanted, line=PLAIN, version=OLD):
    update, objections = planned("gpu", wanted, partition(line), version)
    return update.command if update else None, objections


def test_the_other_job_default_is_sent_again():
    assert command({"def_cpu_per_gpu": 8}, SET) == (
        "update PartitionName=gpu JobDefaults=DefCpuPerGPU=8,DefMemPerGPU=2000",
        (),
    )


def test_two_limits_for_one_slot_are_refused_and_the_rest_is_set():
    line, (objection,) = command({"def_mem_per_cpu": 5, "def_mem_per_node": 6, "max_time": 7})
    assert line == "update PartitionName=gpu MaxTime=7"
    assert "def_mem_per_cpu and def_mem_per_node are one setting" in objection


def test_of_one_slot_only_the_limit_is_sent():
    assert command({"max_mem_per_cpu": 0, "max_mem_per_node": 6})[0] == "update PartitionName=gpu MaxMemPerNode=6"
    assert command({"max_mem_per_cpu": 0, "max_mem_per_node": 0})[0] == "update PartitionName=gpu MaxMemPerCPU=0"


def test_a_partition_that_is_not_there_is_not_made():
    update, (objection,) = planned("gpu", {"max_time": 5}, None, OLD)
    assert update is None
    assert "no partition gpu" in objection


def test_nothing_is_sent_when_every_field_is_refused():
    assert command({"priority_tier": 70000})[0] is None


def test_what_is_seen_can_always_be_written():
    seen: Partition = partition(SET)
    for name, value in seen.fields.items():
        assert written(name, value, NEW)
