"""Everything the engine works with, wired by the composition root."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.names import NameMaker
from agent.core.plan import Plan
from agent.core.policy import AdmissionPolicy, GuardPolicy, Hooks, OfferingPolicy
from agent.core.snapshot import Observed
from agent.ports import (
    Approver,
    Clock,
    Cluster,
    DirectoryServer,
    HookRunner,
    Identities,
    Journal,
    Marketplace,
    NameSource,
)


def _ignore_action(_kind: str, _result: str) -> None: ...


def _ignore_plan(_observed: Observed, _plan: Plan) -> None: ...


@dataclass(frozen=True, kw_only=True)
class World:
    """The outside, behind its ports, and the rules. ``stopping`` says that no new batch may begin.

    ``makers``: offering → the function that renders its account-name template; ``OFFERING/customer`` and
    ``OFFERING/project`` those of the accounts above; ``OFFERING/project_slug`` the one for an offering that names
    accounts by project itself, where the settings have no template of their own. ``approver`` runs the command that
    decides about orders. ``name_sources``: offering → who makes its usernames; ``reserved_names``: those nobody gets,
    because the system or the site has them; ``local_names``: other users of this host. ``admission`` gives the rules of
    who may be served by the directory. ``identities``: "nss" and "ldap"
    (where it is configured) → who is asked whether a name resolves. ``hooks`` are run by ``hook_runner``.
    ``on_action`` hears the kind and result of each action, ``on_plan`` what each cycle saw and means to do.
    """

    marketplace: Marketplace
    cluster: Cluster
    journal: Journal
    clock: Clock
    policies: Sequence[OfferingPolicy]
    guard: GuardPolicy
    makers: Mapping[str, NameMaker]
    directory: DirectoryServer | None = None
    admission: Callable[[], AdmissionPolicy] | None = None
    approver: Approver | None = None
    name_sources: Mapping[str, NameSource] = field(default_factory=dict)
    reserved_names: frozenset[str] = frozenset()
    local_names: frozenset[str] = frozenset()
    identities: Mapping[str, Identities] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=Hooks)
    hook_runner: HookRunner | None = None
    agent_version: str = ""
    stopping: Callable[[], bool] = field(default=lambda: False)
    on_action: Callable[[str, str], None] = _ignore_action
    on_plan: Callable[[Observed, Plan], None] = _ignore_plan
