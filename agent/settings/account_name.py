"""The templates of accounts' names, proved with sample values before they meet a resource."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from agent.core.names import is_account_name, shorten
from agent.errors import ConfigError
from agent.templates import render

DEFAULT = "{{ project_slug }}-{{ resource_slug }}"
CUSTOMER = "{{ customer_slug }}"
PROJECT = "{{ project_slug }}"

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
    return sample_name(template) != _name(template, _other("resource_"))


def sample_name(template: str) -> str:
    """The name that the sample resource gets. Raises ValueError for a template that cannot be rendered."""
    return _name(template, SAMPLE)


def _other(*prefixes: str) -> Mapping[str, str]:
    return {name: value[::-1] if name.startswith(prefixes) else value for name, value in SAMPLE.items()}


def _name(template: str, values: Mapping[str, str]) -> str:
    try:
        return shorten(render(template, values))
    except ConfigError as error:
        raise ValueError(str(error)) from error


def _of_resource(template: str) -> str:
    return _telling_apart("resource", template, _other("resource_", "project_"))


def _of_project(template: str) -> str:
    return _free_of("project", _telling_apart("project", template, _other("project_")), "resource_")


def _of_customer(template: str) -> str:
    told_apart = _telling_apart("customer", template, _other("customer_"))
    return _free_of("customer", told_apart, "resource_", "project_")


def _telling_apart(whose: str, template: str, others: Mapping[str, str]) -> str:
    name, word = sample_name(template), f"{{{{ {whose}_slug }}}}"
    if not is_account_name(name):
        raise ValueError(f"gives {name!r}, which is no account name; write for instance {word}")
    if name == _name(template, others):
        raise ValueError(f"gives every {whose} the account {name!r}; write {word} into it")
    return template


def _free_of(whose: str, template: str, *below: str) -> str:
    """Refuse what names anything below the level: the account is one, whichever resource is made first."""
    if sample_name(template) != _name(template, _other(*below)):
        words = " and ".join(f"{prefix}…" for prefix in below)
        raise ValueError(f"gives one {whose} several accounts; take {words} out of it")
    return template


AccountNameTemplate: TypeAlias = Annotated[str, AfterValidator(_of_resource)]
CustomerNameTemplate: TypeAlias = Annotated[str, AfterValidator(_of_customer)]
ProjectNameTemplate: TypeAlias = Annotated[str, AfterValidator(_of_project)]
