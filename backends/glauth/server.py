"""The published directory: one file, swapped whole, and the GLAuth that must be seen to serve it."""

import grp
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time
from types import MappingProxyType

from agent.core.model.directory import Directory, DirectoryStatus
from agent.errors import ConfigError, Held, NotConverged, Unavailable
from agent.process import Processes
from backends.glauth.audit import differences
from backends.glauth.base import base_of, base_text, read_base
from backends.glauth.clash import clashes
from backends.glauth.copies import Copies, content_of, moment_of
from backends.glauth.failure import not_restarted, rolled_back_unserved, still_another
from backends.glauth.hidden import hidden
from backends.glauth.hold import RESUME, Hold
from backends.glauth.local import GROUP, PASSWD, Reserved, reserved
from backends.glauth.login import login_of
from backends.glauth.meant import meant_by
from backends.glauth.meddled import Meddled
from backends.glauth.moments import iso
from backends.glauth.parse import base_part, parse
from backends.glauth.publish import swap
from backends.glauth.refusal import Refusal
from backends.glauth.render import render
from backends.glauth.restart import Restart
from backends.glauth.sentinel import Sentinel, sentinel_key
from backends.glauth.settling import Settling
from backends.glauth.standing import Standing
from backends.glauth.started import Started
from backends.glauth.verify import Probe

_SENTINEL = Sentinel()
_NO_VALUES: Mapping[str, str] = MappingProxyType({})
INTERVAL = 600.0
"""Seconds between two restarts, and between two tries of a content that was not served, unless told otherwise."""


class GlauthDirectory:
    """GLAuth as a ``DirectoryServer``.

    ``file`` is read by GLAuth and written by nobody else. ``last_good`` is a copy of the last file that was proved;
    beside it stand the one before, and what outlives a run. Without a ``probe`` nothing is proved. Each method reads
    the base file anew. ``restart`` is the command that restarts GLAuth, at most once in ``restart_interval`` seconds.
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
        base_values: Mapping[str, str] = _NO_VALUES,
        restart: tuple[str, ...] = (),
        restart_interval: float = INTERVAL,
        processes: Processes | None = None,
        sentinel: Sentinel = _SENTINEL,
        clock: Callable[[], float] = time,
    ) -> None:
        self.file, self.base_file, self.key_file, self.last_good = file, base_file, key_file, last_good
        self.base_values, self.probe, self.group = base_values, probe, group
        self.sentinel, self.clock = sentinel, clock
        state, runner = last_good.parent, processes or Processes({})
        self.copies = Copies(last_good, state / "glauth.previous.toml")
        self.started = Started(state / "glauth.started.toml", self.copies)
        self.hold = Hold(state / "glauth.held")
        self.meddled = Meddled(state / "glauth.meddled")
        self.refusal = Refusal(state / "glauth.refused", restart_interval)
        self.restart = Restart(runner, restart, restart_interval, state / "glauth.restarted", clock)

    def current(self) -> Directory:
        """What the published file holds, in the order it is rendered; an absent file, or the bare base, is empty.

        Raises Unavailable when it cannot be read, or was not written by the agent.
        """
        content = content_of(self.file)
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

        What stands already is proved again, so that a GLAuth that stopped reading its file is found, and restarted.
        Raises ConfigError (base, key or group cannot be used, or the base has what the directory has), Held (a person
        rolled back), Unavailable (not written, the old file stands; or it is not ours) or NotConverged (GLAuth does not
        serve it; the text says what stands).
        """
        if held := self.hold.reason():
            raise Held(f"{self.file} stays as it is: {held}")
        content, standing = self._rendered(directory), content_of(self.file)
        changed = content != standing
        if changed:
            if refused := self.refusal.reason(self.clock(), content):
                raise NotConverged(f"{self.file} stays as it is: {refused}")
            self.current()  # a file of somebody else's is not overwritten
            if self.copies.last.exists() and standing != content_of(self.copies.last):
                self.meddled.note()
            self._write(content)
        self._settling().settle(content, changed=changed)
        if self.probe is not None and self.meddled.noted:
            self._compare(content)
        return changed

    def render(self, directory: Directory) -> str:
        """The file as it would be written, with every password and token as "...". Raises ConfigError."""
        return hidden(self._rendered(directory))

    def status(self) -> DirectoryStatus:
        """How the file stands, by what is known here: nobody is asked. Raises ConfigError for an unusable base."""
        return self._standing().known()

    def verify(self) -> DirectoryStatus:
        """How the file stands, once GLAuth was asked what it serves and how safe it is. Raises ConfigError."""
        return self._standing().asked()

    def differences(self) -> tuple[str, ...]:
        """What GLAuth serves otherwise than the file means it, user by user and group by group, as sentences.

        A search beside a swap may mix two files, so that only what two readings show counts. Raises Unavailable when
        GLAuth or the file cannot be read.
        """
        first = self._differences()
        again = self._differences() if first else ()
        return tuple(one for one in first if one in again)

    def roll_back(self) -> str:
        """Put back the newest proved file that is not the one standing, whoever wrote that, and hold publishing.

        Rolled back twice, the first file stands again. Gives what was done. Raises Unavailable (there is no such file,
        or it cannot be written) or NotConverged (it stands, and GLAuth does not serve it or could not be restarted).
        """
        back = self.copies.other_than(content_of(self.file))
        content = content_of(back) if back else None
        if back is None or content is None:
            raise Unavailable(f"there is no other proved file to put in the place of {self.file}; nothing was changed")
        login_of(content, self.key_file, self.sentinel)
        proved = iso(moment_of(back))
        self.hold.begin(self.clock())
        self._write(content)
        outcome = self._settling().see(content)
        if outcome is not None and not outcome.served:
            raise NotConverged(rolled_back_unserved(self.file, proved, outcome, self.hold.reason()))
        self.copies.remember(content)
        if outcome is not None and outcome.failed:
            raise NotConverged(not_restarted(self.file, outcome))
        served = "" if outcome is None else ", and GLAuth serves it"
        return f"{self.file} is again what was proved at {proved}{served}; nothing else is published until `{RESUME}`"

    def resume(self) -> None:
        """Publish again after a roll-back. Raises Unavailable when that cannot be written down."""
        self.hold.end()

    def end_roll_back(self) -> str:
        """The same, and what comes of it in words: what GLAuth did not serve is tried again as well."""
        refused = bool(self.refusal.reason(self.clock()))
        if refused:
            self.refusal.forget()
        if self.hold.end():
            return "The next sync publishes what the marketplace says."
        if refused:
            return "The next sync tries again what GLAuth did not serve."
        return "There was no roll-back to end: each sync publishes what the marketplace says."

    def reserved(self) -> Reserved:
        """The names and ids that the host, the base and the probe keep for themselves, for the admission policy."""
        base = read_base(self._base_text(), str(self.base_file))
        return reserved(base, self.sentinel, PASSWD, GROUP)

    def _compare(self, content: bytes) -> None:
        """See that GLAuth serves nothing but the file, with a restart where it does not. Raises NotConverged."""
        found = self.differences()
        if found:
            self._settling().see(content, anew=True)
            found = self.differences()
        if found:
            raise NotConverged(still_another(self.file, found))
        self.meddled.settle()

    def _differences(self) -> tuple[str, ...]:
        if self.probe is None:
            raise Unavailable("there is no address to ask GLAuth at; set glauth.probe_url")
        content = content_of(self.file) or b""
        directory, (dn, password) = self.current(), login_of(content, self.key_file, self.sentinel)
        base = base_of(tomllib.loads(base_part(content)))
        return differences(self.probe, base, dn, password, meant_by(directory, base, self.sentinel))

    def _rendered(self, directory: Directory) -> bytes:
        text = self._base_text()
        if taken := clashes(directory, read_base(text, str(self.base_file)), self.sentinel):
            raise ConfigError(f"{self.base_file}: {taken}")
        return render(text, directory, self.sentinel, sentinel_key(self.key_file))

    def _base_text(self) -> str:
        return base_text(self.base_file, self.base_values)

    def _write(self, content: bytes) -> None:
        swap(self.file, content, gid=self._gid())

    def _settling(self) -> Settling:
        return Settling(
            file=self.file,
            probe=self.probe,
            copies=self.copies,
            started=self.started,
            refusal=self.refusal,
            restart=self.restart,
            write=self._write,
            login=lambda content: login_of(content, self.key_file, self.sentinel),
            clock=self.clock,
        )

    def _standing(self) -> Standing:
        return Standing(
            file=self.file,
            probe=self.probe,
            current=self.current,
            login=lambda content: login_of(content, self.key_file, self.sentinel),
            copies=self.copies,
            hold=self.hold,
            meddled=self.meddled,
            refusal=self.refusal,
            restart=self.restart,
            started=self.started,
            now=self.clock(),
        )

    def _gid(self) -> int | None:
        if self.group is None:
            return None
        try:
            return grp.getgrnam(self.group).gr_gid
        except KeyError as error:
            raise ConfigError(
                f"there is no group {self.group!r} on this host to give {self.file} to; name the one GLAuth runs in"
            ) from error
