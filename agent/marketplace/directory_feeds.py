"""Where the directory of an offering is read: the tree of a server that has it (2026), else the text."""

import threading

from agent.core.model.directory import Feed
from agent.errors import Unavailable
from agent.marketplace import routes
from agent.marketplace.failure import NoRoute, Refused
from agent.marketplace.glauth_feed import UnixName, read_feed
from agent.marketplace.glauth_tree import read_tree
from agent.marketplace.http import Http, Reply

SWITCH = "switch service_provider_can_create_offering_user on in the offering"


class DirectoryFeeds:
    """Reads the feeds; remembers whether the server has the tree.

    It has none when it answers that there is no such route. An answer about the offering (404 in JSON: it is not
    visible; 403; 400: it has no users) says nothing of the kind, and the text would be refused alike. A server that
    had the tree is asked for it again, whatever it said meanwhile: that may have been somebody else's page.
    """

    def __init__(self, http: Http, unix_name: UnixName = "auto") -> None:
        self._http = http
        self._unix_name = unix_name
        self._has_tree: bool | None = None
        self._finding_out = threading.Lock()
        self._answers = 0

    def of(self, offering: str) -> Feed:
        """The users and groups of the offering. Raises as ``read_tree`` and ``read_feed``, and as a read."""
        try:
            tree = self._tree(offering)
            if tree is not None:
                return read_tree(tree.body, offering, self._http.url(routes.OFFERING_TREE, offering))
            text = self._http.text(routes.OFFERING_FEED, offering)
        except Refused as error:
            raise (Unavailable(f"{error}; {SWITCH}") if error.status == 400 else error) from None
        return read_feed(text, self._unix_name, self._http.url(routes.OFFERING_FEED, offering))

    def _tree(self, offering: str) -> Reply | None:
        """The tree; None where there is none. The first to ask finds out for those who come meanwhile."""
        if self._has_tree is None:
            answers = self._answers
            with self._finding_out:
                # Who waited for an answer that left it open does not make the others wait for another one.
                if self._has_tree is None and self._answers == answers:
                    return self._ask(offering)
        return None if self._has_tree is False else self._ask(offering)

    def _ask(self, offering: str) -> Reply | None:
        try:
            reply = self._http.get(routes.OFFERING_TREE, offering)
        except NoRoute:
            self._has_tree = bool(self._has_tree)
            return None
        finally:
            self._answers += 1
        self._has_tree = True
        return reply
