"""Service, course and robot accounts as members: where they work, and in which states they count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.model.marketplace import Resource, ServiceAccount
from agent.core.moments import day
from agent.core.names import is_username
from agent.core.usernames import Claims, service

COUNTING = frozenset({"", "OK"})
"""The states in which such an account is a member; "" is a server without states."""
DAY = 86_400.0
ENDED = frozenset({"Closed", "Requested deletion", "Deleted"})
"""The states that say that it is none any more; an error says neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who should have access: who, under which name ("" for none), and why not yet ("" when they may)."""

    uuid: str
    reason: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of one resource: members, and usernames that a record says are over → why."""

    members: tuple[Member, ...]
    ended: Mapping[str, str]


class Services:
    """Finds the accounts that work in a resource."""

    def __init__(self, accounts: Iterable[ServiceAccount], claims: Claims, now: float) -> None:
        self._claims = claims
        self._now = now
        self._at: dict[str, list[ServiceAccount]] = {}
        for account in sorted(accounts, key=lambda account: account.uuid):
            where = account.resource_uuid or account.project_uuid or account.customer_uuid
            self._at.setdefault(where, []).append(account)

    @property
    def names(self) -> dict[str, str]:
        """Username → holder, of those that may be used: nobody else is ever to have one."""
        found = (account for accounts in self._at.values() for account in accounts)
        return {one.username: service(one) for one in found if not self._over(one) and not self._reason(one)}

    def of(self, resource: Resource) -> Accounts:
        """Those of the resource itself, of its project and of its customer."""
        places = (resource.uuid, resource.project_uuid, resource.customer_uuid)
        here = [account for place in places if place for account in self._at.get(place, ())]
        going = {one.username: self._over(one) for one in here if self._over(one) and not self._problem(one)}
        members = tuple(self._member(account) for account in here if not self._over(account))
        named = {one.username for one in members}
        return Accounts(members=members, ended={name: why for name, why in going.items() if name not in named})

    def _over(self, account: ServiceAccount) -> str:
        if account.state in ENDED:
            return f"the {account.kind} is {account.state}"
        if account.ends is not None and account.ends + DAY <= self._now:
            return f"the last day of the {account.kind} was {day(account.ends)}"
        return ""

    def _member(self, account: ServiceAccount) -> Member:
        name = account.username if is_username(account.username) else ""
        return Member(uuid=account.uuid, username=name, reason=self._reason(account))

    def _reason(self, account: ServiceAccount) -> str:
        name, kind = account.username, account.kind
        if account.state not in COUNTING:
            return f"is a {kind} in state {account.state}"
        if account.starts is not None and account.starts > self._now:
            return f"is a {kind} that starts on {day(account.starts)}"
        if not name:
            return f"is a {kind} without a username"
        problem = self._problem(account)
        return f"is a {kind} and {problem}" if problem else ""

    def _problem(self, account: ServiceAccount) -> str:
        """Why the name cannot be taken for the account's; another's does not end with it either."""
        return self._claims.problem(account.username, service(account))
