"""The manual page of the settings, as Markdown."""

from agent.settings.outline import Key, Section, outline

_TITLE = """\
# Configuration

<!-- Written by `agent config reference`, from the descriptions that also make the example and the schema. -->

One TOML file, `/etc/agent/agent.toml` unless `--config` or `AGENT_CONFIG` names another.

- `agent config example > /etc/agent/agent.toml` writes a commented file to begin with.
- `agent config check` names every problem at once, each with its key and what to write instead.
- `agent config show` prints what is in effect, defaults included. The token is not in it.
- `agent config schema` prints the JSON schema, which editors use to complete and to check.

**Durations** are whole seconds or a text: `90`, `"90s"`, `"30m"`, `"1h"`, `"2d"`.

**The environment** wins over the file: `AGENT_TABLE__KEY`, for instance `AGENT_DAEMON__LOG_LEVEL=debug`. A list is
written as JSON. Offerings stand in the file only.

**The token** never stands in the file. It is read from `token_file`, else from systemd's credential `token`, else from
the environment variable `AGENT_TOKEN`.
"""


def reference() -> str:
    """One chapter a table, one row a key."""
    return "\n".join([_TITLE, *map(_chapter, outline())])


def _chapter(section: Section) -> str:
    rows = "\n".join(_row(key) for key in section.keys)
    return f"## `{section.header}`\n\n{section.description}\n\n| key | default | meaning |\n|---|---|---|\n{rows}\n"


def _row(key: Key) -> str:
    default = f"`{key.value}`" if key.is_default else ("required" if key.required else "none")
    example = "" if key.is_default else f" Example: `{key.value}`"
    return f"| `{key.name}` | {default} | {key.description}{example} |"
