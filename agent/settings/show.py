"""The settings in effect, as a file that says the same."""

import tomli_w

from agent.settings.settings import Settings


def show(settings: Settings) -> str:
    """TOML with every key that has a value, durations as texts. There is no secret in the settings to be shown."""
    return tomli_w.dumps(settings.model_dump(mode="json", exclude_none=True))


def summary(settings: Settings) -> str:
    """One line: ``2 offerings, 3 components, cluster lab, directory /etc/glauth/glauth.cfg``."""
    components = sum(len(offering.components) for offering in settings.offerings)
    return ", ".join(
        (
            _counted(len(settings.offerings), "offering"),
            _counted(components, "component"),
            f"cluster {settings.slurm.cluster or 'of slurm.conf'}",
            f"directory {settings.glauth.file}" if settings.glauth else "no directory",
        )
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
