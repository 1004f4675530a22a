"""What is allowed and yet worth a second look."""

from collections.abc import Iterator, Mapping

from agent.settings.component_advice import component_advice
from agent.settings.offering_advice import offering_advice
from agent.settings.settings import Settings
from agent.settings.site_advice import site_advice
from agent.settings.user_advice import user_advice


def advice(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences for a person, each beginning with the key it is about."""
    return (*site_advice(settings, environ), *_offerings(settings))


def _offerings(settings: Settings) -> Iterator[str]:
    for index, offering in enumerate(settings.offerings):
        for text in (*offering_advice(offering), *user_advice(offering), *component_advice(offering)):
            yield f"offerings[{index}].{text}"
