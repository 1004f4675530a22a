"""The published directory, and who may be in it, as the settings describe them."""

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from agent.core.policy import AdmissionPolicy
from agent.errors import AgentError
from agent.process import Processes
from agent.settings import Settings
from agent.settings.directory import GlauthSettings

if TYPE_CHECKING:
    from backends.glauth.server import GlauthDirectory
    from backends.glauth.verify import Probe


def published_directory(settings: Settings, processes: Processes | None = None) -> "GlauthDirectory | None":
    """The directory of the settings; None without a ``[glauth]`` table. ``processes`` run the site's command."""
    glauth = settings.glauth
    if glauth is None:
        return None
    from backends.glauth.server import GlauthDirectory  # noqa: PLC0415 - a site without a directory saves 5 MiB

    return GlauthDirectory(
        file=glauth.file,
        base_file=glauth.base,
        key_file=settings.state.directory / "sentinel.key",
        last_good=settings.state.directory / "glauth.last-good.toml",
        probe=_probe(glauth),
        group=glauth.group,
        base_values=glauth.base_values,
        restart=glauth.restart,
        restart_interval=float(glauth.restart_interval),
        processes=processes,
    )


class Admission:
    """Who may be served, by the settings and by what the host and the base keep for themselves when it is asked.

    Made, it raises ConfigError for a base that cannot be used, and Unavailable for a host that cannot be read. Later it
    goes by what it read last: such a base is told when the file is published.
    """

    def __init__(self, settings: Settings, directory: "GlauthDirectory") -> None:
        self._settings, self._directory = settings, directory
        self._policy = self._read()

    def __call__(self) -> AdmissionPolicy:
        """The rules of this cycle."""
        with suppress(AgentError):
            self._policy = self._read()
        return self._policy

    def _read(self) -> AdmissionPolicy:
        return self._settings.admission_policy(**asdict(self._directory.reserved()))


def _probe(glauth: GlauthSettings) -> "Probe | None":
    if not glauth.probe_url:
        return None
    from backends.glauth.verify import Probe  # noqa: PLC0415 - likewise

    return Probe(url=glauth.probe_url, ca_file=glauth.ca_file, server_name=glauth.server_name)
