"""Single JSON values → the values of the model; what cannot be read is ``Malformed``, never guessed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from re import compile as pattern
from re import fullmatch
from typing import TypeAlias, TypeVar

Row: TypeAlias = Mapping[str, object]
E = TypeVar("E", bound=StrEnum)

LARGEST = 10**24
"""Numbers from here on are not read."""
_SURROGATE = pattern("[\ud800-\udfff]")


class Malformed(ValueError):
    """A value is not what its field holds; the text says which and what it is."""


def uuid_hex(value: object) -> str:
    """A UUID with or without dashes as 32 lower-case hex digits."""
    text = value.lower() if isinstance(value, str) else ""
    if not fullmatch(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise Malformed(f"{_show(value)} is not a UUID")
    return text.replace("-", "")


def uuid_or_empty(value: object) -> str:
    """Likewise; "" when it is not given."""
    return uuid_hex(value) if value else ""


def first_uuid(*given: object) -> str:
    """The first UUID that is given; "" when none is."""
    return next((uuid_hex(value) for value in given if value), "")


def text(value: object) -> str:
    """A string; null is "". Half a surrogate pair, which JSON can hold, is no text that could be written anywhere."""
    if value is None:
        return ""
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise Malformed(f"{_show(value)} is not text")
    return value


def required_text(value: object) -> str:
    """A string that is not empty."""
    if not text(value):
        raise Malformed("it is missing")
    return text(value)


def text_or_none(value: object) -> str | None:
    """A string; null and "" are None."""
    return text(value) or None


def texts(names: Sequence[str]) -> Callable[..., Mapping[str, str]]:
    """A reader of as many values: name → text, without those that are hidden, empty or no text."""

    def read(*given: object) -> Mapping[str, str]:
        pairs = zip(names, given, strict=True)
        return {name: value for name, value in pairs if isinstance(value, str) and value.strip()}

    return read


def last_part(address: object) -> str:
    """The end of an object's address, which is its UUID; "" when there is none."""
    return str(address or "").rstrip("/").rpartition("/")[2]


def flag(value: object) -> bool:
    """A boolean; null is False."""
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{_show(value)} is neither true nor false")
    return bool(value)


def whole(value: object) -> int:
    """A whole number that is not negative; ``10``, ``10.0`` and ``"10.00"`` are the same one."""
    number = _number(value)
    if number is None or number < 0 or number != int(number):
        raise Malformed(f"{_show(value)} is not a whole number from 0 on")
    return int(number)


def _number(value: object) -> Decimal | None:
    """A finite number of a size that computing with it cannot hurt; None for anything else."""
    try:
        number = Decimal(str(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    # The bound keeps a hostile exponent from becoming a huge integer. It is above what Slurm can hold, so that an order
    # for too much is understood and refused, and does not cast doubt on the whole list of orders.
    return number if number is not None and number.is_finite() and -LARGEST < number < LARGEST else None


def whole_or_none(value: object) -> int | None:
    """Likewise; null is None."""
    return None if value is None else whole(value)


def least(*given: object) -> int | None:
    """The lowest of several maxima; null and 0 are none, and a negative one allows nothing."""
    maxima = [_maximum(value) for value in given if value is not None]
    return min((maximum for maximum in maxima if maximum is not None), default=None)


def _maximum(value: object) -> int | None:
    number = _number(value)
    if number is None:
        raise Malformed(f"{_show(value)} is not a number")
    return max(0, int(number)) if number else None


def factor(value: object) -> int | None:
    """A component's ``unit_factor``; null and 0 mean that there is none."""
    return whole_or_none(value) or None


def limits(value: object) -> Mapping[str, int]:
    """Component → ordered amount. A null amount is left out, as if it had not been given."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{_show(value)} is not a table of limits")
    return {str(name): whole(amount) for name, amount in value.items() if amount is not None}


def option(name: str) -> Callable[[object], str]:
    """A reader of one text among options; "" when it is not among them, or when there are none."""

    def read(value: object) -> str:
        if value is not None and not isinstance(value, dict):
            raise Malformed(f"{_show(value)} is not a table of options")
        return text((value or {}).get(name))

    return read


def forced(kind: object, attributes: object) -> bool:
    """Whether an order is a Terminate whose attributes ask for force."""
    return kind == "Terminate" and isinstance(attributes, dict) and attributes.get("action") == "force_destroy"


def rows(value: object) -> Sequence[Row]:
    """A list of objects; null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Malformed(f"{_show(value)} is not a list of objects")
    return value


def seconds(value: object) -> float:
    """An ISO 8601 time as UTC seconds since the epoch; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise Malformed(f"{_show(value)} is not a time")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def seconds_or_none(value: object) -> float | None:
    """Likewise; null is None."""
    return None if value is None else seconds(value)


def earliest(*days: object) -> float | None:
    """The first second of the earliest day that is given; None when none is."""
    return min((seconds(day) for day in days if day), default=None)


def seconds_or_zero(value: object) -> float:
    """Likewise; null is 0."""
    return 0.0 if value is None else seconds(value)


def one_of(states: type[E], other: E) -> Callable[[object], E]:
    """A reader of one of the server's words; a word this version does not know is ``other``."""
    known = {state.value: state for state in states}
    return lambda value: known.get(required_text(value), other)


ROLES = {"manager": "PROJECT.MANAGER", "member": "PROJECT.MEMBER", "admin": "PROJECT.ADMIN"}


def role(value: object) -> str:
    """A project role's name; the short names of 2024 servers become those of later ones."""
    name = required_text(value)
    return ROLES.get(name, name)


def _show(value: object) -> str:
    try:
        shown = repr(value)
    except RecursionError:
        shown = "what is nested so deeply"
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
