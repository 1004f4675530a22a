"""Which names are taken: the backend ids of all resources that the marketplace has ever known."""

from collections.abc import Collection

from agent.errors import Incomplete, Unavailable
from agent.marketplace import routes
from agent.marketplace.failure import NoRoute
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.together import together
from agent.marketplace.values import Row, text, uuid_hex

MOST_QUESTIONS = 10
FIELDS = ("uuid", "offering_uuid", "backend_id")


class BackendIds:
    """Finds names that are taken; remembers whether the server can be asked about a single one."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._asks = True

    def used(self, offering: str, names: Collection[str]) -> frozenset[str]:
        """Those of ``names`` that are some resource's backend id, in any case and be it terminated.

        A server of 2025 is asked name by name, over all offerings of the provider. Where that is not possible, or
        would be more than ten questions, the resources of this offering are read. Raises as a read.
        """
        if self._asks and len(names) <= MOST_QUESTIONS:
            try:
                return self._asked(offering, sorted(names))
            except NoRoute:
                self._asks = False
        return self._listed(offering, names)

    def _asked(self, offering: str, names: list[str]) -> frozenset[str]:
        unique = together(lambda name: self._is_unique(offering, name), names)
        return frozenset(name for name, free in zip(names, unique, strict=True) if not free)

    def _is_unique(self, offering: str, name: str) -> bool:
        body = {"backend_id": name, "check_all_offerings": True}
        answer = self._http.ask(routes.OFFERING_UNIQUE_ID, body, offering)
        unique = answer.get("is_unique") if isinstance(answer, dict) else None
        if not isinstance(unique, bool):
            where = self._http.url(routes.OFFERING_UNIQUE_ID, offering)
            raise Unavailable(f"POST {where}: the reply does not say whether {name} is unique")
        return unique

    def _listed(self, offering: str, names: Collection[str]) -> frozenset[str]:
        def belongs(row: Row) -> bool:
            return uuid_hex(row.get("offering_uuid")) == offering

        query = [("offering_uuid", offering), ("o", "created"), *(("field", name) for name in FIELDS)]
        kind = Kind("resource", lambda row: text(row.get("backend_id")).lower(), belongs)
        try:
            taken = frozenset(read_records(self._http, Listing(routes.RESOURCES, query), kind))
        except Incomplete as error:
            raise Incomplete(str(error), sorted(name for name in names if name.lower() in error.rows)) from None
        return frozenset(name for name in names if name.lower() in taken)
