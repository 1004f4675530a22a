"""scontrol: the configuration, nodes and partitions."""

from tests.conformance.steps import Command, script

KEYS = (
    "AccountingStorageEnforce", "AccountingStorageTRES", "ClusterName", "PriorityDecayHalfLife",
    "PriorityUsageResetPeriod", "SLURM_VERSION", "SlurmUser", "PriorityType", "EnforcePartLimits",
)  # fmt: skip
CONFIG = rf"^(?:{'|'.join(KEYS)}) .*$"
SHOW = "scontrol -o show partition cpu"


def update(*settings: str) -> str:
    """Updates of the partition cpu, each followed by what is shown then."""
    return "\n".join(f"scontrol update partitionname=cpu {setting}\n{SHOW}" for setting in settings)


SCRIPTS = (
    script(
        "the configuration and the nodes",
        Command(line="scontrol show config", find=CONFIG),
        Command(line="scontrol -o show node", find=r"NodeName=\S+|RealMemory=\d+|CfgTRES=\S+"),
        "scontrol -o show partition",
        "scontrol show partition gpu",
        "scontrol -o show partition nosuch",
    ),
    script(
        "several questions on one stdin",
        Command(line="scontrol -o", stdin="show partition gpu\nshow partition nosuch\nshow partition cpu\n"),
        Command(
            line="scontrol -o",
            stdin="show config\nshow partition\n",
            find=rf"{CONFIG}|^scontrol: .*$|^PartitionName=\w+",
        ),
        Command(line="scontrol -o", stdin="update partitionname=gpu maxtime=60\nbogus\nshow partition gpu\n"),
    ),
    script(
        "numbers and times of a partition",
        update(
            "MaxTime=60",
            "MaxTime=2-0",
            "MaxTime=UNLIMITED",
            "DefaultTime=30",
            "DefaultTime=1-2:03:04",
            "DefaultTime=UNLIMITED",
        ),
        update("GraceTime=120", "GraceTime=0", "MaxNodes=1", "MaxNodes=UNLIMITED", "MinNodes=1", "MinNodes=0"),
        update("MaxCPUsPerNode=8", "MaxCPUsPerNode=UNLIMITED", "PriorityTier=5", "PriorityTier=1"),
    ),
    script(
        "memory is one setting with two names",
        update(
            "DefMemPerCPU=500",
            "DefMemPerNode=4000",
            "DefMemPerNode=0",
            "MaxMemPerNode=8000",
            "MaxMemPerCPU=900",
            "MaxMemPerCPU=0",
        ),
    ),
    script(
        "job defaults, flags, binding and QOS of a partition",
        update("JobDefaults=DefCpuPerGPU=4,DefMemPerGPU=2000", "JobDefaults=DefMemPerGPU=1000", "JobDefaults="),
        update("CpuBind=cores", "CpuBind=ldom", "CpuBind=threads", "CpuBind=off"),
        update("ExclusiveUser=YES", "ExclusiveUser=NO", "ReqResv=YES", "ReqResv=NO", "QOS=normal", "QOS="),
        update("AllowAccounts=a,b", "AllowAccounts=ALL", "AllowQos=normal", "AllowQos=ALL", "State=DOWN", "State=UP"),
        update("MaxTime=1-0 DefaultTime=60 PriorityTier=3"),
    ),
    script(
        "settings a partition refuses",
        update(
            "CpuBind=4",
            "QOS=nosuch",
            "PriorityTier=70000",
            "DefaultTime=NONE",
            "MaxCPUsPerSocket=4",
            "DefMemPerCPU=UNLIMITED",
            "DefCpuPerGPU=4",
            "Nosuch=1",
        ),
        update("PriorityTier=7 Nosuch=1", "MaxTime=abc"),
        """
        scontrol update partitionname=nosuch maxtime=60
        scontrol create partitionname=cpu
        scontrol delete partitionname=nosuch
        """,
    ),
    script(
        "making and deleting a partition; names have their case",
        """
        scontrol create partitionname=P1 nodes=node1 maxtime=60
        scontrol create partitionname=p1 nodes=node1
        scontrol -o show partition P1
        scontrol -o show partition p1
        scontrol delete partitionname=P1
        scontrol delete partitionname=p1
        scontrol -o show partition P1
        """,
    ),
    script("whether the controller is there", Command(line="scontrol ping", find="is UP")),
)
