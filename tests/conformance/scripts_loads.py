"""Load files that change what is there: limits, QOS, parents, default accounts."""

from tests.conformance.scripts_batches import load
from tests.conformance.steps import script

LOOK = """
sacctmgr -nP show assoc WOPLimits format=Account,ParentName,User,Share,GrpTRES,GrpTRESMins,GrpTRESRunMins,MaxTRESPerJob,GrpJobs,GrpSubmit,MaxSubmit,GrpWall,DefaultQOS,QOS
sacctmgr -nP show account format=Account,Description,Organization
sacctmgr -nP show user format=User,DefaultAccount
"""
TOP = "Parent - 'top'"
MADE = load(
    "Parent - 'root'",
    "Account - 'top':Description='d':Organization='o'",
    TOP,
    "Account - 'a1':Description='One Two':Organization='o':Fairshare=7:GrpTRES=cpu=8,gres/gpu=2:GrpTRESMins=cpu=600"
    ":GrpTRESRunMins=cpu=100:MaxTRESPerJob=cpu=4:GrpJobs=3:GrpSubmitJobs=5:GrpWall=90:QOS='q1,normal':DefaultQOS='q1'",
    "Account - 'a2':Description='d2':Organization='o':QOS=q2:DefaultQOS=q2:GrpJobs=0",
    "Account - 'a3':Description='d3':Organization='o'",
    "Parent - 'a1'",
    "User - 'u1':DefaultAccount='a1':QOS='q1':DefaultQOS='q1':Fairshare=3:GrpTRES=cpu=2:MaxTRESPerJob=cpu=1:GrpJobs=1"
    ":GrpWall=10:MaxSubmitJobs=4",
    "User - 'u2'",
    "Parent - 'a2'",
    "User - 'u1'",
    "User - 'u2':DefaultAccount='a2'",
    "User - 'u3'",
)
QOS = "sacctmgr -iQ add qos name=q1,q2"

SCRIPTS = (
    script("a load makes accounts and users with everything", QOS, MADE, LOOK, MADE),
    script(
        "a load gives many accounts other limits",
        QOS,
        MADE,
        load(
            TOP,
            "Account - 'a1':Description='New':Organization='other':Fairshare=9:GrpTRES=cpu=-1,gres/gpu=3:GrpTRESMins=cpu=700"
            ":GrpTRESRunMins=cpu=-1:MaxTRESPerJob=cpu=5:GrpJobs=-1:GrpSubmitJobs=0:GrpWall=-1",
            "Account - 'a2':GrpJobs=-1:GrpWall=45:Fairshare=-1:GrpTRESMins=cpu=5",
            "Account - 'a3':GrpTRESMins=cpu=9,gres/gpu=1:Fairshare=parent",
        ),
        LOOK,
        load(TOP, "Account - 'a1':GrpTRESMins=cpu=-1", "Account - 'a3':GrpTRESMins=cpu=10:Fairshare=2"),
        load(TOP, "Account - 'a1':GrpTRESMins=cpu=4:GrpTRESRunMins=cpu=4"),
        LOOK,
    ),
    script(
        "a load gives users other limits and default accounts",
        QOS,
        MADE,
        load(
            "Parent - 'a1'",
            "User - 'u1':DefaultAccount='a2':Fairshare=1:GrpTRES=cpu=-1:MaxSubmitJobs=-1",
            "User - 'u2':DefaultAccount='a2':MaxSubmitJobs=0:GrpWall=5",
            "Parent - 'a2'",
            "User - 'u3':DefaultAccount='a2':MaxSubmitJobs=3",
        ),
        LOOK,
    ),
    script(
        "a default account without an association takes back every change before it",
        QOS,
        MADE,
        load(
            TOP,
            "Account - 'a1':GrpJobs=11:Description='lost'",
            "Account - 'a4':GrpJobs=12:Description='kept':Organization='o'",
            "Parent - 'a3'",
            "User - 'u2':DefaultAccount='a3'",
            "Parent - 'a2'",
            "User - 'u3':MaxSubmitJobs=13",
        ),
        LOOK,
        load("Parent - 'a2'", "User - 'u1':MaxSubmitJobs=14", "User - 'u3':DefaultAccount='a1'"),
        LOOK,
    ),
    script(
        "a load replaces lists of QOS and leaves default QOS alone",
        QOS,
        MADE,
        load(TOP, "Account - 'a2':QOS='q1':DefaultQOS='q1'", "Account - 'a3':QOS='q2,q1':GrpJobs=3"),
        LOOK,
        load(TOP, "Account - 'a3':QOS=", "Account - 'a1':QOS='':DefaultQOS='-1'"),
        load(TOP, "Account - 'a3':QOS='nosuch'"),
        load(TOP, "Account - 'a5':DefaultQOS='nosuch'"),
        LOOK,
    ),
    script(
        "a load moves accounts",
        QOS,
        MADE,
        load("Parent - 'root'", "Account - 'a1'", "Parent - 'a3'", "Account - 'a2':GrpJobs=8"),
        LOOK,
        'sacctmgr -iQ modify account where name=a1 set parent=a3 Description="it\'s here" Organization=New GrpJobs=4',
        "sacctmgr -iQ modify account where name=a3 set parent=a1",
        LOOK,
    ),
    script(
        "many accounts go with their users in one command",
        QOS,
        MADE,
        load("Parent - 'a1'", "User - 'u1':DefaultAccount='a2'"),
        "sacctmgr -iQ delete user where name=u1,u2 account=a1 cluster=lab",
        LOOK,
        "sacctmgr -iQ delete account where name=a1,a3",
        "sacctmgr -iQ delete account where name=a2,top",
        LOOK,
    ),
)
