"""The generations of the Waldur API that the embedded marketplace can speak."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Year: TypeAlias = Literal["2024", "2025", "2026"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Which routes exist and how they answer.

    ``year`` "2024" is the server of October 2024, "2025" the one of December 2025 (7.9.5), "2026" the same with the
    directory of 8.1: ``glauth_tree``, and a text for GLAuth that a TOML library writes. ``bulk_user_usage`` makes
    the 2025 server one of 8.0.5 or later: user usages are taken in bulk, the approval of an order is answered in
    words, and an erred Create without a backend id leaves a terminated resource. ``slurm_allocations`` keeps the 2024
    server's Slurm allocation behind each resource: an Update is erred on approval until the allocation was declared OK.
    """

    year: Year = "2025"
    bulk_user_usage: bool = False
    slurm_allocations: bool = False

    @property
    def old(self) -> bool:
        """Whether this is the 2024 server."""
        return self.year == "2024"

    @property
    def has_tree(self) -> bool:
        """Whether this server has ``glauth_tree``, and makes its text for GLAuth of the same records."""
        return self.year == "2026"

    @property
    def option_field(self) -> str:
        """The offering's field that holds ``service_provider_can_create_offering_user``."""
        return "secret_options" if self.old else "plugin_options"
