"""What the checks of the directory look at."""

from dataclasses import dataclass
from pathlib import Path

from agent.ports import DirectoryServer
from agent.settings import Settings
from agent.settings.directory import GlauthSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The settings with their table ``[glauth]``, and the server made of them. ``key_file`` is the probe's secret."""

    settings: Settings
    glauth: GlauthSettings
    server: DirectoryServer
    key_file: Path

    @property
    def file(self) -> Path:
        """The file that GLAuth reads, behind any link."""
        return self.glauth.file.resolve()
