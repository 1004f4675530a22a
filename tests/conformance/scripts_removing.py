"""Removing users and accounts, with jobs in the way and without."""

from tests.conformance.scripts_accounts import SHOW, TREE
from tests.conformance.steps import Finish, Submit, script

SCRIPTS = (
    script(
        "users leave one account after another",
        TREE,
        """
        sacctmgr -i delete user where name=alice account=proj2 cluster=lab
        sacctmgr -iQ delete user where name=bob account=proj1
        """,
        SHOW,
        "sacctmgr -iQ delete user where name=alice account=proj1",
        SHOW,
    ),
    script(
        "a user who leaves the default account has none",
        TREE,
        "sacctmgr -iQ delete user where name=alice account=proj1",
        SHOW,
        "sacctmgr -iQ modify user where name=alice set DefaultAccount=proj2",
        SHOW,
    ),
    script(
        "a user named with all of several accounts is refused",
        TREE,
        "sacctmgr -iQ delete user where name=alice account=proj1,proj2",
        SHOW,
    ),
    script(
        "users who leave for good are refused beside one who stays elsewhere",
        TREE,
        "sacctmgr -iQ modify user where name=alice set DefaultAccount=proj2",
        "sacctmgr -iQ delete user where name=alice,bob account=proj1",
        SHOW,
        "sacctmgr -iQ delete user where name=alice account=proj1",
        "sacctmgr -iQ delete user where name=bob account=proj1",
        SHOW,
    ),
    script("a user as a whole", TREE, "sacctmgr -i delete user name=alice", SHOW),
    script(
        "what is not there",
        TREE,
        """
        sacctmgr -iQ delete account name=nosuch
        sacctmgr -iQ delete user name=nosuch
        sacctmgr -iQ delete user where name=bob account=proj2
        sacctmgr -iQ delete account name=proj2,nosuch
        """,
        SHOW,
    ),
    script(
        "accounts with users, with children, and as a list",
        TREE,
        """
        sacctmgr -iQ add account name=proj3,proj4
        sacctmgr -i delete account name=proj3,proj4
        sacctmgr -iQ delete account where name=proj2 cluster=lab
        """,
        SHOW,
        "sacctmgr -iQ delete account name=proj2",
        SHOW,
        "sacctmgr -iQ add account name=kid parent=proj1",
        "sacctmgr -iQ delete account name=proj1",
        SHOW,
    ),
    script(
        "the default account of users goes",
        TREE,
        "sacctmgr -iQ add account name=proj3",
        "sacctmgr -iQ add user name=alice account=proj3",
        "sacctmgr -iQ modify user where name=alice set DefaultAccount=proj3",
        "sacctmgr -iQ delete account name=proj3",
        SHOW,
    ),
    script(
        "a running job holds its user, its account and every list with one of them",
        TREE,
        Submit(account="proj1", user="alice"),
        """
        sacctmgr -iQ delete user where name=alice account=proj1
        sacctmgr -iQ delete user where name=alice,bob account=proj1
        sacctmgr -iQ add account name=proj3
        sacctmgr -iQ delete account name=proj1
        sacctmgr -iQ delete account name=proj1,proj3
        sacctmgr -iQ delete user where name=bob account=proj1
        """,
        SHOW,
        Finish(1),
        "sacctmgr -iQ delete user where name=alice account=proj1",
        SHOW,
    ),
    script(
        "users of several accounts go in one command when none is named with all of his",
        """
        sacctmgr -iQ add account name=home,one,two,three
        sacctmgr -iQ add user name=alice,bob,carol,dave account=home
        sacctmgr -iQ add user name=alice,bob account=one
        sacctmgr -iQ add user name=carol,dave account=two
        sacctmgr -iQ add user name=dave account=three
        sacctmgr -iQ add user name=erin account=three
        sacctmgr -i delete user where name=alice,bob,carol account=one,two cluster=lab
        """,
        SHOW,
        """
        sacctmgr -i delete account where name=two,one,three
        """,
        SHOW,
    ),
    script(
        "several accounts go with all their users, default accounts or not",
        """
        sacctmgr -iQ add account name=one,two,three
        sacctmgr -iQ add user name=alice account=one
        sacctmgr -iQ add user name=alice,bob account=two
        sacctmgr -iQ add user name=bob,carol account=three
        sacctmgr -iQ delete account where name=one,two
        """,
        SHOW,
        """
        sacctmgr -iQ modify user where name=alice set DefaultAccount=two
        sacctmgr -iQ modify user where name=bob set DefaultAccount=three
        sacctmgr -iQ delete account where name=one
        """,
        SHOW,
        "sacctmgr -iQ delete account where name=two,three",
        SHOW,
    ),
    script(
        "added again after removal",
        TREE,
        """
        sacctmgr -iQ modify account where name=proj2 set GrpSubmitJobs=4
        sacctmgr -iQ delete user where name=alice account=proj2
        sacctmgr -iQ delete account name=proj2
        sacctmgr -iQ add account name=proj2 description=again
        sacctmgr -iQ add user name=alice account=proj2
        """,
        SHOW,
    ),
)
