"""Tables as sacctmgr, sacct and sreport print them: for eyes, or parsable with ``|`` and no escaping."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster.answer import Ended


class Field(NamedTuple):
    """A column: its name in ``format=``, how many letters of it are enough, its heading, its width for eyes."""

    name: str
    enough: int
    heading: str
    width: int


class Style(NamedTuple):
    """How to print: with headings or not; ``delimiter`` None is for eyes; ``closed`` ends each row with it (``-p``)."""

    headings: bool = True
    delimiter: str | None = None
    closed: bool = False


def chosen(spec: str, fields: Sequence[Field], complaint: str) -> list[Field]:
    """The columns of a ``format=`` list, each with its ``%width``. Raises ``Ended`` with ``complaint`` filled in."""
    return [_one(item, fields, complaint) for item in spec.strip("\"'").split(",")]


def _one(item: str, fields: Sequence[Field], complaint: str) -> Field:
    name, percent, width = item.strip().partition("%")
    for field in fields:
        if field.name.startswith(name.lower()) and len(name) >= field.enough:
            return field._replace(width=int(width)) if percent else field
    raise Ended(complaint.format(name))


def rendered(columns: Sequence[Field], rows: Sequence[Mapping[str, str]], style: Style) -> str:
    """Rows (field name to text; "" when a row has none) as text."""
    cells = [[row.get(column.name, "") for column in columns] for row in rows]
    headings = [column.heading for column in columns]
    if style.delimiter is None:
        return _for_eyes(columns, headings, cells, style)
    lines = [style.delimiter.join(line) for line in ([headings] if style.headings else []) + cells]
    return "".join(f"{line}{style.delimiter if style.closed else ''}\n" for line in lines)


def _for_eyes(columns: Sequence[Field], headings: list[str], cells: list[list[str]], style: Style) -> str:
    widths = [column.width for column in columns]
    rule = [["-" * abs(width) for width in widths]]
    top = [[heading[: abs(width)] for heading, width in zip(headings, widths, strict=True)], *rule]
    lines = [*(top if style.headings else []), *cells]
    return "".join(
        "".join(f"{_fitted(cell, width)} " for cell, width in zip(line, widths, strict=True)) + "\n" for line in lines
    )


def _fitted(cell: str, width: int) -> str:
    """Right-justified (left with a negative width), cut with a ``+``."""
    room = abs(width)
    text = cell if len(cell) <= room else cell[: room - 1] + "+"
    return text.ljust(room) if width < 0 else text.rjust(room)
