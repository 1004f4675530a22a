"""What two keys of one offering cannot both say."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TypeAlias

from agent.settings.account_name import CUSTOMER, PROJECT, sample_name

Conflict: TypeAlias = tuple[tuple[str, ...], str]
"""The key within the offering, and what to do."""


def offering_conflicts(offering: Mapping[str, object]) -> Iterator[Conflict]:
    """Each conflict in an offering as the file has it."""
    yield from _approval(offering)
    yield from _pause(offering)
    yield from _purge(offering)
    yield from _same_name(offering)


def _approval(offering: Mapping[str, object]) -> Iterator[Conflict]:
    asks, command = offering.get("approval") == "ask", offering.get("ask_command")
    if asks and not command:
        yield ("ask_command",), 'is needed with approval = "ask"; write for instance ["/usr/local/bin/approve"]'
    if command and not asks:
        yield ("ask_command",), 'is never run; write approval = "ask", or take it out'


def _pause(offering: Mapping[str, object]) -> Iterator[Conflict]:
    if offering.get("on_pause") == "qos" and not offering.get("paused_qos"):
        yield ("paused_qos",), 'is needed with on_pause = "qos"; write the name of a QOS in which no job starts'


def _purge(offering: Mapping[str, object]) -> Iterator[Conflict]:
    never = str(offering.get("purge_after", 0)).rstrip("smhd").strip("0") == ""
    if not never and offering.get("on_terminate", "delete") != "disable":
        yield ("purge_after",), 'has nothing to delete; write on_terminate = "disable", or take it out'


def _same_name(offering: Mapping[str, object]) -> Iterator[Conflict]:
    """A resource's account cannot have the name of the one above it."""
    own, levels = offering.get("account_name"), offering.get("account_tree")
    above = {
        "customer": offering.get("customer_account", CUSTOMER),
        "project": offering.get("project_account", PROJECT),
    }
    for level, template in above.items():
        if isinstance(levels, list) and level in levels and _alike(own, template):
            text = f"gives the name of the {level}'s account in the tree; write {{{{ resource_slug }}}} into it"
            yield ("account_name",), text


def _alike(one: object, other: object) -> bool:
    with suppress(ValueError):  # what cannot be rendered is a problem of its own
        return isinstance(one, str) and isinstance(other, str) and sample_name(one) == sample_name(other)
    return False
