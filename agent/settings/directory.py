"""The table of the directory: the GLAuth file, its proof, and who may be served."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from agent.core.admission.identity import GROUP_NAMES
from agent.core.names import is_username
from agent.core.policy import AdmissionPolicy
from agent.settings import kinds
from agent.settings.table import Table

_DEFAULT = AdmissionPolicy()


def _group_name(value: str) -> str:
    if not is_username(value):
        raise ValueError(
            f"{value!r} is not the name of a group; write up to 32 of a-z, 0-9, _, . and -, a letter first"
        )
    return value


def _for_all(value: str) -> str:
    if value in GROUP_NAMES:
        raise ValueError(f"{value!r} is a group of the system, and gives power over hosts; write another name")
    return value


GroupName: TypeAlias = Annotated[str, AfterValidator(_group_name)]


class SharedGroupSettings(Table):
    """The primary group of everybody when no personal groups are served."""

    name: Annotated[GroupName, AfterValidator(_for_all)] = Field(
        description="The group's name, none of the system's.", examples=["waldur-users"]
    )
    gid: Annotated[int, Field(ge=1000, le=2**31 - 1), kinds.NO_BOOL] = Field(
        description="Its gid, one that no offering gives to a group.", examples=[10_000]
    )


class GlauthSettings(Table):
    """The directory of users and groups. Without this table no directory is written."""

    file: kinds.AbsolutePath = Field(
        description="The file that GLAuth reads, and that only the agent writes, in a folder of its own.",
        examples=["/etc/glauth/agent/glauth.cfg"],
    )
    base: kinds.AbsolutePath = Field(
        description="The site's own part of that file: where GLAuth listens, its backend, the service accounts. One"
        " that ends in .j2 is a Jinja2 template, filled in with base_values.",
        examples=["/etc/agent/glauth-base.toml"],
    )
    base_values: Mapping[str, str] = Field(
        default={},
        description="The values of a base that is a template, by name, such as"
        ' `{ base_dn = "dc=example,dc=org" }`. No passwords.',
    )
    group: str | None = Field(
        default=None,
        min_length=1,
        description="The Unix group GLAuth runs in; it may read the file.",
        examples=["glauth"],
    )
    probe_url: kinds.LdapUrl = Field(
        default="ldap://127.0.0.1:3893",
        description="Where the agent asks GLAuth whether it serves what was written: ldaps://, or ldap:// on loopback."
        " Empty: it is not asked, and nothing is proved.",
    )
    ca_file: kinds.AbsolutePath | None = Field(
        default=None,
        description="The certificates to trust when asking over ldaps://.",
        examples=["/etc/ssl/certs/site-ca.pem"],
    )
    server_name: str | None = Field(
        default=None,
        min_length=1,
        description="The name in GLAuth's certificate, when it is not the one in probe_url.",
        examples=["ldap.example.org"],
    )
    restart: kinds.Command = Field(
        default=(),
        description="The command that restarts GLAuth, by its whole path:"
        ' `["/usr/bin/systemctl", "restart", "glauth"]`. It is run when GLAuth does not serve what was written, and'
        " when the base changed in what GLAuth reads only at its start. It has a minute. Empty: GLAuth is never"
        " restarted.",
    )
    restart_interval: kinds.Period = Field(
        default=10 * kinds.MINUTE,
        description="How long after a restart GLAuth is not restarted again, and how long a content that it did not"
        " serve is not tried again.",
    )
    unix_name: Literal["auto", "preferredUsername", "name"] = Field(
        default="auto",
        description="Which key of a record in an offering's text is the user's name on the cluster: preferredUsername"
        " where there is one and else name (auto), or always the one named here.",
    )
    shared_group: SharedGroupSettings | None = None
    personal_groups: Literal["keep", "drop"] = Field(
        default="keep",
        description="Whether each user has a primary group of their own (keep), or all have shared_group (drop). GLAuth"
        " takes seconds for each look-up from about 2000 users with groups of their own.",
    )
    uid_range: kinds.IdentityRange = Field(
        default=_DEFAULT.uid_range, description="The lowest and the highest uid that may be served."
    )
    gid_range: kinds.IdentityRange = Field(
        default=_DEFAULT.gid_range, description="The lowest and the highest gid that may be served."
    )
    shells: Annotated[tuple[kinds.AbsolutePath, ...], kinds.NOT_EMPTY] = Field(
        default=tuple(map(Path, _DEFAULT.shells)),
        description="The login shells that may be served; any other becomes default_shell.",
        json_schema_extra={"minItems": 1},
    )
    default_shell: kinds.AbsolutePath = Field(
        default=Path(_DEFAULT.default_shell),
        description="The login shell of whoever has none, or one that is not in shells.",
    )
    home_prefix: kinds.AbsolutePath = Field(
        default=Path(_DEFAULT.home_prefix),
        description="The folder of the home directories; any other home becomes the one in it by name.",
    )

    @field_validator("default_shell", mode="after")
    @classmethod
    def _one_of_the_shells(cls, value: Path, info: ValidationInfo) -> Path:
        shells = info.data.get("shells", (value,))
        if value not in shells:
            raise ValueError(f"{str(value)!r} is not in shells; write one of {', '.join(map(str, shells))}, or add it")
        return value

    @field_validator("personal_groups", mode="after")
    @classmethod
    def _something_instead(cls, value: str, info: ValidationInfo) -> str:
        if value == "drop" and info.data.get("shared_group", ...) is None:
            raise ValueError("is drop, and there is no group instead; add [glauth.shared_group] with name and gid")
        return value

    def admission_policy(self, reserved: AdmissionPolicy) -> AdmissionPolicy:
        """What may be served, beside what ``reserved`` keeps for others."""
        return replace(
            reserved,
            uid_range=self.uid_range,
            gid_range=self.gid_range,
            shells=tuple(map(str, self.shells)),
            default_shell=str(self.default_shell),
            home_prefix=str(self.home_prefix),
            shared_group=self._instead_of_personal_groups(),
        )

    def _instead_of_personal_groups(self) -> tuple[str, int] | None:
        shared = self.shared_group
        return (shared.name, shared.gid) if shared and self.personal_groups == "drop" else None
