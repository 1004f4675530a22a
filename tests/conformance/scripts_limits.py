"""Setting and clearing limits, and changing what an account is."""

from tests.conformance.scripts_accounts import TREE
from tests.conformance.steps import script

LIMITS = """
sacctmgr -nP show assoc format=Account,User,ParentName,Share,GrpTRES,GrpTRESMins,GrpJobs,GrpSubmit,MaxJobs,MaxSubmit,MaxWall,GrpWall,DefaultQOS,QOS
"""

SCRIPTS = (
    script(
        "setting is merging, minus one clears",
        TREE,
        """
        sacctmgr -i modify account where name=proj1 set GrpTRESMins=cpu=600
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=gres/gpu=60,mem=61440000
        """,
        LIMITS,
        "sacctmgr -iQ modify account where name=proj1,proj2 cluster=lab set GrpTRESMins=cpu=-1,gres/gpu=5 GrpSubmitJobs=0",
        LIMITS,
        """
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=-1,gres/gpu=-1,mem=-1,billing=-1 GrpSubmitJobs=-1
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=-1
        """,
        LIMITS,
    ),
    script(
        "zero is a limit",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=0 GrpSubmitJobs=0
        sacctmgr -iQ modify user where name=alice account=proj1 set MaxSubmitJobs=0
        """,
        LIMITS,
    ),
    script(
        "amounts with units and how memory is shown",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=5K,mem=10G
        sacctmgr -iQ modify account where name=proj2 set GrpTRESMins=mem=1
        """,
        LIMITS,
        "sacctmgr -iQ modify account where name=proj2 set GrpTRESMins=mem=61440001",
        LIMITS,
        "sacctmgr -iQ modify account where name=proj2 set GrpTRESMins=mem=1048576",
        LIMITS,
    ),
    script(
        "bad numbers are stored and exit with zero",
        TREE,
        "sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=abc",
        LIMITS,
        "sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=1.5",
        LIMITS,
        "sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=cpu=-5",
        LIMITS,
    ),
    script(
        "what is refused changes nothing",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=nosuch=1
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=gres/gpu:a100=1
        sacctmgr -iQ modify account where name=proj1 set GrpTRESMins=
        sacctmgr -iQ modify account where name=proj1 set GrpJobs=abc
        sacctmgr -iQ modify account where name=proj1 set GrpSubmitJobs=abc
        sacctmgr -iQ modify account where name=proj1 set QOS=nosuch
        sacctmgr -iQ modify account where name=proj1 set Nosuch=1
        sacctmgr -iQ modify account where name=proj1
        """,
        LIMITS,
    ),
    script(
        "changing what is the same, or is not there",
        TREE,
        """
        sacctmgr -i modify account where name=proj1 set GrpSubmitJobs=5
        sacctmgr -i modify account where name=proj1 set GrpSubmitJobs=5
        sacctmgr -iQ modify account where name=nosuch set GrpSubmitJobs=5
        sacctmgr -iQ modify account where name=proj2,nosuch set GrpSubmitJobs=5
        sacctmgr -iQ modify user where name=nosuch set MaxSubmitJobs=5
        sacctmgr -iQ modify user where name=bob account=proj2 set MaxSubmitJobs=5
        sacctmgr -i modify user where name=alice,bob account=proj1 cluster=lab set MaxSubmitJobs=5
        sacctmgr -i modify user where name=alice,bob account=proj1,proj2 cluster=lab set MaxSubmitJobs=6
        """,
        LIMITS,
    ),
    script(
        "shares, texts and parents",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set Fairshare=7
        sacctmgr -iQ modify account where name=proj1 set Description="other words" Organization=elsewhere
        sacctmgr -iQ modify account where name=proj2 set Fairshare=parent
        sacctmgr -iQ add account name=proj3
        sacctmgr -iQ modify account where name=proj2 set parent=proj3
        sacctmgr -iQ modify account where name=proj2 set parent=proj3
        sacctmgr -iQ modify account where name=proj2 set parent=nosuch
        sacctmgr -nP show account format=Account,Description,Organization
        """,
        LIMITS,
    ),
    script(
        "the default account",
        TREE,
        """
        sacctmgr -iQ modify user where name=alice set DefaultAccount=proj2
        sacctmgr -nP show user format=User,DefaultAccount
        sacctmgr -iQ modify user where name=bob set DefaultAccount=proj2
        sacctmgr -iQ modify user where name=alice,bob cluster=lab set DefaultAccount=proj1
        sacctmgr -iQ modify user where name=alice set DefaultAccount=
        sacctmgr -nP show user where name=root,alice,bob format=User,DefaultAccount
        """,
    ),
)
