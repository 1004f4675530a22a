"""After a file was written: GLAuth is seen to serve it, or the last good one is put back."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotConverged, Unavailable
from backends.glauth.copies import Copies, content_of, moment_of
from backends.glauth.failure import not_put_back, not_restarted, not_served, put_back
from backends.glauth.login import Login
from backends.glauth.moments import iso
from backends.glauth.proving import Ask, Outcome, see_served, see_served_again
from backends.glauth.refusal import Refusal
from backends.glauth.render import users_in
from backends.glauth.restart import Restart
from backends.glauth.started import Started
from backends.glauth.verify import Probe, budget, prove


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """``write`` puts a content into ``file``; ``login`` says with what a content is proved."""

    file: Path
    probe: Probe | None
    copies: Copies
    started: Started
    refusal: Refusal
    restart: Restart
    write: Callable[[bytes], None]
    login: Callable[[bytes], Login]
    clock: Callable[[], float]

    def settle(self, content: bytes, *, changed: bool) -> None:
        """See that the file, which holds ``content``, is served; keep a copy.

        When GLAuth serves something else, and does so after a restart too, the last good file is put back, and this
        content is not tried again for a while. Raises NotConverged, which says what stands then; also for a file that
        is served although the command that restarts GLAuth failed.
        """
        outcome = self.see(content)
        if self.probe is None or outcome is None or outcome.served:
            self.copies.remember(content)
            if changed:
                self.refusal.forget()
            if outcome is not None and outcome.failed:
                raise NotConverged(not_restarted(self.file, outcome))
            return
        good = self.started.good if outcome.restarted else self.copies.last
        if content_of(good) in (None, content) or not outcome.blames_the_file:
            raise NotConverged(not_served(self.file, self.probe.url, outcome))
        raise NotConverged(self._put_back(self.probe, content, good, outcome))

    def see(self, content: bytes, *, anew: bool = False) -> Outcome | None:
        """Whether the file is served, with waiting and restart; None without a probe.

        ``anew``: GLAuth is restarted, where it may be, although it serves the file. A restart that it needs and that
        may not be made yet is kept in mind: the first ``see`` that may makes it.
        """
        if self.probe is None:
            return None
        owed = self.restart.possible and self.started.otherwise(content)
        outcome = see_served(self._ask(self.probe, content), self.restart, anew=anew or owed)
        if outcome.served:
            if owed and (outcome.failed or not outcome.restarted):
                self.started.owe()
            else:
                self.started.settle()
        return outcome

    def _put_back(self, probe: Probe, content: bytes, good: Path, outcome: Outcome) -> str:
        now = self.clock()
        with suppress(Unavailable):  # then it is tried again too early, which costs less than the file as it stands
            self.refusal.remember(content, now)
        try:
            last = content_of(good) or b""
            ask, good_of = self._ask(probe, last), iso(moment_of(good))  # what cannot be proved is not written
            self.write(last)
        except Unavailable as error:
            return not_put_back(self.file, probe.url, outcome, str(error))
        back = see_served_again(ask, self.restart, restarted=outcome.restarted)
        if back.served:
            with suppress(Unavailable):  # it stands all the same, and is told as never proved
                self.copies.remember(last)
        return put_back(self.file, probe.url, outcome, good_of, back, self.refusal.next_try(now))

    def _ask(self, probe: Probe, content: bytes) -> Ask:
        dn, password = self.login(content)
        return lambda: prove(probe, dn, password, budget(probe, users_in(content)))
