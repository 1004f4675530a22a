"""The server of the published directory."""

from typing import Protocol

from agent.core.model.directory import Directory, DirectoryStatus


class DirectoryServer(Protocol):
    """The published GLAuth file and the server that reads it."""

    def current(self) -> Directory:
        """What the published file holds (without sentinel and base); an absent file is empty."""
        ...

    def publish(self, directory: Directory) -> bool:
        """Swap the file whole and prove it by LDAP; False when nothing had to be written.

        Raises ``ConfigError`` (the site's own part cannot be used), ``Held`` (a person rolled back), ``Unavailable``
        (not written; the old one stands) or ``NotConverged`` (written, but the server does not serve it).
        """
        ...

    def render(self, directory: Directory) -> str:
        """The whole file as it would be written, every password digest shown as "..."."""
        ...

    def status(self) -> DirectoryStatus:
        """How file and server stand, by what is known; nobody is asked."""
        ...

    def verify(self) -> DirectoryStatus:
        """How they stand once the server was asked whether it serves the file."""
        ...

    def differences(self) -> tuple[str, ...]:
        """Every entry that is served otherwise than the file means it, in words; none when all are the same."""
        ...

    def roll_back(self) -> str:
        """Put the last good file back and publish nothing else until ``resume``; gives what was done, in words."""
        ...

    def resume(self) -> None:
        """Publish again after a roll-back."""
        ...
