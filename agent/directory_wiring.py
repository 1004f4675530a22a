"""The published directory, as the settings describe it."""

from typing import TYPE_CHECKING

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


def _probe(glauth: GlauthSettings) -> "Probe | None":
    if not glauth.probe_url:
        return None
    from backends.glauth.verify import Probe  # noqa: PLC0415 - likewise

    return Probe(url=glauth.probe_url, ca_file=glauth.ca_file, server_name=glauth.server_name)
