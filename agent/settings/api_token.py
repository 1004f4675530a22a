"""The API token: from its file, from systemd's credentials or from the environment, in this order."""

from collections.abc import Mapping
from pathlib import Path

from agent.errors import ConfigError

_WAYS = (
    'write token_file = "/etc/agent/token" below [marketplace] (a file of mode 0600), give the unit'
    " LoadCredential=token:FILE, or set AGENT_TOKEN"
)
_CREDENTIAL = "the file of LoadCredential=token: in the unit (/etc/agent/token as installed; systemctl cat agent)"
_VARIABLE = "the environment variable AGENT_TOKEN"
_RESTART = "then restart agent, which has the token of its start"


def read_token(token_file: Path | None, environ: Mapping[str, str]) -> str:
    """The token without the white space around it. Raises ConfigError, which never quotes it."""
    if token_file is not None:
        return _checked(_content(token_file, str(token_file)), str(token_file))
    if (credential := _credential(environ)) is not None:
        return _checked(_content(credential, _CREDENTIAL), _CREDENTIAL)
    if "AGENT_TOKEN" in environ:
        return _checked(environ["AGENT_TOKEN"], _VARIABLE)
    raise ConfigError(f"there is no token for the marketplace; {_WAYS}")


def token_source(token_file: Path | None, environ: Mapping[str, str]) -> str:
    """Where a person puts another token, and what must follow: only a file of our own is read again while we run."""
    if token_file is not None:
        return str(token_file)
    source = _VARIABLE if _credential(environ) is None else _CREDENTIAL
    return f"{source}, {_RESTART}"


def _credential(environ: Mapping[str, str]) -> Path | None:
    """The credential ``token`` of the unit, if it was given one (systemd.exec(5), LoadCredential=)."""
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    credential = Path(folder) / "token"
    return credential if folder and credential.exists() else None


def _content(path: Path, source: str) -> str:
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:  # its own text would quote the bytes
        raise ConfigError(f"{source}: holds more than a token; write the token alone on one line") from None
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
