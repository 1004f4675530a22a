"""What the tables of the site as a whole may say and yet deserves a second look."""

import os
from collections.abc import Iterator, Mapping

from agent.errors import ConfigError
from agent.marketplace.address import is_loopback
from agent.settings.glauth_advice import glauth_advice
from agent.settings.settings import Settings


def site_advice(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    """Sentences, each beginning with the key."""
    try:
        settings.read_token(environ)
    except ConfigError as error:
        yield f"marketplace: {error}"
    if settings.guard.removal_confirm_after < 300:
        yield "guard.removal_confirm_after: below 5m an outage of the marketplace can pass for absence"
    if not is_loopback(f"//{settings.daemon.listen}"):
        yield "daemon.listen: the status page is readable from other hosts, and asks for no password"
    if settings.glauth:
        yield from glauth_advice(settings.glauth)
    yield from _identity(settings)
    yield from _hooks(settings)


def _identity(settings: Settings) -> Iterator[str]:
    identity, gates = settings.identity, {offering.identity_gate for offering in settings.offerings}
    sources = {offering.username_policy().source for offering in settings.offerings}
    if identity.ldap_url and "ldap" not in gates and "directory" not in sources:
        yield "identity.ldap_url: is not used, as no offering asks the directory"
    if identity.bind_password_file and not identity.bind_dn:
        yield "identity.bind_password_file: is not used, as bind_dn is empty"
    if "nss" in gates and not os.access(identity.getent, os.X_OK):
        yield f"identity.getent: {identity.getent} is not there or cannot be run, and nobody is associated without it"


def _hooks(settings: Settings) -> Iterator[str]:
    for key in type(settings.hooks).model_fields:
        command = next(iter(getattr(settings.hooks, key)), "")
        if command and not os.access(command, os.X_OK):
            yield f"hooks.{key}: {command} is not there or cannot be run, and is tried for each object all the same"
