"""Adding and showing accounts and users."""

from tests.conformance.steps import Command, script

TREE = """
sacctmgr -iQ add account name=proj1 description="project one" organization=uni
sacctmgr -iQ add account name=proj2 parent=proj1
sacctmgr -iQ add user name=alice,bob account=proj1
sacctmgr -iQ add user name=alice account=proj2
"""
SHOW = """
sacctmgr -nP show assoc format=Cluster,Account,ParentName,User,Partition,Share,GrpTRESMins,GrpSubmit,MaxSubmit,QOS
sacctmgr -nP show account format=Account,Description,Organization
sacctmgr -nP show user format=User,DefaultAccount,Admin
"""

SCRIPTS = (
    script(
        "what a fresh cluster shows",
        SHOW,
        """
        sacctmgr -nP show cluster format=Cluster
        sacctmgr -nP show qos format=Name
        sacctmgr -nP show tres
        """,
    ),
    script(
        "accounts and users in a tree",
        TREE,
        SHOW,
        "sacctmgr -nP show user alice withassoc format=User,DefaultAccount,Admin,Cluster,Account,Partition,Share,QOS",
    ),
    script(
        "the columns of an association with limits, by their headings",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj2 set GrpTRES=cpu=100,gres/gpu=8 GrpTRESMins=billing=1000000,cpu=60000,gres/gpu=600 MaxTRESPerJob=cpu=10 GrpJobs=10 GrpSubmitJobs=50
        sacctmgr -P show assoc where account=proj2 format=Cluster,Account,ParentName,User,Partition,GrpTRES,GrpTRESMins,GrpTRESRunMins,MaxTRESPerJob,MaxTRESMins,Fairshare,GrpJobs,GrpSubmit,MaxJobs,MaxSubmit,GrpWall,MaxWall,DefaultQOS,QOS
        sacctmgr -P show account format=account,organization
        sacctmgr -P show user where name=alice format=user,defaultaccount
        sacctmgr -P show assoc where account=proj1 user=
        sacctmgr -nP show assoc where account=root,proj1 user= format=Account,Cluster
        sacctmgr -nP show assoc where user=root,alice format=Account,User
        sacctmgr -nP show assoc where cluster=lab user=alice account=proj2 format=Account,User
        """,
    ),
    script(
        "associations end in a running number",
        TREE,
        Command(line="sacctmgr -nP show assoc format=Account,User,ID", ends_with_id=True),
    ),
    script(
        "what is not there is no error, but for a column",
        TREE,
        """
        sacctmgr -nP show account nosuch
        sacctmgr -nP show account where name=proj1,nosuch format=Account
        sacctmgr -nP show assoc where account=nosuch format=Account
        sacctmgr -nP show assoc where account=proj1,nosuch format=Account,User
        sacctmgr -nP show user where name=nosuch format=User
        sacctmgr -nP show assoc where user=nosuch format=User
        sacctmgr -nP show assoc where cluster=nosuch format=User
        sacctmgr -nP show assoc format=Account,Nosuch
        sacctmgr -nP show nosuch
        sacctmgr nosuch
        """,
    ),
    script(
        "what prints when something is added",
        """
        sacctmgr -i add account name=proj1 description=d organization=o
        sacctmgr -i add account name=proj2,proj3 parent=proj1
        sacctmgr -i add user name=alice account=proj1
        sacctmgr -i add user name=alice,bob account=proj2
        sacctmgr -i add user name=carol account=proj1,proj2 MaxSubmitJobs=3
        sacctmgr -iQ add account name=proj4 GrpSubmitJobs=2 GrpTRESMins=cpu=10
        sacctmgr -iQ add user name=dave account=proj4 cluster=lab
        """,
        SHOW,
    ),
    script(
        "adding what exists",
        TREE,
        """
        sacctmgr -i add account name=proj1
        sacctmgr -iQ add account name=proj1
        sacctmgr -iQ add account name=proj1 GrpJobs=5
        sacctmgr -iQ add account name=proj1,other
        sacctmgr -i add user name=alice account=proj1
        sacctmgr -iQ add user name=alice account=proj1
        sacctmgr -iQ add user name=alice,bob,carol account=proj1
        sacctmgr -iQ add user name=alice,bob,carol account=proj1
        """,
        SHOW,
    ),
    script(
        "adding below or into what is not there",
        """
        sacctmgr -iQ add account name=proj1 parent=nosuch
        sacctmgr -iQ add user name=alice
        sacctmgr -iQ add user name=alice account=nosuch
        sacctmgr -iQ add account
        sacctmgr -iQ add account name=
        sacctmgr -iQ add account name=proj1 cluster=nosuch
        sacctmgr -iQ add account name=proj1 nosuch=1
        """,
        SHOW,
    ),
    script(
        "names and texts are folded to lower case",
        """
        sacctmgr -iQ add account name=UPPER description="An Account" organization=Uni
        sacctmgr -iQ add user name=Alice account=Upper
        sacctmgr -nP show assoc where account=UPPER format=Account,User
        sacctmgr -nP show user where name=ALICE format=User,DefaultAccount
        sacctmgr -iQ add account name=upper
        sacctmgr -iQ modify account where name=UPPER set Description="New Words"
        sacctmgr -iQ modify user where name=ALICE account=UPPER set MaxSubmitJobs=1
        """,
        SHOW,
        "sacctmgr -iQ delete account name=UPPER",
    ),
    script(
        "names Slurm takes as they are, and names it does not",
        """
        sacctmgr -iQ add account name=a.b,a_b,a-b
        sacctmgr -iQ add account name=l[1-3]
        sacctmgr -iQ add account name="with space"
        sacctmgr -iQ add account "q'uote"
        sacctmgr -iQ add account -dash
        sacctmgr -iQ add account name=abcdefghijklmnopqrstuvwxyzabcdefghijklmnop
        sacctmgr -iQ add account where
        sacctmgr -iQ add account parent=root
        """,
        SHOW,
    ),
)
