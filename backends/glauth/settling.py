"""After a file was written: GLAuth is seen to serve it, or the last good one is put back."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotConverged, Unavailable
from backends.glauth.base import read_at_start
from backends.glauth.copies import Copies, content_of
from backends.glauth.failure import not_put_back, not_served, put_back
from backends.glauth.login import Login
from backends.glauth.moments import iso
from backends.glauth.parse import base_part
from backends.glauth.proving import Ask, Outcome, see_served, see_served_again
from backends.glauth.refusal import Refusal
from backends.glauth.render import users_in
from backends.glauth.restart import Restart
from backends.glauth.verify import Probe, budget, prove


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """``write`` puts a content into ``file``; ``login`` says with what a content is proved."""

    file: Path
    probe: Probe | None
    copies: Copies
    refusal: Refusal
    restart: Restart
    write: Callable[[bytes], None]
    login: Callable[[bytes], Login]
    clock: Callable[[], float]

    def settle(self, content: bytes, *, changed: bool) -> None:
        """See that the file, which holds ``content``, is served; keep a copy.

        When GLAuth serves something else, and does so after a restart too, the last good file is put back, and this
        content is not tried again for a while. Raises NotConverged, which says what stands then.
        """
        outcome = self.see(content)
        if self.probe is None or outcome is None or outcome.served:
            self.copies.remember(content)
            if changed:
                self.refusal.forget()
            return
        good = content_of(self.copies.last)
        if good is None or good == content or not outcome.blames_the_file:
            raise NotConverged(not_served(self.file, self.probe.url, outcome))
        raise NotConverged(self._put_back(self.probe, content, good, outcome))

    def see(self, content: bytes) -> Outcome | None:
        """Whether the file is served, with waiting and restart; None without a probe."""
        if self.probe is None:
            return None
        return see_served(self._ask(self.probe, content), self.restart, anew=self._starts_otherwise(content))

    def _starts_otherwise(self, content: bytes) -> bool:
        last = content_of(self.copies.last)
        try:
            return last is not None and read_at_start(base_part(last)) != read_at_start(base_part(content))
        except ValueError:
            return False  # a spoilt copy says nothing

    def _put_back(self, probe: Probe, content: bytes, good: bytes, outcome: Outcome) -> str:
        now, good_of = self.clock(), iso(self.copies.proved_at() or 0)
        with suppress(Unavailable):  # then it is tried again too early, which costs less than the file as it stands
            self.refusal.remember(content, now)
        try:
            ask = self._ask(probe, good)  # a copy that cannot be proved is not written
            self.write(good)
        except Unavailable as error:
            return not_put_back(self.file, probe.url, outcome, str(error))
        back = see_served_again(ask, self.restart, restarted=outcome.restarted)
        return put_back(self.file, probe.url, outcome, good_of, back, self.refusal.next_try(now))

    def _ask(self, probe: Probe, content: bytes) -> Ask:
        dn, password = self.login(content)
        return lambda: prove(probe, dn, password, budget(probe, users_in(content)))
