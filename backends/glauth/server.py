"""The published directory: one file, swapped whole, and the GLAuth that must be seen to serve it."""

import grp
from pathlib import Path

from agent.core.model.directory import Directory
from agent.errors import ConfigError, NotConverged, Unavailable
from backends.glauth.base import read_base
from backends.glauth.local import GROUP, PASSWD, Reserved, reserved
from backends.glauth.parse import parse
from backends.glauth.publish import swap
from backends.glauth.render import password_of, render
from backends.glauth.sentinel import Sentinel, sentinel_key
from backends.glauth.verify import Answer, Probe, Verdict, budget, prove

_SENTINEL = Sentinel()


class GlauthDirectory:
    """GLAuth as a ``DirectoryServer``.

    ``file`` is read by GLAuth and written by nobody else. ``last_good`` is a copy of the last file that was proved, and
    a copy it must be: GLAuth misses every later file while a link to an old one exists. Without a ``probe`` nothing is
    proved. Each method reads the base file anew.
    """

    def __init__(
        self,
        *,
        file: Path,
        base_file: Path,
        key_file: Path,
        last_good: Path,
        probe: Probe | None,
        group: str | None = None,
        sentinel: Sentinel = _SENTINEL,
    ) -> None:
        self.file, self.base_file, self.key_file, self.last_good = file, base_file, key_file, last_good
        self.probe, self.group, self.sentinel = probe, group, sentinel

    def current(self) -> Directory:
        """What the published file holds, in the order it is rendered; an absent file, or the bare base, is empty.

        Raises Unavailable when it cannot be read, or was not written by the agent.
        """
        content = _content(self.file)
        if content is None or content.decode(errors="replace").strip() == self._base_text().strip():
            return Directory()
        try:
            return parse(content)
        except ValueError as error:
            raise Unavailable(
                f"{self.file} cannot be read as what the agent published: {error}; put the site's own part into"
                f" {self.base_file}, move {self.file} away, and the next run writes it anew"
            ) from error

    def publish(self, directory: Directory) -> bool:
        """Write the file, see GLAuth serve it, keep a copy; False when the file was like that already.

        A file that was written but never proved is proved now. Raises ConfigError (base, key or group cannot be used),
        Unavailable (not written, the old file stands; or it is not ours) or NotConverged (GLAuth does not serve it).
        """
        text, key = self._base_text(), sentinel_key(self.key_file)
        base = read_base(text)
        content = render(text, directory, self.sentinel, key)
        changed = content != _content(self.file)
        if changed:
            self.current()  # a file of somebody else's is not overwritten
            swap(self.file, content, gid=self._gid())
        if changed or content != _content(self.last_good):
            self._prove(base.dn(self.sentinel.name), password_of(content, key), len(directory.users))
            swap(self.last_good, content, mode=0o600)
        return changed

    def reserved(self) -> Reserved:
        """The names and ids that the host, the base and the probe keep for themselves, for the admission policy."""
        return reserved(read_base(self._base_text()), self.sentinel, PASSWD, GROUP)

    def _prove(self, dn: str, password: str, users: int) -> None:
        if self.probe is None:
            return
        seconds = budget(self.probe, users)
        verdict = prove(self.probe, dn, password, seconds)
        if verdict.answer is not Answer.SERVED:
            raise NotConverged(_failure(self.file, self.probe.url, verdict, seconds))

    def _base_text(self) -> str:
        try:
            return self.base_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.base_file}, the base of the GLAuth file, cannot be read: {error}") from error

    def _gid(self) -> int | None:
        if self.group is None:
            return None
        try:
            return grp.getgrnam(self.group).gr_gid
        except KeyError as error:
            raise ConfigError(
                f"there is no group {self.group!r} on this host to give {self.file} to; name the one GLAuth runs in"
            ) from error


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}; it must belong to the agent's user") from error


def _failure(file: Path, url: str, verdict: Verdict, seconds: float) -> str:
    if verdict.answer is Answer.UNREACHABLE:
        return f"{file} was written, but GLAuth at {url} cannot be reached: {verdict.reason}; check that it is running"
    return (
        f"{file} was written, but GLAuth at {url} still does not serve it after {seconds:g} s: {verdict.reason}."
        f" Check that GLAuth runs with this file and may read it, and that no process holds an old one open"
        f" (lsof +L1) or links to it; then restart GLAuth"
    )
