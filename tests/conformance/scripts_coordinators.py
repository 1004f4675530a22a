"""Coordinators of accounts, which those below inherit."""

from tests.conformance.steps import script

TREE = """
sacctmgr -iQ add account name=proj1,proj2
sacctmgr -iQ add account name=proj3 parent=proj1
sacctmgr -iQ add account name=proj4 parent=proj3
sacctmgr -iQ add user name=alice,bob account=proj1
sacctmgr -iQ add user name=carol account=proj2
"""
SHOW = """
sacctmgr -nP show account withcoord format=Account,Coord
sacctmgr -nP show user withcoord format=User,DefaultAccount,Coord
"""

SCRIPTS = (
    script(
        "coordinators come and go",
        TREE,
        SHOW,
        """
        sacctmgr -i add coordinator account=proj2 name=alice
        sacctmgr -iQ add coordinator account=proj2 name=alice
        sacctmgr -iQ add coordinator account=proj2,proj1 name=carol,alice
        sacctmgr -iQ add coordinator accounts=PROJ2 names=BOB
        """,
        SHOW,
        """
        sacctmgr -iQ delete coordinator account=proj2 name=bob
        sacctmgr -iQ delete coordinator account=proj2 name=bob
        sacctmgr -iQ delete coordinator account=proj1,proj2 name=alice,bob,carol
        sacctmgr -i delete coordinator where account=proj1 name=carol
        """,
        SHOW,
    ),
    script(
        "who coordinates an account coordinates those below it",
        TREE,
        "sacctmgr -iQ add coordinator account=proj1 name=alice,bob",
        SHOW,
        "sacctmgr -iQ add coordinator account=proj3 name=alice",
        SHOW,
        "sacctmgr -iQ add coordinator account=proj4 name=alice,carol",
        SHOW,
        "sacctmgr -iQ delete coordinator account=proj3 name=alice,bob",
        SHOW,
        "sacctmgr -iQ delete coordinator account=proj1 name=alice,bob",
        SHOW,
    ),
    script(
        "coordinators and accounts that are not there",
        TREE,
        """
        sacctmgr -iQ add coordinator account=proj1 name=nobody
        sacctmgr -iQ add coordinator account=nosuch name=alice
        sacctmgr -iQ add coordinator account=proj1,nosuch,other name=alice,nobody
        sacctmgr -iQ add coordinator account=proj1
        sacctmgr -iQ add coordinator name=alice
        sacctmgr -iQ add coordinator
        sacctmgr -iQ add coordinator account=proj1 name=alice bogus=1
        sacctmgr -iQ delete coordinator account=nosuch name=alice
        sacctmgr -iQ delete coordinator account=proj1,nosuch name=alice,nobody
        sacctmgr -iQ delete coordinator
        """,
        SHOW,
    ),
    script(
        "all coordinators of an account, and all accounts of a coordinator",
        TREE,
        """
        sacctmgr -iQ add coordinator account=proj1,proj2 name=alice,bob
        sacctmgr -iQ delete coordinator account=proj2
        sacctmgr -iQ delete coordinator account=proj2
        """,
        SHOW,
        """
        sacctmgr -iQ delete coordinator name=bob
        sacctmgr -iQ delete coordinator name=bob
        """,
        SHOW,
    ),
    script(
        "leaving an account does not end coordination, leaving all of them does",
        TREE,
        """
        sacctmgr -iQ add user name=alice account=proj2
        sacctmgr -iQ add coordinator account=proj1,proj4 name=alice
        sacctmgr -iQ delete user name=alice account=proj1 cluster=lab
        """,
        SHOW,
        "sacctmgr -iQ delete user name=alice account=proj2 cluster=lab",
        SHOW,
        "sacctmgr -iQ add user name=alice account=proj2",
        SHOW,
        """
        sacctmgr -iQ add coordinator account=proj1 name=alice
        sacctmgr -iQ delete user name=alice
        sacctmgr -iQ add user name=alice account=proj2
        """,
        SHOW,
    ),
    script(
        "a deleted account has no coordinators, one that is only off the cluster keeps them",
        TREE,
        """
        sacctmgr -iQ add coordinator account=proj2,proj4 name=carol,bob
        sacctmgr -iQ delete account name=proj4
        sacctmgr -iQ add account name=proj4 parent=proj3
        """,
        SHOW,
        """
        sacctmgr -iQ delete user name=carol account=proj2
        sacctmgr -iQ delete account name=proj2 cluster=lab
        """,
        SHOW,
        "sacctmgr -iQ add account name=proj2",
        SHOW,
    ),
    script(
        "the columns of coordinators",
        TREE,
        """
        sacctmgr -iQ add coordinator account=proj1 name=alice
        sacctmgr -P show account withcoord
        sacctmgr -nP show account format=Account,Coord
        sacctmgr -nP show account withcoord where name=root,proj3 format=Account,Coordinators
        sacctmgr -nP show account where name=proj3 withcoord format=Account,Organization,Coord
        sacctmgr -P show user withcoord
        sacctmgr -nP show user format=User,Coord
        sacctmgr -nP show user where name=alice withcoord format=User,Coord
        """,
    ),
)
