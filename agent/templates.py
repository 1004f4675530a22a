"""The only import of Jinja2: sandboxed, and a name that is not defined is an error."""

from collections.abc import Mapping

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agent.errors import ConfigError

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)

_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a template can raise: Jinja2 lets the errors of expressions through as they are."""


def render(template: str, values: Mapping[str, object]) -> str:
    """The template with ``values`` filled in.

    Raises ConfigError for bad syntax, an unknown name, or an expression that fails.
    """
    try:
        return _ENVIRONMENT.from_string(template).render(values)
    except _FAULTS as error:
        raise ConfigError(f"template {template[:80]!r}: {error}; known names: {', '.join(sorted(values))}") from error


def names_in(template: str) -> frozenset[str]:
    """The names a template takes from outside. Raises ConfigError for bad syntax."""
    try:
        return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(template)))
    except TemplateError as error:
        raise ConfigError(f"template {template[:80]!r}: {error}") from error
