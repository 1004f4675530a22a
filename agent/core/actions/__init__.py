"""The actions a plan is made of: one type each for the printed plan, the journal, the metrics and the tests."""

from agent.core.actions.accounts import CreateAccount, MoveAccount, ResetUsage, SetLimits
from agent.core.actions.associations import AddAssociation, RemoveAssociation, SetAssociation
from agent.core.actions.base import Action, Evidence
from agent.core.actions.directory import (
    DirectoryAction,
    DisableDirectoryUser,
    PutDirectoryGroups,
    PutDirectoryUser,
    RemoveDirectoryUser,
)
from agent.core.actions.endings import DisableAccount, PurgeAccount, RemoveAccount, RemoveEmptyAccount, RemoveOrphan
from agent.core.actions.orders import ApproveOrder, FinishOrder, RefuseOrder
from agent.core.actions.partitions import SetPartition
from agent.core.actions.qos import AddQos, RemoveQos
from agent.core.actions.roles import AddCoordinator, RemoveCoordinator, SetDefaultAccount
from agent.core.actions.users import DeleteOfferingUser, MoveOfferingUser, SetUsername
from agent.core.actions.wording import changed

__all__ = [
    "Action",
    "AddAssociation",
    "AddCoordinator",
    "AddQos",
    "ApproveOrder",
    "CreateAccount",
    "DeleteOfferingUser",
    "DirectoryAction",
    "DisableAccount",
    "DisableDirectoryUser",
    "Evidence",
    "FinishOrder",
    "MoveAccount",
    "MoveOfferingUser",
    "PurgeAccount",
    "PutDirectoryGroups",
    "PutDirectoryUser",
    "RefuseOrder",
    "RemoveAccount",
    "RemoveAssociation",
    "RemoveCoordinator",
    "RemoveDirectoryUser",
    "RemoveEmptyAccount",
    "RemoveOrphan",
    "RemoveQos",
    "ResetUsage",
    "SetAssociation",
    "SetDefaultAccount",
    "SetLimits",
    "SetPartition",
    "SetUsername",
    "changed",
]
