"""What the keys of an offering's users may say and yet deserves a second look."""

import os
from collections.abc import Iterator

from agent.settings.offering import OfferingSettings
from agent.settings.username import UsernameSettings, names_people_apart


def user_advice(offering: OfferingSettings) -> Iterator[str]:
    """Sentences, each beginning with the key within the offering."""
    if offering.username:
        for text in _username(offering.username):
            yield f"username.{text}"


def _username(username: UsernameSettings) -> Iterator[str]:
    if username.source == "template" and not names_people_apart(username):
        yield "template: gives everybody the same name, with a number behind it"
    if (
        username.source == "template"
        and username.claims
        and not set(username.claims) & set(username.policy().attributes)
    ):
        yield "claims: is not used, as the template has no claims.NAME"
    if username.source == "directory" and username.claims:
        yield 'claims: is not used, as source is "directory"'
    for key in ("attribute", "match"):
        if username.source != "directory" and key in username.model_fields_set:
            yield f'{key}: is not used, as source is "{username.source}"'
    command = next(iter(username.command), "")
    if command and not os.access(command, os.X_OK):
        yield f"command: {command} is not there or cannot be run, and nobody is named without it"
