"""SQLite for the embedded marketplace: rows as dicts, one transaction at a time, safe from any thread."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import uuid4

from agent.sandbox.marketplace.moments import iso
from agent.sandbox.marketplace.schema import FLAG_COLUMNS, JSON_COLUMNS, STATEMENTS

Row: TypeAlias = dict[str, Any]


class Store:
    """The marketplace's data, in memory or in a file. ``clock`` gives UTC seconds."""

    def __init__(self, database: str, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        # What is lost when the machine stops is a demo; waiting for the disk would make every request slow.
        self._db.execute("PRAGMA synchronous = OFF")
        for statement in STATEMENTS:
            self._db.execute(statement)

    def close(self) -> None:
        """Close the database; nothing can be read afterwards."""
        with self._lock:
            self._db.close()

    def now(self) -> str:
        """The present moment as the API writes it."""
        return iso(self.clock())

    def today(self) -> str:
        """The present day in UTC, ``2026-11-23``."""
        return self.now()[:10]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep other threads out, and undo everything when an exception leaves the outermost block."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._leave("ROLLBACK")
                raise
            self._leave("COMMIT")

    def _leave(self, statement: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._db.execute(statement)

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """What a SELECT gives."""
        with self._lock:
            return _rows(self._db.execute(sql, parameters))

    def where(self, table: str, **equal: object) -> list[Row]:
        """The rows whose columns equal the given values, oldest first."""
        condition = " AND ".join(f"{column} IS ?" for column in equal) or "1"
        return self.rows(f"SELECT * FROM {table} WHERE {condition} ORDER BY created, rowid", *equal.values())

    def find(self, table: str, **equal: object) -> Row | None:
        """The first row whose columns equal the given values."""
        found = self.where(table, **equal)
        return found[0] if found else None

    def get(self, table: str, uuid: str) -> Row:
        """The row with this UUID; LookupError names table and UUID."""
        row = self.find(table, uuid=uuid)
        if row is None:
            raise LookupError(f"{table} has no {uuid}")
        return row

    def insert(self, table: str, **values: object) -> str:
        """Add a row and give its new UUID."""
        now = self.now()
        row = {"uuid": uuid4().hex, "created": now, "modified": now, **values}
        marks = ", ".join("?" for _ in row)
        with self._lock:
            self._db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", _encoded(row))
        return str(row["uuid"])

    def update(self, table: str, uuid: str, **values: object) -> None:
        """Change columns of one row."""
        row = {"modified": self.now(), **values}
        changes = ", ".join(f"{column} = ?" for column in row)
        with self._lock:
            self._db.execute(f"UPDATE {table} SET {changes} WHERE uuid = ?", [*_encoded(row), uuid])

    def delete(self, table: str, uuid: str) -> None:
        """Remove one row."""
        with self._lock:
            self._db.execute(f"DELETE FROM {table} WHERE uuid = ?", [uuid])


def new_token() -> str:
    """A token as the API makes them: 40 hex digits."""
    return secrets.token_hex(20)


def _encoded(row: Row) -> list[object]:
    return [json.dumps(value) if column in JSON_COLUMNS else value for column, value in row.items()]


def _rows(cursor: sqlite3.Cursor) -> list[Row]:
    names = [column[0] for column in cursor.description]
    coded = [name for name in names if name in JSON_COLUMNS or name in FLAG_COLUMNS]
    found: list[Row] = [dict(zip(names, values, strict=True)) for values in cursor]
    for row in found:
        for name in coded:
            row[name] = _decoded(name, row[name])
    return found


def _decoded(column: str, value: Any) -> Any:  # noqa: ANN401 - a column holds whatever its table says
    if value is None:
        return None
    if column in JSON_COLUMNS:
        return json.loads(value)
    return bool(value) if column in FLAG_COLUMNS else value
