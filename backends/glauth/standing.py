"""How the published file and its server stand, for a person and for the metrics."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from agent.core.model.directory import Directory, DirectoryStatus
from agent.errors import Unavailable
from backends.glauth.copies import Copies, content_of
from backends.glauth.hold import Hold
from backends.glauth.login import Login
from backends.glauth.meddled import REASON, Meddled
from backends.glauth.moments import iso
from backends.glauth.refusal import Refusal
from backends.glauth.restart import Restart
from backends.glauth.started import Started
from backends.glauth.verify import Answer, Probe, prove
from backends.glauth.version import is_safe_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``current`` reads the file, ``login`` says with what a content is proved."""

    file: Path
    probe: Probe | None
    current: Callable[[], Directory]
    login: Callable[[bytes], Login]
    copies: Copies
    hold: Hold
    meddled: Meddled
    refusal: Refusal
    restart: Restart
    started: Started
    now: float

    def known(self) -> DirectoryStatus:
        """By what is known here; what stands counts as proved when it is the last file that was."""
        proved_at = self.copies.proved_at()
        status = DirectoryStatus(
            file=str(self.file),
            users=0,
            groups=0,
            proved=None,
            last_good=iso(proved_at) if proved_at is not None else "",
            restarted=self.restart.last(),
            restart_failed=self.restart.failed(),
            owed=self.started.owed and self.probe is not None and self.restart.possible,
            held_back=self._held_back(),
        )
        try:
            directory, content = self.current(), content_of(self.file)
            same = content is not None and content == content_of(self.copies.last)
        except Unavailable as error:
            return self._unproved(status, str(error))
        status = replace(status, users=len(directory.users), groups=len(directory.groups))
        if self.meddled.noted:
            return self._unproved(status, REASON)
        if not same:
            return self._unproved(status, "nothing was published yet" if content is None else "it was never proved")
        return replace(status, proved=True if self.probe else None)

    def asked(self) -> DirectoryStatus:
        """The same, with GLAuth's own word. It is asked once, and waited for as long as one answer may take."""
        status = self.known()
        if self.probe is None:
            return status
        try:
            dn, password = self.login(content_of(self.file) or b"")
        except Unavailable as error:
            return replace(status, proved=False, reason=status.reason or str(error))
        verdict, spoilt = prove(self.probe, dn, password, 0), self._spoilt()
        return replace(
            status,
            proved=verdict.answer is Answer.SERVED and not spoilt,
            reason=spoilt or (verdict.reason and f"GLAuth at {self.probe.url}: {verdict.reason}"),
            safe_version=None if verdict.answer is Answer.UNREACHABLE else is_safe_version(self.probe, dn),
        )

    def _spoilt(self) -> str:
        """Why the probe's word says nothing of the file: it is not the agent's, or was not a while ago."""
        try:
            self.current()
        except Unavailable as error:
            return str(error)
        return REASON if self.meddled.noted else ""

    def _unproved(self, status: DirectoryStatus, reason: str) -> DirectoryStatus:
        return replace(status, proved=False if self.probe else None, reason=reason)

    def _held_back(self) -> str:
        try:
            return self.hold.reason() or self.refusal.reason(self.now)
        except Unavailable as error:
            return str(error)
