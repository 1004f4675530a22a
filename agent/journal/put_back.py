"""What the agent took away or replaced for a time, as it was before: the other half of every flag."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from agent.core.known import SetAside
from agent.core.model.cluster import Association
from agent.journal.database import Database

_FIELDS = frozenset(Association.__dataclass_fields__)


class PutBack(Database):
    """Values and associations that are to be put back exactly as they were."""

    def replace(self, values: Mapping[str, Mapping[str, str]], at: float) -> None:
        """Key → field → the value that is about to be replaced; the first one stays until it is put back."""
        rows = [(key, field, before, at) for key, found in values.items() for field, before in found.items()]
        with self.transaction() as db:
            db.executemany("insert or ignore into replaced values (?, ?, ?, ?)", rows)

    def put_back(self, fields: Iterable[tuple[str, str]]) -> None:
        """These (key, field) have their own value again."""
        pairs = list(fields)
        with self.transaction() as db:
            db.executemany("delete from replaced where key=? and field=?", pairs)

    def set_aside(self, associations: Sequence[SetAside], at: float) -> None:
        """Associations that are about to be taken away; the first entry of a pair stays."""
        rows = [
            (one.association.account, one.association.user, _written(one.association), one.own, at)
            for one in associations
        ]
        with self.transaction() as db:
            db.executemany("insert or ignore into aside values (?, ?, ?, ?, ?)", rows)

    def taken_up(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These are back, or will never be."""
        with self.transaction() as db:
            db.executemany("delete from aside where account=? and user=?", pairs)


def association(text: str) -> Association:
    """An association as it was written; a field that this version does not know is left out."""
    found: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(text).items()
        if name in _FIELDS
    }
    return Association(**found)


def _written(one: Association) -> str:
    return json.dumps(asdict(one))
