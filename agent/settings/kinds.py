"""The kinds of value a key can hold; each refuses what it is not, and says what to write instead."""

import re
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from agent.core.names import LEVELS, is_account_name
from agent.errors import ConfigError
from agent.marketplace.address import api_root, is_loopback

MINUTE = 60
_UNITS = {"d": 86_400, "h": 3600, "m": MINUTE, "s": 1}
_TRES = re.compile(r"(cpu|mem|node|billing|energy|vmem|pages)|(gres|license|fs|bb|ic)/[A-Za-z0-9_.:-]+")

_QOS = re.compile(r"(?:[a-z0-9_][a-z0-9_.-]{0,41})?")


def _seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and (found := re.fullmatch(r"([0-9]{1,9})([smhd]?)", value)):
        return int(found[1]) * _UNITS[found[2] or "s"]
    raise ValueError(f'{value!r} is not a duration; write whole seconds such as 90, or "90s", "30m", "1h", "2d"')


def _readable(seconds: int) -> str:
    """The duration as a person writes it, in the largest unit that needs no fraction."""
    unit = next(unit for unit, size in _UNITS.items() if (seconds and seconds % size == 0) or unit == "s")
    return f"{seconds // _UNITS[unit]}{unit}"


def _some(seconds: int) -> int:
    if seconds == 0:
        raise ValueError('must be longer than nothing; write for instance "60s"')
    return seconds


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is not a number; write a number")  # noqa: TRY004 - pydantic takes only this
    return value


def _not_empty(value: object) -> object:
    if value in ([], ()):
        raise ValueError("is empty; write at least one")
    return value


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError(f"{str(path)!r} is not a whole path; write it from / on")
    return path


def _private(path: Path) -> Path:
    try:
        mode = path.stat().st_mode
    except OSError:
        return path  # reading it says more, and happens where the token is needed
    if mode & 0o007:
        raise ValueError(f"everybody on this host may use {path} (mode {mode & 0o777:04o}); do: chmod 600 {path}")
    return path


def _uuid(value: str) -> str:
    plain = value.replace("-", "").lower()
    if not re.fullmatch(r"[0-9a-f]{32}", plain):
        raise ValueError(f"{value!r} is not a UUID; write the 32 hex digits that the marketplace shows for it")
    return plain


def _web(value: str) -> str:
    try:
        api_root(value)
    except ConfigError as error:
        raise ValueError(str(error).removeprefix("marketplace.url ")) from error
    return value


def _ldap(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"ldap", "ldaps"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.path.strip("/"):
        raise ValueError('is not the address of an LDAP server; write for instance "ldap://127.0.0.1:3893"')
    if parts.scheme == "ldap" and not is_loopback(value):
        raise ValueError(f"{value!r} would send a password in clear; write ldaps:// (only loopback may use ldap://)")
    return value


def split_address(value: str) -> tuple[str, int]:
    """The host and the port of ``host:port`` or ``[address]:port``. Raises ValueError with the remedy."""
    host, _, port = value.rpartition(":")
    port_is_good = re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65_536
    if not port_is_good or not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host):
        raise ValueError(f'{value!r} is not host:port; write for instance "127.0.0.1:9317" or "[::1]:9317"')
    return host.strip("[]"), int(port)


def _address(value: str) -> str:
    split_address(value)
    return value


def account(value: str) -> str:
    """The name of an account. Raises ValueError with the remedy for what is none."""
    if not is_account_name(value):
        raise ValueError(f"{value!r} is not a usable account name; write up to 42 of a-z, 0-9, _ and -, not - first")
    return value


def _tres(value: str) -> str:
    if not _TRES.fullmatch(value):
        known = "'gres/gpu'" if value.startswith("gpu") else "cpu, mem, node, billing, gres/NAME or license/NAME"
        raise ValueError(f"{value!r} is not a TRES of Slurm; write {known}")
    return value


def _qos(value: str) -> str:
    if not _QOS.fullmatch(value):
        raise ValueError(f"{value!r} is not the name of a QOS; write it as `sacctmgr list qos` shows it")
    return value


def _command(argv: tuple[str, ...]) -> tuple[str, ...]:
    if argv and not argv[0].startswith("/"):
        raise ValueError(f"{argv[0]!r} is not a whole path; write the command from / on, and each argument by itself")
    return argv


def _levels(levels: tuple[str, ...]) -> tuple[str, ...]:
    if levels != tuple(level for level in LEVELS if level in levels):
        raise ValueError('names a level twice or in another order; write ["customer", "project"], or one of the two')
    return levels


def _ordered(value: tuple[int, int]) -> tuple[int, int]:
    low, high = value
    if not 0 < low <= high < 2**32 - 1:
        raise ValueError(f"[{low}, {high}] is not a range; write [lowest, highest], both from 1 to 4294967294")
    return value


_DURATION_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,9}[smhd]?$"}]}

NOT_EMPTY = BeforeValidator(_not_empty)
"""For lists. Pydantic's own min_length would also complain when every entry is refused already."""

NO_BOOL = BeforeValidator(_no_bool)
"""For numbers, since true is one to Python."""

Duration: TypeAlias = Annotated[
    int, BeforeValidator(_seconds), WithJsonSchema(_DURATION_SCHEMA), PlainSerializer(_readable, when_used="json")
]
Period: TypeAlias = Annotated[Duration, AfterValidator(_some)]
Count: TypeAlias = Annotated[int, Field(ge=0), NO_BOOL]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1), NO_BOOL]
Factor: TypeAlias = Annotated[int, Field(gt=0), NO_BOOL]
Identity: TypeAlias = Annotated[int, NO_BOOL]
IdentityRange: TypeAlias = Annotated[tuple[Identity, Identity], AfterValidator(_ordered)]
AbsolutePath: TypeAlias = Annotated[Path, AfterValidator(_absolute)]
PrivateFile: TypeAlias = Annotated[AbsolutePath, AfterValidator(_private)]
Uuid: TypeAlias = Annotated[str, AfterValidator(_uuid)]
WebUrl: TypeAlias = Annotated[str, AfterValidator(_web)]
LdapUrl: TypeAlias = Annotated[str, AfterValidator(_ldap)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
AccountName: TypeAlias = Annotated[str, AfterValidator(account)]
Tres: TypeAlias = Annotated[str, AfterValidator(_tres)]
QosName: TypeAlias = Annotated[str, AfterValidator(_qos)]
Command: TypeAlias = Annotated[tuple[str, ...], AfterValidator(_command)]
Levels: TypeAlias = Annotated[tuple[Literal["customer", "project"], ...], AfterValidator(_levels)]
