"""The table of the directory: the GLAuth file, its proof, and who may be served."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from agent.core.policy import AdmissionPolicy
from agent.settings import kinds
from agent.settings.table import Table

_DEFAULT = AdmissionPolicy()


class GlauthSettings(Table):
    """The directory of users and groups. Without this table no directory is written."""

    file: kinds.AbsolutePath = Field(
        description="The file that GLAuth reads, and that only the agent writes.", examples=["/etc/glauth/glauth.cfg"]
    )
    base: kinds.AbsolutePath = Field(
        description="The site's own part of that file: where GLAuth listens, its backend, the service accounts.",
        examples=["/etc/agent/glauth-base.toml"],
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

    def admission_policy(self, reserved: AdmissionPolicy) -> AdmissionPolicy:
        """What may be served, beside what ``reserved`` keeps for others."""
        return replace(
            reserved,
            uid_range=self.uid_range,
            gid_range=self.gid_range,
            shells=tuple(map(str, self.shells)),
            default_shell=str(self.default_shell),
            home_prefix=str(self.home_prefix),
        )
