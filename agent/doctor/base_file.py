"""The site's own part of GLAuth's file."""

import tomllib
from collections.abc import Iterator

from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published
from backends.glauth.base import base_text
from backends.glauth.base_advice import base_advice
from backends.glauth.base_check import check_base
from backends.glauth.base_tables import folded, table


def usable(published: Published) -> Iterator[Finding]:
    """Whether the base is one that no version of GLAuth makes a danger of."""
    problems = check_base(_text(published))
    for problem in problems:
        yield Finding(mark=Mark.BROKEN, about="base file", text=f"{published.glauth.base}: {problem}")
    if problems:
        return
    yield Finding(mark=Mark.OK, about="base file", text=f"{published.glauth.base} can be used")
    for advice in base_advice(_text(published)):
        yield Finding(mark=Mark.DOUBTFUL, about="base file", text=f"{published.glauth.base}: {advice}")


def fit_for_sssd(published: Published) -> Iterator[Finding]:
    """Whether SSSD may ask what the server can do; it asks before it binds, and gives the server up when refused."""
    try:
        may_ask = lets_sssd_ask(_text(published))
    except tomllib.TOMLDecodeError:
        yield Finding(mark=Mark.NONE, about="SSSD", text="the base file must be mended first")
        return
    if may_ask:
        yield Finding(mark=Mark.OK, about="SSSD", text="may ask what the server can do before it binds")
        return
    yield Finding(
        mark=Mark.DOUBTFUL,
        about="SSSD",
        text="asks what the server can do before it binds; GLAuth then closes the connection, and SSSD goes offline",
        remedy=f"write anonymousdse = true below [backend] in {published.glauth.base}, and restart GLAuth",
    )


def lets_sssd_ask(text: str) -> bool:
    """Whether a base lets a client read the root entry before it binds. Raises TOMLDecodeError and ConfigError."""
    return table(folded(tomllib.loads(text)), "backend").get("anonymousdse") is True


def _text(published: Published) -> str:
    return base_text(published.glauth.base, published.glauth.base_values)
