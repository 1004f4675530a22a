"""Associations that are good for a single partition."""

from tests.conformance.scripts_batches import load
from tests.conformance.steps import Submit, script

TREE = """
sacctmgr -iQ add account name=proj1,proj2
sacctmgr -iQ add user name=alice account=proj1
"""
SHOW = """
sacctmgr -nP show assoc where user=alice,bob,carol,dave WOPLimits format=Account,User,Partition,MaxSubmit,Share,GrpTRES
sacctmgr -nP show user format=User,DefaultAccount
"""

SCRIPTS = (
    script(
        "users of single partitions",
        TREE,
        """
        sacctmgr -iQ add user name=alice,bob account=proj2 partition=cpu,gpu MaxSubmitJobs=3
        sacctmgr -iQ add user name=alice,bob account=proj2 partition=cpu
        sacctmgr -iQ add user name=alice account=proj2
        sacctmgr -iQ add user name=carol account=proj2 partition=GPU
        """,
        SHOW,
    ),
    script(
        "a change means every partition, one, or what is good for all",
        TREE,
        """
        sacctmgr -iQ add user name=alice,bob account=proj2 partition=cpu,gpu
        sacctmgr -iQ add user name=alice account=proj2
        sacctmgr -iQ modify user where name=alice account=proj2 cluster=lab set MaxSubmitJobs=7
        sacctmgr -iQ modify user where name=alice,bob account=proj2 cluster=lab partition=gpu set MaxSubmitJobs=8
        sacctmgr -iQ modify user where name=alice,bob account=proj2 cluster=lab partition= set MaxSubmitJobs=9
        sacctmgr -iQ modify user where name=bob account=proj2 cluster=lab partition= set MaxSubmitJobs=9
        sacctmgr -iQ modify user where name=alice partition=nosuch set MaxSubmitJobs=9
        """,
        SHOW,
    ),
    script(
        "leaving an account leaves it in every partition",
        TREE,
        """
        sacctmgr -iQ add user name=alice,bob account=proj2 partition=cpu,gpu
        sacctmgr -iQ add user name=alice account=proj2
        sacctmgr -iQ delete user name=alice account=proj2 cluster=lab partition=gpu
        sacctmgr -iQ delete user name=alice account=proj2 cluster=lab partition=
        """,
        SHOW,
        "sacctmgr -iQ delete user name=alice account=proj2 cluster=lab",
        SHOW,
        "sacctmgr -iQ delete user name=bob account=proj2 cluster=lab",
        SHOW,
    ),
    script(
        "a default account may be one of a single partition",
        TREE,
        """
        sacctmgr -iQ add user name=alice account=proj2 partition=cpu
        sacctmgr -iQ modify user where name=alice cluster=lab set DefaultAccount=proj2
        """,
        SHOW,
        "sacctmgr -iQ modify user where name=alice cluster=lab set DefaultAccount=proj1",
        load("Parent - 'proj2'", "User - 'alice':Partition='cpu':DefaultAccount='proj2'"),
        SHOW,
        "sacctmgr -iQ delete user name=alice account=proj2 cluster=lab",
        SHOW,
    ),
    script(
        "who has an association for one partition submits jobs there and nowhere else",
        TREE,
        """
        sacctmgr -iQ add user name=bob account=proj2 partition=gpu
        sacctmgr -iQ add user name=alice account=proj1 partition=gpu
        """,
        Submit(account="proj2", user="bob"),
        Submit(account="proj2", user="bob", partition="gpu"),
        Submit(account="proj1", user="alice"),
        Submit(account="proj1", user="alice", partition="gpu"),
        "squeue -h -A proj2 -t PD,R,CF,CG,S -o '%i|%a|%u|%T'",
        "sacctmgr -iQ delete user name=bob account=proj2 cluster=lab",
    ),
    script(
        "a load adds and changes associations of single partitions",
        TREE,
        load(
            "Parent - 'proj1'",
            "User - 'carol':Partition='cpu'",
            "User - 'carol':Partition='gpu':MaxSubmitJobs=5",
            "User - 'dave':Partition='cpu':DefaultAccount='proj1'",
            "Parent - 'proj2'",
            "User - 'carol':Partition='cpu'",
            "User - 'alice':Partition='CPU':MaxSubmitJobs=0",
            "User - 'alice'",
        ),
        SHOW,
        load(
            "Parent - 'proj1'",
            "User - 'carol':Partition='cpu'",
            "User - 'carol':Partition='gpu':MaxSubmitJobs=5",
        ),
        load(
            "Parent - 'proj2'",
            "User - 'alice':MaxSubmitJobs=4",
            "User - 'alice':Partition='gpu'",
            "User - 'alice':Partition='cpu':MaxSubmitJobs=-1:GrpTRES=cpu=4",
        ),
        SHOW,
    ),
)
