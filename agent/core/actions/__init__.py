"""The actions a plan is made of: one type each for the printed plan, the journal, the metrics and the tests."""

from agent.core.actions.accounts import CreateAccount, MoveAccount, ResetUsage, SetLimits
from agent.core.actions.associations import AddAssociation, RemoveAssociation, SetAssociation
from agent.core.actions.base import Action, Evidence
from agent.core.actions.directory import DirectoryAction, PutDirectoryGroups, PutDirectoryUser, RemoveDirectoryUser
from agent.core.actions.endings import DisableAccount, PurgeAccount, RemoveAccount, RemoveEmptyAccount, RemoveOrphan
from agent.core.actions.orders import ApproveOrder, FinishOrder, RefuseOrder
from agent.core.actions.partitions import SetPartition
from agent.core.actions.qos import AddQos, RemoveQos
from agent.core.actions.wording import changed

__all__ = [
    "Action",
    "AddAssociation",
    "AddQos",
    "ApproveOrder",
    "CreateAccount",
    "DirectoryAction",
    "DisableAccount",
    "Evidence",
    "FinishOrder",
    "MoveAccount",
    "PurgeAccount",
    "PutDirectoryGroups",
    "PutDirectoryUser",
    "RefuseOrder",
    "RemoveAccount",
    "RemoveAssociation",
    "RemoveDirectoryUser",
    "RemoveEmptyAccount",
    "RemoveOrphan",
    "RemoveQos",
    "ResetUsage",
    "SetAssociation",
    "SetLimits",
    "SetPartition",
    "changed",
]
