"""What is allowed and yet worth a second look."""

from collections.abc import Iterator, Mapping

from agent.errors import ConfigError
from agent.marketplace.address import is_loopback
from agent.settings.component_advice import component_advice
from agent.settings.offering_advice import offering_advice
from agent.settings.settings import Settings


def advice(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences for a person, each beginning with the key it is about."""
    return (*_site(settings, environ), *_offerings(settings))


def _site(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    try:
        settings.read_token(environ)
    except ConfigError as error:
        yield f"marketplace: {error}"
    if settings.guard.removal_confirm_after < 300:
        yield "guard.removal_confirm_after: below 5m an outage of the marketplace can pass for absence"
    if not is_loopback(f"//{settings.daemon.listen}"):
        yield "daemon.listen: the status page is readable from other hosts, and asks for no password"
    if settings.glauth and not settings.glauth.probe_url:
        yield "glauth.probe_url: is empty, so nobody notices when GLAuth does not serve what was written"


def _offerings(settings: Settings) -> Iterator[str]:
    for index, offering in enumerate(settings.offerings):
        for text in (*offering_advice(offering), *component_advice(offering)):
            yield f"offerings[{index}].{text}"
