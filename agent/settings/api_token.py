"""The API token: from its file, from systemd's credentials or from the environment, in this order."""

from collections.abc import Mapping
from pathlib import Path

from agent.errors import ConfigError

_WAYS = (
    'write token_file = "/etc/agent/token" below [marketplace] (a file of mode 0600), give the unit'
    " LoadCredential=token:FILE, or set AGENT_TOKEN"
)


def read_token(token_file: Path | None, environ: Mapping[str, str]) -> str:
    """The token without the white space around it. Raises ConfigError, which never quotes it."""
    source = token_file or _credential(environ)
    if source is not None:
        return _checked(_content(source), str(source))
    if "AGENT_TOKEN" in environ:
        return _checked(environ["AGENT_TOKEN"], "the environment variable AGENT_TOKEN")
    raise ConfigError(f"there is no token for the marketplace; {_WAYS}")


def _credential(environ: Mapping[str, str]) -> Path | None:
    """The credential ``token`` of the unit, if it was given one (systemd.exec(5), LoadCredential=)."""
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    credential = Path(folder) / "token"
    return credential if folder and credential.exists() else None


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:  # its own text would quote the bytes
        raise ConfigError(f"{path}: holds more than a token; write the token alone on one line") from None
    except OSError as error:
        raise ConfigError(
            f"{path}: the token cannot be read ({error.strerror}); let the agent's user read it"
        ) from error


def _checked(text: str, source: str) -> str:
    token = text.strip()
    if not token:
        raise ConfigError(f"{source}: holds no token; write the token alone on one line")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigError(f"{source}: holds more than a token; write the token alone on one line")
    return token
