"""Accounts that are made, moved and changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.actions.base import Action
from agent.core.actions.wording import changed, with_limits_shown
from agent.core.model.cluster import Account, Qos
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount(Action):
    """Create an account with its marker and limits.

    ``replaces``: Slurm's word → the value it is to have later, for what it gets only for a time.
    """

    kind = "create account"
    rank = 30
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: Account
    resource: str
    replaces: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The account."""
        return self.account.name

    def describe(self) -> str:
        """One line for a person."""
        limits = with_limits_shown(self.account) or " without limits"
        return f"create account {self.account.name} under {self.account.parent}{limits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAccount(Action):
    """Put an account below another one, with all that is below it."""

    kind = "move account"
    rank = 35
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.RESOURCES})

    before: Account
    after: Account
    resource: str

    @property
    def subject(self) -> str:
        """The account."""
        return self.after.name

    def describe(self) -> str:
        """One line for a person."""
        return f"move account {self.after.name} from {self.before.parent} to {self.after.parent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits(Action):
    """Bring an account to what was ordered, and to what the flags of its resource ask for.

    Lowering a total can kill running jobs (docs/slurm.md): ``would_kill`` counts them, and with ``drain`` they finish
    first, while nothing new starts. ``replaces``: Slurm's word → the value before, for what is set only for a time;
    ``puts_back``: what has its own value again. ``qos``: the QOS that carries the limits, before and after.
    """

    kind = "set limits"
    rank = 50
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.RESOURCES})

    before: Account
    after: Account
    resource: str
    qos: tuple[Qos, Qos] | None = None
    drain: bool = False
    would_kill: int = 0
    replaces: Mapping[str, str] = field(default_factory=dict)
    puts_back: tuple[str, ...] = ()
    why: str = ""

    @property
    def subject(self) -> str:
        """The account."""
        return self.after.name

    def describe(self) -> str:
        """One line for a person."""
        parts = list(changed(self.before, self.after))
        if self.qos:
            parts += [f"in its QOS {text}" for text in changed(*self.qos)]
        jobs = f"{self.would_kill} running job(s)"
        end = f"; {jobs} finish first" if self.drain else f"; it kills {jobs}" if self.would_kill else ""
        why = f" ({self.why})" if self.why else ""
        return f"set account {self.after.name}: {', '.join(parts) or 'its description'}{why}{end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetUsage(Action):
    """Begin the count of an account's or QOS's usage anew: a new period of its total has begun."""

    kind = "reset usage"
    rank = 48
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.RESOURCES, S.OFFERING})

    account: str
    period: str
    of_qos: bool = False

    @property
    def subject(self) -> str:
        """The account."""
        return self.account

    def describe(self) -> str:
        """One line for a person."""
        return f"let {'QOS' if self.of_qos else 'account'} {self.account} count its usage anew for {self.period}"
