"""Where the marketplace's API begins, from the address an administrator wrote."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from agent.errors import ConfigError


def api_root(url: str) -> str:
    """The address of the API with exactly one ``/api/`` at its end.

    ``https://host``, ``https://host/``, ``https://host/api`` and ``https://host/api/`` are the same address; a path in
    front of it stays. Raises ``ConfigError`` for an address that cannot be used or that would send the token in clear.
    """
    parts = _split(url)
    _refuse(parts)
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments or segments[-1] != "api":
        segments.append("api")
    return urlunsplit((parts.scheme, parts.netloc, f"/{'/'.join(segments)}/", "", ""))


def is_loopback(url: str) -> bool:
    """Whether the address is this very host."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 - reading the port is what checks it
    except ValueError as error:
        raise ConfigError(f"marketplace.url is not an address ({error}): write https://HOST/api/") from None
    return parts


def _refuse(parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise ConfigError("marketplace.url holds a user name or password: write https://HOST/api/ and use token_file")
    shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"marketplace.url {shown!r} is not a web address: write https://HOST/api/")
    if parts.query or parts.fragment:
        raise ConfigError(f"marketplace.url {shown!r} has a '?' or '#' part: write https://HOST/api/")
    if parts.scheme == "http" and not is_loopback(shown):
        raise ConfigError(f"marketplace.url {shown!r} would send the token in clear: write https:// instead of http://")
