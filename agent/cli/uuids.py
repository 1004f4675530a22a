"""UUIDs on the command line: whole, with or without dashes, or as many first digits as tell one from the others."""

from collections.abc import Collection

import typer

SHORTEST = 8
"""As many digits as the agent itself shows."""


def one_of(text: str, uuids: Collection[str], what: str, hint: str) -> str:
    """The one of ``uuids`` that ``text`` names; ``what`` says what they are. Raises BadParameter."""
    digits = text.strip().replace("-", "").lower()
    if len(digits) < SHORTEST or len(digits) > 32 or set(digits) - set("0123456789abcdef"):
        raise typer.BadParameter(
            f"{text[:60]!r} is no UUID; give at least {SHORTEST} of its hexadecimal digits", param_hint=hint
        )
    found = sorted(uuid for uuid in uuids if uuid.startswith(digits))
    if not found:
        raise typer.BadParameter(f"there is no {what} {text}", param_hint=hint)
    if len(found) > 1:
        raise typer.BadParameter(f"{text} could be {' or '.join(found)}; give more digits", param_hint=hint)
    return found[0]
