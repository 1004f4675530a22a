"""The very lines the agent sends, made by the functions that make them."""

from agent.core.model.cluster import Account, Association
from backends.slurm import accounting, commands
from backends.slurm.dialogue import stdin
from backends.slurm.removal import Membership, removal_commands
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
MEMBERSHIP = Membership(
    accounts={
        "alice": frozenset({"hpc_proj", "other"}),
        "bob": frozenset({"hpc_proj"}),
        "carol": frozenset({"hpc_proj"}),
    },
    defaults=dict.fromkeys(("alice", "bob", "carol"), "hpc_proj"),
)
MADE = Command(
    line="sacctmgr -inPQ",
    stdin=stdin([commands.load("{folder}/agent.cfg"), *commands.show_associations_of("lab", ["hpc", "hpc_proj"])]),
    files={"agent.cfg": commands.load_file("lab", ACCOUNTS, MEMBERS)},
)


def reads() -> Command:
    """Everything of the accounting, as one session."""
    return Command(line="sacctmgr -nP", stdin=stdin(accounting.commands("lab")))


def writes(*lines: tuple[str, ...]) -> Command:
    """Changes, as one session."""
    return Command(line="sacctmgr -inPQ", stdin=stdin([line for each in lines for line in each]))


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
