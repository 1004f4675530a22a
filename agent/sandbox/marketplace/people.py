"""People in the marketplace: who they are, what roles they have, and what becomes of their accounts at offerings."""

from collections.abc import Iterable, Mapping, Sequence

from agent.sandbox.marketplace import members, offering_user_states
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import Refused
from agent.sandbox.marketplace.moments import iso
from agent.sandbox.marketplace.store import Row, Store, new_token


class People:
    """The part of the world that is about persons."""

    _store: Store
    _dialect: Dialect

    def create_user(
        self,
        username: str,
        first_name: str = "",
        last_name: str = "",
        email: str = "",
        sshkeys: Sequence[str] = (),
        attributes: Mapping[str, object] | None = None,
    ) -> str:
        """A new person; nothing is checked, as on the real server.

        ``attributes``: what a server after 7.9.5 shows of the person besides name and address, as ``user_<name>``.
        """
        return self._store.insert(
            "users",
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=email or f"{username}@example.org",
            token=new_token(),
            sshkeys=list(sshkeys),
            attributes=dict(attributes or {}),
        )

    def rename_person(self, user: str, **fields: str) -> None:
        """Change ``username``, ``first_name``, ``last_name`` or ``email``; names at offerings stay as they are."""
        unknown = fields.keys() - {"username", "first_name", "last_name", "email"}
        if unknown:
            raise ValueError(f"A user has no {', '.join(sorted(unknown))}.")
        self._store.update("users", user, **fields)

    def token(self, user: str) -> str:
        """The token with which this user calls the API."""
        return str(self._store.get("users", user)["token"])

    def add_manager(self, offering: str, user: str) -> None:
        """Make a user OFFERING.MANAGER: sees everything of the offering, may not decide orders."""
        self._store.insert("managers", offering=offering, user=user)

    def add_member(self, project: str, user: str, role: str = "PROJECT.MEMBER", expires: float | None = None) -> None:
        """Grant a role, until the UTC second ``expires`` if given; granting it again changes its end."""
        end = None if expires is None else iso(expires)
        with self._store.transaction():
            held = self._store.find("project_roles", project=project, user=user, role=role)
            if held:
                self._store.update("project_roles", held["uuid"], expiration_time=end)
                return
            self._store.insert("project_roles", project=project, user=user, role=role, expiration_time=end)
            members.admit_member(self._store, self._dialect, project, user)

    def expire_member(self, project: str, user: str, at: float) -> None:
        """Let every role of the user in the project end at the UTC second ``at``."""
        with self._store.transaction():
            for role in self._roles(project, user):
                self._store.update("project_roles", role["uuid"], expiration_time=iso(at))

    def remove_member(self, project: str, user: str) -> None:
        """Revoke every role of the user in the project; offering users stay, as on the real server."""
        with self._store.transaction():
            for role in self._store.where("project_roles", project=project, user=user):
                self._store.delete("project_roles", role["uuid"])

    def members(self, project: str) -> list[str]:
        """The users with a role in a project, oldest role first."""
        return [row["user"] for row in self._store.where("project_roles", project=project)]

    def offering_users(self, offering: str) -> list[Row]:
        """Every offering user, oldest first."""
        return self._store.where("offering_users", offering=offering)

    def offering_user(self, offering: str, user: str) -> Row:
        """A person's row at an offering with username, state and service_provider_comment."""
        row = self._store.find("offering_users", offering=offering, user=user)
        if row is None:
            raise LookupError(f"offering {offering} has no user {user}")
        return row

    def rename_user(self, offering: str, user: str, username: str | None) -> None:
        """Change an offering user's username behind the agent's back."""
        with self._store.transaction():
            row = self.offering_user(offering, user)
            self._store.update("offering_users", row["uuid"], username=username)

    def blank_usernames(self, offering: str, users: Iterable[str] | None = None) -> None:
        """Take the usernames of these people away, or of everybody at the offering."""
        with self._store.transaction():
            chosen = None if users is None else set(users)
            for row in self.offering_users(offering):
                if chosen is None or row["user"] in chosen:
                    self._store.update("offering_users", row["uuid"], username="")

    def restrict_user(self, offering: str, user: str, *, restricted: bool = True) -> None:
        """Restrict a person at an offering, or end the restriction."""
        with self._store.transaction():
            row = self.offering_user(offering, user)
            self._store.update("offering_users", row["uuid"], is_restricted=restricted)

    def request_deletion(self, offering: str, user: str) -> None:
        """Ask the provider to delete a person's account, as the marketplace does some time after the last role."""
        self.move_user(offering, user, "request_deletion")

    def move_user(self, offering: str, user: str, action: str) -> None:
        """Make a transition of the server, such as ``begin_creating``, behind the agent's back."""
        with self._store.transaction():
            row = self.offering_user(offering, user)
            try:
                changed = offering_user_states.changes(action, row, {})
            except Refused as refused:
                raise ValueError(str(refused)) from None
            self._store.update("offering_users", row["uuid"], **changed)

    def put_user(self, offering: str, user: str, state: str) -> None:
        """Put an offering user into a state, whatever lies between; a server of 2024 has none."""
        if self._dialect.old or state not in offering_user_states.STATES:
            raise ValueError(f"An offering user cannot be {state} here.")
        with self._store.transaction():
            self._store.update("offering_users", self.offering_user(offering, user)["uuid"], state=state)

    def hide_attributes(self, offering: str, *names: str) -> None:
        """Show ``user_<name>`` of these no longer at an offering (2026); without names everything is shown again."""
        self._store.update("offerings", offering, hidden_attributes=list(names))

    def _roles(self, project: str, user: str) -> list[Row]:
        found = self._store.where("project_roles", project=project, user=user)
        if not found:
            raise LookupError(f"project {project} has no member {user}")
        return found
