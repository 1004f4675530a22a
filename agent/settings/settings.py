"""The whole file."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated

from pydantic import Field

from agent.core.policy import AdmissionPolicy, GuardPolicy, OfferingPolicy
from agent.settings import kinds
from agent.settings.api_token import read_token, token_source
from agent.settings.directory import GlauthSettings
from agent.settings.guard import GuardSettings
from agent.settings.hooks import HookSettings
from agent.settings.identity import IdentitySettings
from agent.settings.marketplace import MarketplaceSettings
from agent.settings.offering import OfferingSettings
from agent.settings.service import DaemonSettings, StateSettings
from agent.settings.slurm import SlurmSettings
from agent.settings.table import Table


class Settings(Table):
    """Everything the agent is told; it never holds the token."""

    marketplace: MarketplaceSettings
    slurm: SlurmSettings = Field(default_factory=SlurmSettings)
    glauth: GlauthSettings | None = None
    identity: IdentitySettings = Field(default_factory=IdentitySettings)
    hooks: HookSettings = Field(default_factory=HookSettings)
    state: StateSettings = Field(default_factory=StateSettings)
    guard: GuardSettings = Field(default_factory=GuardSettings)
    daemon: DaemonSettings = Field(default_factory=DaemonSettings)
    offerings: Annotated[tuple[OfferingSettings, ...], kinds.NOT_EMPTY] = Field(json_schema_extra={"minItems": 1})

    def offering_policies(self) -> tuple[OfferingPolicy, ...]:
        """The rules of each offering, in the order of the file."""
        return tuple(offering.policy() for offering in self.offerings)

    def guard_policy(self) -> GuardPolicy:
        """What may be removed unattended."""
        return self.guard.policy()

    def read_token(self, environ: Mapping[str, str]) -> str:
        """The API token, read now and kept nowhere. Raises ConfigError, which never quotes it."""
        return read_token(self.marketplace.token_file, environ)

    def token_source(self, environ: Mapping[str, str]) -> str:
        """Where a person puts another token."""
        return token_source(self.marketplace.token_file, environ)

    def admission_policy(
        self,
        *,
        reserved_names: AbstractSet[str] = frozenset(),
        reserved_uids: AbstractSet[int] = frozenset(),
        reserved_group_names: AbstractSet[str] = frozenset(),
        reserved_gids: AbstractSet[int] = frozenset(),
        reserved_mails: AbstractSet[str] = frozenset(),
    ) -> AdmissionPolicy:
        """Which directory records may be served; the caller knows what the host and the base file reserve.

        Without a ``[glauth]`` table these are the defaults: nothing is served then.
        """
        reserved = AdmissionPolicy(
            uid_ranges={one.uuid: one.uid_range for one in self.offerings if one.uid_range},
            gid_ranges={one.uuid: one.gid_range for one in self.offerings if one.gid_range},
            reserved_names=frozenset(reserved_names),
            reserved_uids=frozenset(reserved_uids),
            reserved_group_names=frozenset(reserved_group_names),
            reserved_gids=frozenset(reserved_gids),
            reserved_mails=frozenset(reserved_mails),
        )
        return self.glauth.admission_policy(reserved) if self.glauth else reserved
