"""Accounts that are no person's, without HTTP: of projects, customers and courses, and robots of resources."""

from collections.abc import Sequence

from agent.sandbox.marketplace import members, robot_accounts, service_accounts
from agent.sandbox.marketplace.service_accounts import COURSE, CUSTOMER, PROJECT
from agent.sandbox.marketplace.store import Row, Store, new_token


class Accounts:
    """The part of the world that is about them."""

    _store: Store

    def add_service_account(self, username: str, *, project: str = "", customer: str = "", state: str = "OK") -> str:
        """A service account of a project, or of a customer and so of all its projects."""
        if bool(project) == bool(customer):
            raise ValueError("A service account belongs either to a project or to a customer.")
        return self._add(PROJECT if project else CUSTOMER, username, state, project=project, customer=customer)

    def add_course_account(self, username: str, project: str, state: str = "OK") -> str:
        """An account of a course, which is a project with a first and a last day."""
        return self._add(COURSE, username, state, project=project)

    def set_service_account(self, account: str, state: str) -> None:
        """Put a service or course account into a state: OK, Closed or Erred."""
        if state not in service_accounts.STATES:
            raise ValueError(f"A service account cannot be {state}.")
        self._store.update("service_accounts", account, state=state)

    def close_service_account(self, account: str) -> None:
        """End a service or course account; it stays in the list."""
        self.set_service_account(account, "Closed")

    def service_account(self, account: str) -> Row:
        """The row of a service or course account with kind, username and state."""
        return self._store.get("service_accounts", account)

    def add_robot_account(
        self, resource: str, username: str, *, kind: str = "cicd", sshkeys: Sequence[str] = (), state: str = "OK"
    ) -> str:
        """A robot account of a resource, with a uid from the users' counter."""
        with self._store.transaction():
            offering = self._store.get("offerings", self._store.get("resources", resource)["offering"])
            uid, gid = members.allocate(self._store, offering)
            return self._store.insert(
                "robot_accounts",
                resource=resource,
                type=kind,
                username=username,
                state=state,
                sshkeys=list(sshkeys),
                uidnumber=uid,
                primarygroup=gid,
            )

    def set_robot_account(self, account: str, state: str) -> None:
        """Put a robot account into a state, such as ``Requested deletion``."""
        if state not in robot_accounts.STATES:
            raise ValueError(f"A robot account cannot be {state}.")
        self._store.update("robot_accounts", account, state=state)

    def _add(self, kind: str, username: str, state: str, *, project: str = "", customer: str = "") -> str:
        if state not in service_accounts.STATES:
            raise ValueError(f"A service account cannot be {state}.")
        with self._store.transaction():
            for table, uuid in (("projects", project), ("customers", customer)):
                if uuid:
                    self._store.get(table, uuid)
            return self._store.insert(
                "service_accounts",
                kind=kind,
                project=project or None,
                customer=customer or None,
                user=self._course_user(username) if kind == COURSE else None,
                username=username,
                description="",
                email=f"{username}@example.org",
                state=state,
                token=new_token(),
                error_message="",
            )

    def _course_user(self, username: str) -> str:
        person = {"username": username, "first_name": "Course", "last_name": "", "email": ""}
        return self._store.insert("users", **person, token=new_token(), sshkeys=[], attributes={})
