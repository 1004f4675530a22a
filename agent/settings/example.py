"""The commented example of a settings file."""

from textwrap import wrap

from agent.settings.outline import Key, Section, outline

_TITLE = """\
#:schema ./agent.schema.json
# The settings of the site agent. A key behind a # shows its default or an example: take the # away to set it.
# Check the file with `agent config check`.
"""


def example() -> str:
    """A settings file that loads as it is; what may be left out stands behind a #."""
    return "\n".join([_TITLE, *map(_section, outline())])


def _section(section: Section) -> str:
    header = f"#{section.header}" if section.optional else section.header
    lines = [*_comment(section.description), header]
    for key in section.keys:
        lines += [*_comment(key.description), _line(key, hidden=section.optional or not key.shown)]
    return "\n".join(lines) + "\n"


def _line(key: Key, *, hidden: bool) -> str:
    return f"{'#' if hidden else ''}{key.name} = {key.value}"


def _comment(text: str) -> list[str]:
    return wrap(text, width=118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
