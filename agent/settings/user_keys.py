"""The keys of an offering that say who its users are, and what each has in Slurm."""

from typing import Literal

from pydantic import Field

from agent.core.model.marketplace import AccountKind
from agent.core.policy import UsernamePolicy
from agent.settings import kinds, user_kinds
from agent.settings.table import Table
from agent.settings.username import UsernameSettings


class UserKeys(Table):
    """The offering's users."""

    roles: tuple[str, ...] = Field(
        default=(),
        description="The project roles that give access. Empty: every role does.",
        examples=[["PROJECT.ADMIN", "PROJECT.MEMBER"]],
    )
    project_service_accounts: bool = Field(
        default=False, description="Whether the service accounts of a project are users of its accounts."
    )
    customer_service_accounts: bool = Field(
        default=False,
        description="Whether the service accounts of a customer are users of the accounts of all its projects.",
    )
    course_accounts: bool = Field(
        default=False, description="Whether the course accounts of a project are users of its accounts."
    )
    robot_accounts: bool = Field(
        default=False, description="Whether the robot accounts of a resource are users of its account."
    )
    identity_gate: Literal["none", "nss", "ldap"] = Field(
        default="none",
        description="Who must know a name, with the uid of the directory, before the user is associated: nobody, this"
        " host's name service (nss), or the LDAP server in the table identity. Slurm remembers a name it could not"
        " resolve and refuses that user's jobs for a while.",
    )
    uid_range: kinds.IdentityRange | None = Field(
        default=None,
        description="The lowest and the highest uid of this offering's users. Left out: those of the table glauth.",
        examples=[[20000, 29999]],
    )
    gid_range: kinds.IdentityRange | None = Field(
        default=None,
        description="The lowest and the highest gid of this offering's groups. Left out: those of the table glauth.",
        examples=[[20000, 29999]],
    )
    user_partitions: user_kinds.PartitionNames = Field(
        default=(),
        description="The partitions a user is associated in, once for each, in lower case as the accounting stores"
        " them. Empty: one association for all.",
        examples=[["cpu", "gpu"]],
    )
    user_qos: user_kinds.QosNames = Field(
        default=(), description="The QOS of a user's association. Empty: those of the account. They must exist."
    )
    user_default_qos: kinds.QosName = Field(
        default="", description="The default QOS of a user's association, one of user_qos. Empty: that of the account."
    )
    default_account: user_kinds.DefaultAccount = Field(
        default="",
        description="An account that every user is in and that is the default of new users, such as one without"
        " hours. It must exist. Empty: the default is the first account of each user.",
    )
    coordinators: bool = Field(
        default=False,
        description="Whether the managers of a project coordinate its accounts in Slurm: they may then set the limits"
        " of its users and cancel their jobs.",
    )
    username: UsernameSettings | None = None

    def username_policy(self) -> UsernamePolicy:
        """Who names the offering's people; nobody without the table."""
        return self.username.policy() if self.username else UsernamePolicy()

    def services(self) -> frozenset[AccountKind]:
        """Which accounts that are no person's are members."""
        wanted = {
            AccountKind.PROJECT_SERVICE: self.project_service_accounts,
            AccountKind.CUSTOMER_SERVICE: self.customer_service_accounts,
            AccountKind.COURSE: self.course_accounts,
            AccountKind.ROBOT: self.robot_accounts,
        }
        return frozenset(kind for kind, switch in wanted.items() if switch)
