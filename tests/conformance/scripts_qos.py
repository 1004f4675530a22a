"""QOS: making, changing and deleting them, giving them to accounts and users, and what is counted."""

from tests.conformance.scripts_accounts import TREE
from tests.conformance.scripts_jobs import QUEUE
from tests.conformance.steps import Command, Submit, script

COLUMNS = (
    "Name,Description,Flags,GrpTRES,GrpTRESMins,GrpTRESRunMins,MaxTRESPerJob,GrpJobs,GrpSubmit,GrpWall,MaxWall,Priority"
)
QOS = f"sacctmgr -nP show qos format={COLUMNS}"
HELD = """
sacctmgr -nP show assoc format=Account,User,DefaultQOS,QOS
sacctmgr -nP show assoc WOPLimits format=Account,ParentName,User,DefaultQOS,QOS
sacctmgr -nP show assoc WOPLimits WithRawQOSLevel format=Account,User,QOS
"""
MADE = """
sacctmgr -iQ add qos name=q1 description="made for somebody" flags=NoDecay GrpTRESMins=cpu=600
sacctmgr -iQ add qos name=q2,q3
"""
COUNTED = r"ClusterName=\S+ Account=\S+ UserName=[a-z]*|QOS=\w+|GrpJobs=\S+|GrpSubmitJobs=\S+|GrpTRES=\S+|GrpTRESMins=cpu=\w+.\w+.|^.* [Rr]ecords?.*$|^No .*$"


def counted(what: str) -> Command:
    """What the controller counts, without ids and what passes with time."""
    return Command(line=f"scontrol -o show assoc_mgr {what}", find=COUNTED)


SCRIPTS = (
    script(
        "making QOS",
        """
        sacctmgr -i add qos name=q1 description="Words 'for' somebody" flags=NoDecay,denyonlimit GrpTRESMins=cpu=600 MaxTRESPerJob=cpu=4 GrpJobs=3 GrpSubmitJobs=5 GrpWall=90 GrpTRES=cpu=8,gres/gpu=2 GrpTRESRunMins=cpu=100
        sacctmgr -iQ add qos name=Upper,other MaxJobsPerUser=3 MaxSubmitJobsPerUser=4 MaxTRESPerUser=cpu=3 MaxWall=60 Priority=5
        sacctmgr -iQ add qos name=q1 GrpJobs=7
        sacctmgr -iQ add qos name=q1,q2
        sacctmgr -iQ add qos name=q9 Bogus=1
        sacctmgr -iQ add qos name=q9 flags=Bogus
        sacctmgr -iQ add qos name=q9 GrpTRESMins=nosuch=1
        sacctmgr -iQ add qos
        """,
        QOS,
        """
        sacctmgr -P show qos format=Name,Descr,MaxTRES,GrpSubmitJobs,MaxTRESPU,MaxJobsPU,MaxSubmitPU
        sacctmgr -P show qos
        sacctmgr -nP show qos q1,nosuch format=Name
        sacctmgr -nP show qos where name=nosuch format=Name
        sacctmgr -nP show qos format=Name,RawUsage
        """,
    ),
    script(
        "changing QOS",
        MADE,
        "sacctmgr -i modify qos where name=q1 set GrpTRESMins=cpu=-1,gres/gpu=5 GrpJobs=0 GrpSubmitJobs=0 GrpWall=45",
        QOS,
        """
        sacctmgr -iQ modify qos where name=q1,q2,nosuch set GrpJobs=-1 GrpWall=-1 MaxTRESPerJob=cpu=2 GrpTRES=cpu=1
        sacctmgr -iQ modify qos name=q2 set description="New Words"
        sacctmgr -iQ modify qos q3 set flags=NoDecay
        sacctmgr -iQ modify qos q1 set flags+=DenyOnLimit
        """,
        QOS,
        """
        sacctmgr -iQ modify qos q1 set flags-=NoDecay
        sacctmgr -iQ modify qos q3 set flags=-1
        """,
        QOS,
        """
        sacctmgr -iQ modify qos q1 set flags=
        sacctmgr -iQ modify qos where name=nosuch set GrpJobs=1
        sacctmgr -iQ modify qos where name=q1 set Bogus=1
        sacctmgr -iQ modify qos where name=q1 set GrpTRESMins=nosuch=1
        sacctmgr -iQ modify qos where bogus=q1 set GrpJobs=1
        sacctmgr -iQ modify qos where name=q1
        sacctmgr -iQ modify qos where name=q1 set GrpTRESMins=cpu=abc
        """,
        QOS,
    ),
    script(
        "deleting QOS that are nobody's and somebody's",
        TREE,
        MADE,
        """
        sacctmgr -iQ modify account where name=proj1 set QOS=q1,q2,normal DefaultQOS=q1
        sacctmgr -iQ modify user where name=alice account=proj2 set QOS=q1,q3 DefaultQOS=q3
        sacctmgr -i delete qos where name=q1
        sacctmgr -iQ delete qos name=q3,q2,nosuch
        sacctmgr -iQ delete qos q2,nosuch
        sacctmgr -iQ delete qos name=nosuch
        sacctmgr -iQ delete qos
        """,
        HELD,
        QOS,
    ),
    script(
        "deleting a QOS spoils the lists it is in",
        TREE,
        MADE,
        """
        sacctmgr -iQ add account name=a1,a2,a3,a4,a5
        sacctmgr -iQ modify account where name=a1 set QOS=q1,q2,q3
        sacctmgr -iQ modify account where name=a2 set QOS=q2
        sacctmgr -iQ modify account where name=a3 set QOS=q2,q1
        sacctmgr -iQ modify account where name=a4 set QOS=q1,q2
        sacctmgr -iQ modify account where name=a5 set QOS+=q2
        sacctmgr -iQ modify user where name=alice account=proj1 set QOS=q3,q1,q2
        sacctmgr -iQ delete qos q2
        sacctmgr -iQ add qos q2
        """,
        HELD,
    ),
    script(
        "lists of QOS are inherited, replaced and given back",
        TREE,
        MADE,
        "sacctmgr -i modify account where name=proj1 set QOS=q2,normal,q1 DefaultQOS=q1",
        HELD,
        "sacctmgr -i modify account where name=proj2 set QOS=q1 DefaultQOS=q1",
        "sacctmgr -i modify user where name=alice account=proj1 set QOS=q2,Q1 DefaultQOS=Q2",
        HELD,
        "sacctmgr -i modify account where name=proj1 set QOS=q1 DefaultQOS=q1",
        HELD,
        """
        sacctmgr -i modify account where name=proj1,proj2 set QOS= DefaultQOS=-1
        sacctmgr -i modify user where name=alice account=proj1 set QOS= DefaultQOS=-1
        """,
        HELD,
    ),
    script(
        "adding to a list that is inherited keeps it inherited",
        TREE,
        MADE,
        """
        sacctmgr -i modify user where name=bob account=proj1 set QOS+=q3
        sacctmgr -i modify account where name=proj2 set QOS+=q2
        sacctmgr -i modify account where name=proj1 set QOS+=q1
        """,
        HELD,
        "sacctmgr -i modify account where name=proj2 set QOS-=normal",
        HELD,
        "sacctmgr -i modify account where name=proj2 set QOS+=normal",
        "sacctmgr -i modify account where name=proj1 set QOS=q1,q2",
        HELD,
        "sacctmgr -i modify account where name=proj1 set QOS+=q3",
        "sacctmgr -i modify account where name=proj1 set QOS-=q1",
        HELD,
        "sacctmgr -iQ modify user where name=bob account=proj1 set QOS=",
        HELD,
    ),
    script(
        "nobody gets a default QOS that he may not use",
        TREE,
        MADE,
        """
        sacctmgr -iQ modify account where name=proj1 set DefaultQOS=q1
        sacctmgr -iQ modify account where name=proj1 set QOS=q1,q2 DefaultQOS=q1
        sacctmgr -iQ modify account where name=proj1 set QOS=q2
        sacctmgr -iQ modify account where name=proj1 set QOS=
        sacctmgr -iQ modify account where name=proj1 set QOS=q2 DefaultQOS=q3
        sacctmgr -iQ modify account where name=proj1 set QOS= DefaultQOS=
        sacctmgr -iQ modify account where name=proj1 set DefaultQOS=nosuch
        sacctmgr -iQ modify account where name=proj1 set QOS=q1,nosuch
        sacctmgr -iQ modify user where name=bob account=proj1 set QOS=q3,normal DefaultQOS=q3
        sacctmgr -iQ modify user where name=bob account=proj1 set QOS=normal
        sacctmgr -iQ modify user where name=bob account=proj1 set DefaultQOS=q2
        sacctmgr -iQ modify account where name=proj1 set QOS=q2 DefaultQOS=q2
        sacctmgr -iQ modify account where name=proj1 set QOS=q1
        """,
        HELD,
    ),
    script(
        "what an association has of its own",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj1 set MaxTRESPerJob=cpu=4 MaxJobs=6 MaxWall=60
        sacctmgr -i modify account where name=proj2 set GrpTRES=cpu=5 GrpTRESRunMins=cpu=50,mem=1024 GrpJobs=0 GrpSubmitJobs=0 GrpWall=90 Fairshare=7
        sacctmgr -i modify user where name=alice account=proj1 set GrpTRES=cpu=5 GrpTRESMins=cpu=60 GrpJobs=2 GrpWall=30 Fairshare=9 MaxTRESPerJob=cpu=2
        sacctmgr -nP show assoc format=Account,User,Share,GrpTRES,GrpTRESMins,GrpTRESRunMins,MaxTRESPerJob,GrpJobs,GrpSubmit,MaxJobs,MaxSubmit,GrpWall,MaxWall
        sacctmgr -nP show assoc WOPLimits format=Account,User,Share,GrpTRES,GrpTRESMins,GrpTRESRunMins,MaxTRESPerJob,GrpJobs,GrpSubmit,MaxJobs,MaxSubmit,GrpWall,MaxWall
        """,
    ),
    script(
        "added with everything",
        MADE,
        """
        sacctmgr -i add account name=proj1 QOS=q2,q1 DefaultQOS=q1 GrpTRES=cpu=5 GrpTRESRunMins=cpu=50 MaxTRESPerJob=cpu=3 GrpJobs=0 GrpSubmitJobs=0 GrpWall=90 Fairshare=7
        sacctmgr -i add user name=alice account=proj1 QOS=q1 DefaultQOS=q1 GrpTRES=cpu=2 GrpWall=9 Fairshare=3
        sacctmgr -i add account name=proj2 QOS=nosuch
        sacctmgr -i add account name=proj2 DefaultQOS=nosuch
        """,
        HELD,
    ),
    script(
        "a job runs in the QOS it is given",
        TREE,
        MADE,
        Submit(account="proj1", user="alice", hold=True),
        "sacctmgr -iQ modify account where name=proj1 set QOS=q1",
        Submit(account="proj1", user="alice", hold=True),
        "sacctmgr -iQ modify account where name=proj1 set QOS=q1,q2",
        Submit(account="proj1", user="alice", hold=True),
        "sacctmgr -iQ modify account where name=proj1 set QOS=q1,q2 DefaultQOS=q2",
        Submit(account="proj1", user="alice", hold=True),
        """
        squeue -h -j {job1} -o '%a|%u|%T|%q'
        squeue -h -j {job2} -o '%a|%u|%T|%q'
        squeue -h -j {job3} -o '%a|%u|%T|%q'
        """,
    ),
    script(
        "limits of jobs, on the account and on the QOS",
        TREE,
        MADE,
        "sacctmgr -iQ modify account where name=proj2 set QOS=q2 DefaultQOS=q2",
        Submit(account="proj1", user="alice"),
        "sacctmgr -iQ modify account where name=proj1 set GrpJobs=0",
        Submit(account="proj1", user="bob"),
        "sacctmgr -iQ modify qos q2 set GrpSubmitJobs=0",
        Submit(account="proj2", user="alice"),
        f"{QUEUE[:-1]}|%r'",
        "sacctmgr -iQ modify account where name=proj1 set GrpSubmitJobs=0",
        Submit(account="proj2", user="alice"),
        counted("flags=assoc,qos accounts=proj1 qos=q2,nosuch"),
        counted("flags=assoc,qos accounts=nosuch qos=nosuch"),
        "scancel {job1} {job2}",
    ),
    script(
        "counting begins anew",
        TREE,
        MADE,
        """
        sacctmgr -iQ modify account where name=proj1,proj2 cluster=lab set RawUsage=0
        sacctmgr -iQ modify account where name=proj1 set RawUsage=0
        sacctmgr -iQ modify account where name=proj1 cluster=lab set RawUsage=5
        sacctmgr -iQ modify account where name=nosuch cluster=lab set RawUsage=0
        sacctmgr -iQ modify account where name=proj1,nosuch set RawUsage=0
        sacctmgr -iQ modify user where name=alice account=proj1 cluster=lab set RawUsage=0
        sacctmgr -iQ modify user where name=alice cluster=lab set RawUsage=0
        sacctmgr -iQ modify qos where name=q1,q2 set RawUsage=0
        sacctmgr -iQ modify qos where name=q1,nosuch set RawUsage=0
        sacctmgr -iQ modify qos where name=q1 cluster=lab set RawUsage=0
        sacctmgr -iQ modify qos where name=q1 set RawUsage=1
        sacctmgr -iQ modify qos where name=q1 set RawUsage=0 GrpJobs=4
        sacctmgr -iQ modify account where name=proj1 cluster=lab set GrpJobs=4 RawUsage=0
        """,
        QOS,
        "sacctmgr -nP show assoc format=Account,User,GrpJobs",
    ),
)
