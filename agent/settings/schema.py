"""The JSON schema of the file, for editors and for checks without the agent."""

import json

from agent.settings.settings import Settings

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> str:
    """The schema as JSON text (draft 2020-12). It knows keys, kinds and defaults; `agent config check` knows more."""
    body = Settings.model_json_schema()
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **body}, indent=2, ensure_ascii=False)
        + "\n"
    )
