"""What an offering's keys may say and yet deserves a second look."""

import os
from collections.abc import Iterator

from agent.settings.account_name import tells_resources_apart
from agent.settings.offering import OfferingSettings


def offering_advice(offering: OfferingSettings) -> Iterator[str]:
    """Sentences, each beginning with the key within the offering."""
    if not offering.components:
        yield "components: there are none, so nothing is limited or billed"
    yield from _names(offering)
    yield from _approval(offering)
    yield from _flags(offering)
    if offering.on_lower_limit == "apply":
        yield "on_lower_limit: a smaller order kills the jobs that run above it within a minute"


def _names(offering: OfferingSettings) -> Iterator[str]:
    if offering.account_name and not tells_resources_apart(offering.account_name):
        yield "account_name: two resources of one project ask for the same account"
    for level, key in (("customer", "customer_account"), ("project", "project_account")):
        if key in offering.model_fields_set and level not in offering.account_tree:
            yield f"{key}: is not used, as account_tree has no level {level!r}"
    if offering.remove_empty_accounts and not offering.account_tree:
        yield "remove_empty_accounts: is not used, as account_tree has no levels"


def _approval(offering: OfferingSettings) -> Iterator[str]:
    command = next(iter(offering.ask_command), "")
    if command and not os.access(command, os.X_OK):
        yield f"ask_command: {command} is not there or cannot be run, and no order is approved without it"


def _flags(offering: OfferingSettings) -> Iterator[str]:
    if offering.paused_qos and offering.on_pause != "qos":
        yield 'paused_qos: is not used, as on_pause is "limit"'
    if offering.paused_qos and offering.paused_qos == offering.downscaled_qos:
        yield "downscaled_qos: is paused_qos too, so that a pause and a smaller size are one thing"
    if offering.downscaled_qos and offering.limits_on == "qos":
        yield "downscaled_qos: replaces the QOS with the limits, which count again when the resource has its size back"
    if offering.on_terminate == "disable" and not offering.purge_after:
        yield "purge_after: is not set, so disabled accounts stay for good"
