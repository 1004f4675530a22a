"""What a name on the command line means: everything it names, or why nothing is known of it."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.composition import Agent
    from agent.core.explain import Sight
    from agent.engine.explaining import Answer

MOST = 20
"""Things that one name may mean; a name of more says too little."""
REMEMBERED = 200
"""Outcomes that are read of one person or account."""


def looked_up(agent: "Agent", text: str) -> "tuple[Sight, tuple[Answer, ...]]":
    """What was seen, and everything that ``text`` means. Raises BadParameter, or Unavailable when it may be unread."""
    from agent.core.explain import find  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.explaining import answers, look  # noqa: PLC0415 - likewise
    from agent.journal.people import history  # noqa: PLC0415 - likewise

    sight = look(agent.world)
    found = find(sight, text)
    if not found:
        raise nothing_known(sight, text)
    if len(found) > MOST:
        raise typer.BadParameter(
            f"{text[:60]} names {len(found)} things; give a username, an account or a UUID", param_hint="NAME"
        )
    return sight, answers(
        agent.world,
        sight,
        text,
        lambda users, accounts, uuids: history(agent.journal, users, accounts, uuids, REMEMBERED),
    )


def nothing_known(sight: "Sight", text: str) -> Exception:
    """Why a name means nothing: a part was not read, or nobody has it; with the names that look like it."""
    from agent.core.explain import near  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.oneshot import down  # noqa: PLC0415 - likewise
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    if gap := down(sight.observed):
        return Unavailable(f"nothing that could be read says who or what {text[:60]} is: {gap}")
    like = near(sight, text)
    return typer.BadParameter(
        f"nothing is known of {text[:60]!r}" + (f"; did you mean {', '.join(like)}?" if like else ""), param_hint="NAME"
    )
