"""The template of an account's name, proved with sample values before it meets a resource."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from agent.core.names import is_account_name, shorten
from agent.errors import ConfigError
from agent.templates import render

SAMPLE: Mapping[str, str] = {
    "resource_name": "weather",
    "resource_slug": "weather-2",
    "resource_uuid": "9f4b2c1de8a74d0b8c5a6e7f00112233",
    "project_slug": "climate-1",
    "project_name": "climate",
    "customer_slug": "university-1",
    "customer_name": "university",
}
"""The names a template may use; the values are only for the proof."""


def tells_resources_apart(template: str) -> bool:
    """Whether two resources of one project get two names from ``template`` alone."""
    return _name(template, SAMPLE) != _name(template, _other("resource_"))


def _other(*prefixes: str) -> Mapping[str, str]:
    return {name: value[::-1] if name.startswith(prefixes) else value for name, value in SAMPLE.items()}


def _name(template: str, values: Mapping[str, str]) -> str:
    return shorten(render(template, values))


def _provable(template: str) -> str:
    try:
        name, other = _name(template, SAMPLE), _name(template, _other("resource_", "project_"))
    except ConfigError as error:
        raise ValueError(str(error)) from error
    if not is_account_name(name):
        raise ValueError(f"gives {name!r}, which is no account name; write for instance {{{{ resource_slug }}}}")
    if name == other:
        raise ValueError(f"gives every resource the account {name!r}; write {{{{ resource_slug }}}} into it")
    return template


AccountNameTemplate: TypeAlias = Annotated[str, AfterValidator(_provable)]
