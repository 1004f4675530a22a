"""Searches in the site's directory: all of them over one connection, and each answer whole or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from agent.errors import Unavailable
from backends.ldap import INVALID_CREDENTIALS, NO_SUCH_OBJECT, SUCCESS, Address, Entry, Said, Session, Silence, session

_REMEDIES = {
    INVALID_CREDENTIALS: "correct identity.bind_dn, or the password in identity.bind_password_file",
    NO_SUCH_OBJECT: "correct identity.base_dn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDirectory:
    """The directory of the site. ``password`` is called for each connection; ``seconds``: what one answer may take."""

    address: Address
    base: str
    dn: str
    password: Callable[[], str]
    seconds: int

    def search(self, filters: Iterable[str], attributes: Sequence[str]) -> list[Entry]:
        """What each filter finds below the base. Raises Unavailable when any answer is missing or not whole."""
        wanted = list(filters)
        if not wanted:
            return []
        try:
            with session(self.address, self.dn, self.password(), self.seconds) as asked:
                self._accept(asked.bind(), "a bind")
                return [entry for one in wanted for entry in self._found(asked, one, attributes)]
        except Silence as silence:
            raise Unavailable(
                f"the directory {self.address.url} does not answer: {silence}; see whether it runs, or correct"
                " identity.ldap_url, identity.ca_file or identity.timeout in the settings"
            ) from silence

    def _found(self, asked: Session, wanted: str, attributes: Sequence[str]) -> list[Entry]:
        said, entries = asked.search(self.base, wanted, attributes)
        self._accept(said, "a search")
        return entries

    def _accept(self, said: Said, what: str) -> None:
        if said.code != SUCCESS:
            remedy = _REMEDIES.get(said.code, "see its log, and what identity.bind_dn may search there")
            raise Unavailable(f"the directory {self.address.url} refused {what}: {said.text} ({said.code}); {remedy}")


def any_of(filters: Iterable[str]) -> str:
    """The filter that one of these fulfils."""
    return f"(|{''.join(filters)})"
