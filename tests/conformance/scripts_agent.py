"""The very lines the agent sends, made by the functions that make them."""

from agent.core.model.cluster import Account, Association, Qos
from backends.slurm import accounting, commands, coordinators, load_text
from backends.slurm.dialogue import stdin
from backends.slurm.membership import Membership
from backends.slurm.products import removal_commands
from tests.conformance.scripts_batches import ALL
from tests.conformance.steps import Command, Script, script

MARKER = "waldur-6f1ed002ab5595859014ebf0951522d9"
ACCOUNTS = (
    Account(name="hpc", parent="root", organization=MARKER, description=MARKER),
    Account(
        name="hpc_proj",
        parent="hpc",
        organization=MARKER,
        description=f"{MARKER} climate models",
        grp_tres_mins={"cpu": 60_000, "mem": 61_440_000, "gres/gpu": 600},
        grp_submit_jobs=0,
    ),
)
MEMBERS = tuple(Association(account="hpc_proj", user=user) for user in ("alice", "bob", "carol"))
NARROW = (
    Association(account="hpc_proj", user="alice", partition="gpu", max_submit_jobs=3),
    Association(account="hpc_proj", user="dave", partition="cpu"),
    Association(account="hpc_proj", user="dave", partition="gpu"),
)
MEMBERSHIP = Membership(
    accounts={
        "alice": frozenset({"hpc_proj", "other"}),
        "bob": frozenset({"hpc_proj"}),
        "carol": frozenset({"hpc_proj"}),
    },
    defaults=dict.fromkeys(("alice", "bob", "carol"), "hpc_proj"),
)
LIMITED = Qos(
    name="hpc_proj", description=f"{MARKER} climate models", flags=("NoDecay",), grp_tres_mins={"cpu": 600},
    grp_tres={"gres/gpu": 2}, max_tres={"cpu": 8}, grp_wall=90,
)  # fmt: skip
COUNTED = (
    "show assoc_mgr flags=assoc accounts=hpc,hpc_proj\nshow assoc_mgr flags=qos qos=hpc_proj\nshow hostnames end\n"
)
MADE = Command(
    line="sacctmgr -inPQ",
    stdin=stdin([commands.load("{folder}/agent.cfg"), *commands.show_associations_of("lab", ["hpc", "hpc_proj"])]),
    files={"agent.cfg": load_text.load_file("lab", ACCOUNTS, MEMBERS)},
)


def reads() -> Command:
    """Everything of the accounting, as one session."""
    return Command(line="sacctmgr -nP", stdin=stdin(accounting.commands("lab")))


def writes(*lines: tuple[str, ...]) -> Command:
    """Changes, as one session."""
    return Command(line="sacctmgr -inPQ", stdin=stdin([line for each in lines for line in each]))


def loads(text: str) -> Command:
    """A load file, as a session."""
    return Command(line="sacctmgr -inPQ", stdin=stdin([commands.load("{folder}/more.cfg")]), files={"more.cfg": text})


SCRIPTS: tuple[Script, ...] = (
    script("what the agent reads of an empty cluster", reads()),
    script(
        "what the agent makes, changes and reads",
        MADE,
        reads(),
        writes(
            commands.add_users("lab", "hpc_proj", ["dave", "alice"]),
            commands.set_accounts("lab", ["hpc_proj"], "GrpTRESMins=cpu=120,mem=-1 GrpSubmitJobs=-1"),
            commands.set_users("lab", ["alice", "bob"], ["hpc_proj"], "MaxSubmitJobs=0"),
        ),
        reads(),
        writes(
            commands.show_texts_of(["hpc_proj", "nosuch"]),
            commands.show_default_accounts(["alice", "nosuch"]),
            commands.show_associations_of_users("lab", ["alice"]),
            (commands.show_account_tree("lab"),),
            commands.show_clusters_of(["hpc", "hpc_proj"]),
        ),
        ALL,
    ),
    script(
        "what the agent does with QOS",
        MADE,
        writes(
            (commands.add_qos(LIMITED),),
            commands.set_accounts("lab", ["hpc_proj"], f"QOS={LIMITED.name} DefaultQOS={LIMITED.name}"),
            commands.set_qos([LIMITED.name], "GrpTRESMins=cpu=-1,gres/gpu=7 GrpJobs=0"),
            commands.SHOW_QOS,
            commands.show_associations_of("lab", ["hpc", "hpc_proj"]),
        ),
        writes(commands.reset_usage("lab", ["hpc", "hpc_proj"], [LIMITED.name])),
        Command(
            line="scontrol -o",
            stdin=COUNTED,
            find=r"^scontrol: .*$|\b(?:Account|QOS|UserName)=[a-z_]*|GrpTRESMins=.*?\)",
        ),
        writes(commands.delete_qos([LIMITED.name])),
        writes(
            commands.set_accounts("lab", ["hpc_proj"], "QOS= DefaultQOS=-1"),
            commands.delete_qos([LIMITED.name]),
            commands.SHOW_QOS,
        ),
        reads(),
    ),
    script(
        "what the agent changes of many",
        MADE,
        Command(
            line="sacctmgr -inPQ",
            stdin=stdin([commands.load("{folder}/limits.cfg")]),
            files={
                "limits.cfg": load_text.limits_file(
                    "lab", [(ACCOUNTS[1], ("GrpTRESMins=cpu=5,mem=-1", "GrpJobs=0", "Fairshare=4"))]
                )
            },
        ),
        "sacctmgr -iQ add account name=other",
        "sacctmgr -iQ add user name=alice,bob account=other",
        Command(
            line="sacctmgr -inPQ",
            stdin=stdin([commands.load("{folder}/defaults.cfg")]),
            files={"defaults.cfg": load_text.defaults_file("lab", dict.fromkeys(("alice", "bob"), "other"))},
        ),
        "sacctmgr -nP show user format=User,DefaultAccount",
        writes((commands.set_texts(ACCOUNTS[0]),)),
        reads(),
    ),
    script(
        "what the agent does with associations of single partitions",
        MADE,
        loads(load_text.load_file("lab", (), NARROW)),
        writes(
            commands.set_users("lab", ["alice", "dave"], ["hpc_proj"], "MaxSubmitJobs=5", ""),
            commands.set_users("lab", ["alice", "dave"], ["hpc_proj"], "MaxSubmitJobs=6", "gpu"),
            commands.set_users("lab", ["bob", "dave"], ["hpc_proj"], "MaxSubmitJobs=0"),
        ),
        loads(load_text.limits_file("lab", [(each, ("MaxSubmitJobs=9",)) for each in NARROW[:2]])),
        "sacctmgr -iQ add account name=aside",
        "sacctmgr -iQ add user name=dave account=aside",
        writes(commands.set_default_account("lab", ["dave"], "aside")),
        loads(load_text.defaults_file("lab", {"dave": "hpc_proj"}, {("hpc_proj", "dave"): "cpu"})),
        Command(line="sacctmgr -nP", stdin=stdin([commands.SHOW_DEFAULT_ACCOUNTS, commands.SHOW_CLUSTER])),
        reads(),
    ),
    script(
        "what the agent does with coordinators",
        MADE,
        writes(
            coordinators.add_lines([("hpc_proj", "alice"), ("hpc_proj", "bob"), ("hpc", "bob")]),
            coordinators.add_lines([("hpc_proj", "nobody"), ("hpc_proj", "carol")]),
            coordinators.show_coordinators_of(["hpc", "hpc_proj"]),
        ),
        Command(line="sacctmgr -nP", stdin=stdin([coordinators.SHOW_COORDINATORS, commands.SHOW_CLUSTER])),
        writes(
            coordinators.remove_lines([("hpc_proj", "bob"), ("hpc_proj", "carol")], [("hpc_proj", "bob")]),
            coordinators.show_coordinators_of(["hpc", "hpc_proj"]),
        ),
    ),
    script(
        "what the agent removes",
        MADE,
        "sacctmgr -iQ add account name=other",
        "sacctmgr -iQ add user name=alice account=other",
        writes(
            removal_commands("lab", [(each.account, each.user) for each in MEMBERS], MEMBERSHIP),
            commands.delete_accounts(["hpc_proj"], "lab"),
            commands.delete_accounts(["hpc_proj", "hpc"], None),
        ),
        reads(),
        ALL,
    ),
)
