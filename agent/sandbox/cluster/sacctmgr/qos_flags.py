"""The flags of a QOS."""

from collections.abc import Sequence

from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.qos import FLAGS
from agent.sandbox.cluster.sacctmgr.words import Word


def after(flags: Sequence[str], given: Word) -> list[str]:
    """The flags after ``=``, ``+=`` or ``-=``; ``flags=-1`` takes all away. Raises ``Refused`` on an unknown one."""
    named = [] if given.value == "-1" else _read(given.value)
    if given.sign == "+=":
        wanted = {*flags, *named}
    elif given.sign == "-=":
        wanted = set(flags) - {*named}
    else:
        wanted = {*named}
    return [flag for flag in FLAGS if flag in wanted]


def _read(text: str) -> list[str]:
    known = {flag.lower(): flag for flag in FLAGS}
    for name in text.split(","):
        if name.lower() not in known:
            raise Refused(out=f" Unknown QOS flag used in:\n  '{text}'\n Valid QOS flags are\n  '{','.join(FLAGS)}'\n")
    return [known[name.lower()] for name in text.split(",")]
