"""What the ``add`` commands have in common: reading the request, and saying what was set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import limits
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.sacctmgr.words import Keyword, means, names, word

NOTHING = " Nothing new added.\n"


CONTACT = "        Contact your admin to add this account.\n"


class Known(NamedTuple):
    """What a request may hold: option keywords, which of them name things, limits, and what follows a complaint."""

    options: Sequence[Keyword]
    named: tuple[str, ...]
    words: limits.Vocabulary
    hint: str = ""


class Request(NamedTuple):
    """What was asked for: names, options by keyword, limits, and the complaints about them."""

    names: list[str]
    options: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    complaints: str


def read_request(words: Sequence[str], known: Known) -> Request:
    """The words taken apart; bare words are names. Raises ``Refused`` on an unknown one."""
    wanted, options, set_limits, complaints = [], {}, {}, ""
    for each in map(word, words):
        keyword = next((keyword.name for keyword in known.options if each.sign and means(each.key, keyword)), None)
        if not each.sign and each.key.lower() in ("where", "set"):
            continue
        if not each.sign or keyword in known.named:
            wanted += names(each.value if each.sign else each.key)
        elif keyword:
            options[keyword] = each.value
        else:
            unknown = f" Unknown option: {each.text}\n{known.hint}"
            read = limits.read_word(each.key, each.value, unknown, known.words)
            set_limits[read.name] = read.change
            complaints += read.complaints
    return Request(wanted, options, set_limits, complaints)


def blank_names(wanted: Iterable[str]) -> str:
    """The complaint about each empty name."""
    return " No blank names are allowed when adding.\n" * sum(not name for name in wanted)


def check_cluster(options: Mapping[str, str], cluster: str) -> None:
    """Raise ``Refused`` when another cluster is meant."""
    for name in names(options["clusters"]) if "clusters" in options else ():
        if name != cluster:
            raise Refused(
                f" This cluster '{name}' doesn't exist.\n        Contact your admin to add it to accounting.\n"
            )


def limits_said(changes: Mapping[str, limits.Change]) -> str:
    """The limits of what was added, as sacctmgr lists them."""
    values = limits.applied({}, changes)
    order = [limit.name for limit in limits.LIMITS if limit.name in values and not limit.kind.startswith("qos")]
    return "".join(_line(name, limits.shown(name, values[name])) for name in order)


def qos_said(changes: Mapping[str, limits.Change], known: Sequence[str]) -> str:
    """The QOS of what was added."""
    held, default = changes.get("QOS"), changes.get("DefaultQOS")
    listed = [name for name in known if isinstance(held, list) and name in held]
    return (_line("QOS", ",".join(listed)) if listed else "") + (_line("DefQOS", str(default)) if default else "")


def _line(name: str, value: str) -> str:
    return f"  {name:<14}= {value}\n"
