"""Jobs: the queue, cancelling, and the accounting history."""

from datetime import UTC, datetime
from typing import Any

from tests.conformance.scripts_accounts import TREE
from tests.conformance.steps import Command, Finish, Record, Submit, script

QUEUE = "squeue -h -A proj1,proj2 -t PD,R,CF,CG,S -o '%i|%a|%u|%T'"
SACCT = "sacct -a -D -X -n -P --truncate --noconvert"
COLUMNS = "--format=JobIDRaw,Cluster,Account,User,State,Start,End,ElapsedRaw,AllocTRES,Partition"
NOVEMBER = datetime(2025, 11, 1, tzinfo=UTC).timestamp()
HOUR = 3600.0


def recorded(account: str, user: str, start: float, end: float, **more: Any) -> Record:
    """A job, in hours after the first of November."""
    tres = {"cpu": 4, "mem": 8192, "node": 1, "billing": 4, "gres/gpu": 1}
    return Record(
        account=account, user=user, start=NOVEMBER + start * HOUR, end=NOVEMBER + end * HOUR, tres=tres, **more
    )


SCRIPTS = (
    script(
        "the queue of some accounts, and cancelling",
        TREE,
        QUEUE,
        Submit(account="proj1", user="alice", cpus=2),
        Submit(account="proj2", user="alice", hold=True),
        QUEUE,
        "squeue -h -A proj2 -o '%i|%a|%u|%T'",
        "squeue -h -A nosuch -o '%i|%a|%u|%T'",
        "scancel {job2}",
        "squeue -h -A proj2 -t PD,R,CF,CG,S -o '%i|%a|%u|%T'",
        "scancel {job2}",
        "scancel 999999",
        Finish(1),
        QUEUE,
        f"{SACCT} -S now-1hours --format=JobIDRaw,Account,User,State,AllocTRES,Partition,NCPUS",
    ),
    script(
        "submitting is refused without an association and at a limit of zero",
        TREE,
        Submit(account="proj1", user="alice", hold=True),
        Submit(account="proj2", user="bob", hold=True),
        Submit(account="nosuch", user="alice", hold=True),
        "sacctmgr -iQ modify account where name=proj1 set GrpSubmitJobs=0",
        Submit(account="proj1", user="alice", hold=True),
        Submit(account="proj2", user="alice", hold=True),
        "sacctmgr -iQ modify account where name=proj1 set GrpSubmitJobs=-1",
        "sacctmgr -iQ modify user where name=alice account=proj2 set MaxSubmitJobs=0",
        Submit(account="proj2", user="alice", hold=True),
        Submit(account="proj1", user="alice", hold=True),
    ),
    script(
        "the history of a period, cut at its ends",
        TREE,
        recorded("proj1", "alice", 2, 3),
        recorded("proj1", "bob", -1, 1),
        recorded("proj2", "alice", -30, -20),
        f"{SACCT} -S 2025-10-01 -E 2025-11-01 {COLUMNS}",
        f"{SACCT} -S 2025-11-01T00:00:00 -E 2025-12-01T00:00:00 {COLUMNS}",
        f"{SACCT} -S 2025-09-01 -E 2025-10-01 {COLUMNS}",
        f"{SACCT} -S 2025-10-01 -E 2025-12-01 -A proj2 {COLUMNS}",
        f"{SACCT} -S 2025-11-01T00:30:00 -E 2025-11-01T02:30:00 {COLUMNS}",
        "sacct -a -D -X -P --noconvert -S 2025-10-01 -E 2025-11-01 --format=JobIDRaw,Start,End,ElapsedRaw,AllocTRES",
        "sacct -a -X -P -S 2025-10-01 -E 2025-12-01 --format=JobIDRaw,AllocTRES",
    ),
    script(
        "a requeued job counts with every try",
        TREE,
        recorded("proj1", "alice", 2, 3, state="REQUEUED"),
        recorded("proj1", "alice", 5, 7, again=1),
        f"{SACCT} -S 2025-11-01 -E 2025-12-01 {COLUMNS}",
        f"{SACCT.replace(' -D', '')} -S 2025-11-01 -E 2025-12-01 {COLUMNS}",
    ),
    script(
        "a finished account is still in the history",
        TREE,
        recorded("proj2", "alice", 2, 3),
        """
        sacctmgr -iQ delete user where name=alice account=proj2
        sacctmgr -iQ delete account name=proj2
        """,
        f"{SACCT} -S 2025-11-01 -E 2025-12-01 {COLUMNS}",
    ),
    script(
        "questions sacct refuses",
        """
        sacct -a -n -P -S garbage
        sacct -a -n -P -S 2025-11-01 --format=Nosuch
        """,
    ),
    script("what sinfo says of the nodes", Command(line="sinfo -h -o '%P|%a|%D|%T'")),
)
