"""What every table of the settings file is."""

from typing import get_args

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Table(BaseModel):
    """A table of the file: it cannot change, and knows no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def table_in(field: FieldInfo) -> type[Table] | None:
    """The table that ``field`` holds, once or in a list or by name; None for a plain value."""
    kinds = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Table)), None)
