"""Several commands on one stdin, and load files."""

from tests.conformance.scripts_accounts import SHOW, TREE
from tests.conformance.steps import Command, script

SESSION = """\
add account name=proj1 description=one organization=uni
add account name=proj1
add user name=alice,bob account=proj1
show assoc format=Account,User
modify account where name=proj1 set GrpSubmitJobs=0
bogus
show account format=Account,Organization
show cluster format=Cluster
"""
LOAD = """\
Cluster - 'lab'
Parent - 'root'
Account - 'hpc':Description='the tree':Organization='waldur'
Parent - 'hpc'
Account - 'proj1':Description='one':Organization='waldur':GrpTRESMins=cpu=600,gres/gpu=60:GrpSubmitJobs=0
Account - 'proj2':Description='two':Organization='waldur'
Parent - 'proj1'
User - 'alice'
User - 'bob':MaxSubmitJobs=3
Parent - 'proj2'
User - 'alice'
"""
ALL = """
sacctmgr -nP show assoc format=Account,ParentName,User,Share,GrpTRESMins,GrpSubmit,MaxSubmit
sacctmgr -nP show account format=Account,Description,Organization
sacctmgr -nP show user format=User,DefaultAccount,Admin
"""


def load(*lines: str) -> Command:
    text = "Cluster - 'lab'\n" + "".join(f"{line}\n" for line in lines)
    return Command(line="sacctmgr -inPQ load file={folder}/more.cfg", files={"more.cfg": text})


SCRIPTS = (
    script(
        "a session of writes and reads, with a mistake in it",
        Command(line="sacctmgr -inPQ", stdin=SESSION),
        Command(
            line="sacctmgr -i", stdin="add account name=other\ndelete account name=other\ndelete account name=other\n"
        ),
        SHOW,
    ),
    script(
        "a session of reads",
        TREE,
        Command(
            line="sacctmgr -nP",
            stdin="show assoc format=Account,User\nshow account where name=nosuch\nshow cluster format=Cluster\n",
        ),
        Command(line="sacctmgr -nP", stdin="show cluster format=Cluster"),
        Command(line="sacctmgr -nP", stdin="show assoc format=Nosuch\nquit\nshow cluster format=Cluster\n"),
        Command(line="sacctmgr -nP", stdin="\n\n"),
    ),
    script(
        "a load makes a tree, and again changes nothing",
        Command(line="sacctmgr -inPQ load file={folder}/tree.cfg", files={"tree.cfg": LOAD}),
        ALL,
        Command(line="sacctmgr -inPQ load file={folder}/tree.cfg", files={"tree.cfg": LOAD}),
        ALL,
    ),
    script(
        "a load in a session, with the reading back behind it",
        Command(
            line="sacctmgr -inPQ",
            stdin="load file={folder}/tree.cfg\nshow assoc where cluster=lab account=root,proj1 format=Account,User,GrpTRESMins\nshow cluster format=Cluster\n",
            files={"tree.cfg": LOAD},
        ),
    ),
    script(
        "a load changes what it mentions and takes over foreign accounts",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=mem=1024 Fairshare=7 GrpJobs=3
        sacctmgr -iQ modify user where name=alice set AdminLevel=Operator
        """,
        load("Parent - 'root'", "Account - 'hpc':Description='the tree':Organization='waldur'"),
        Command(line="sacctmgr -inPQ load file={folder}/tree.cfg", files={"tree.cfg": LOAD}),
        ALL,
        load("Parent - 'hpc'", "Account - 'proj1':Description='one':Organization='waldur':GrpTRESMins=cpu=-1"),
        ALL,
    ),
    script(
        "a load below an unknown parent keeps what came before",
        load(
            "Parent - 'root'",
            "Account - 'first':Description='d':Organization='o'",
            "Parent - 'nosuch'",
            "Account - 'second':Description='d':Organization='o'",
        ),
        ALL,
    ),
    script(
        "a load with an unknown option adds nothing",
        load(
            "Parent - 'root'",
            "Account - 'first':Description='d':Organization='o':Bogus=1",
            "Account - 'second':Description='d':Organization='o'",
        ),
        ALL,
    ),
    script(
        "a parent line alone leaves its account as it is",
        TREE,
        load("Parent - 'proj1'", "User - 'carol'", "User - 'alice'"),
        ALL,
    ),
    script("a load file that is not there", "sacctmgr -inPQ load file=/nonexistent/x.cfg"),
)
