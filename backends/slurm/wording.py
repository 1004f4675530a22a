"""Limits, shares and QOS in the words of Slurm's commands and load files (pure)."""

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from agent.core.limits import LimitName, limits_of
from agent.core.model.cluster import Account, Association, Qos
from backends.slurm.parse import PARENT_SHARE, format_tres

Item: TypeAlias = Account | Association | Qos
T = TypeVar("T", Account, Association, Qos)

CLEAR = -1
NO_LIST = f"QOS= DefaultQOS={CLEAR}"
"""Back to the parent's list and default."""

WORDS: Mapping[str, str] = {
    "grp_tres_mins": "GrpTRESMins",
    "grp_tres": "GrpTRES",
    "grp_tres_run_mins": "GrpTRESRunMins",
    "max_tres": "MaxTRESPerJob",
    "grp_jobs": "GrpJobs",
    "grp_submit_jobs": "GrpSubmitJobs",
    "grp_wall": "GrpWall",
    "max_submit_jobs": "MaxSubmitJobs",
    "fairshare": "Fairshare",
}
"""Each limit and the word that sets it."""


def load_words(item: Item) -> tuple[str, ...]:
    """Everything that is set on a new account, association or QOS, a word each."""
    return (*_words(limits_of(item)), *(() if isinstance(item, Qos) else _qos_words(item)))


def limit_words(before: T, after: T) -> tuple[str, ...]:
    """What changes the limits: a TRES that is not named keeps its limit, -1 clears one."""
    old, new = limits_of(before), limits_of(after)
    cleared = dict.fromkeys(old.keys() - new.keys(), CLEAR)
    return _words({**cleared, **{name: value for name, value in new.items() if old.get(name) != value}})


def settings(before: T, after: T) -> str:
    """What ``set`` must be given to get from ``before`` to ``after``, but for parent and texts; "" for nothing.

    QOS and default QOS always go together: a default outside the list is refused without an exit code.
    """
    return " ".join((*limit_words(before, after), *_flags(before, after), *_qos_list(before, after)))


def changes_qos(before: Item, after: Item) -> bool:
    """Whether the list of QOS or the default QOS changes, which no load file can do to what exists."""
    return bool(_qos_list(before, after))


def signed(qos: tuple[str, ...]) -> bool:
    """Whether a list adds to the parent's and takes from it (``+gold``, ``-normal``) instead of replacing it."""
    return any(name[0] in "+-" for name in qos)


def _qos_list(before: Item, after: Item) -> list[str]:
    if isinstance(before, Qos) or isinstance(after, Qos):
        return []
    if (before.qos, before.default_qos) == (after.qos, after.default_qos):
        return []
    return [*(qos_words(after.qos) or ["QOS="]), f"DefaultQOS={after.default_qos or CLEAR}"]


def qos_words(qos: tuple[str, ...], quote: str = "") -> list[str]:
    """The words that set a list of QOS; one with signs is reckoned with what is there, so that has to go before."""
    if not signed(qos):
        return [f"QOS={quote}{','.join(qos)}{quote}"] if qos else []
    by_sign = {sign: ",".join(name[1:] for name in qos if name[0] == sign) for sign in "+-"}
    return [f"QOS{sign}={quote}{names}{quote}" for sign, names in by_sign.items() if names]


def _flags(before: Item, after: Item) -> list[str]:
    if isinstance(before, Qos) and isinstance(after, Qos) and before.flags != after.flags:
        return [f"flags={','.join(after.flags) or CLEAR}"]
    return []


def quoted(text: str) -> str:
    """Free text as one word of a command; what cannot stand in quotes was refused before (see ``names``)."""
    return f'"{text}"'


def _words(limits: Mapping[LimitName, int]) -> tuple[str, ...]:
    tres: dict[str, dict[str, int]] = {}
    found: list[str] = []
    for (name, what), value in sorted(limits.items()):
        if what:
            tres.setdefault(name, {})[what] = value
        else:
            found.append(f"{WORDS[name]}={'parent' if (name, value) == ('fairshare', PARENT_SHARE) else value}")
    return (*(f"{WORDS[name]}={format_tres(amounts)}" for name, amounts in tres.items()), *found)


def _qos_words(item: Account | Association) -> tuple[str, ...]:
    return (*qos_words(item.qos, "'"), *([f"DefaultQOS='{item.default_qos}'"] if item.default_qos else []))
