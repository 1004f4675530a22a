"""What the ``add`` commands have in common: reading the request, and saying what was set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import limits
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.sacctmgr.words import Keyword, means, names, word

NOTHING = " Nothing new added.\n"


CONTACT = "        Contact your admin to add this account.\n"


class Request(NamedTuple):
    """What was asked for: names, options by keyword, limits, and the complaints about them."""

    names: list[str]
    options: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    complaints: str


def read_request(words: Sequence[str], known: Sequence[Keyword], named: tuple[str, ...], hint: str) -> Request:
    """The words taken apart: ``named`` keywords and bare words are names. Raises ``Refused`` on an unknown one."""
    wanted, options, set_limits, complaints = [], {}, {}, ""
    for each in map(word, words):
        keyword = next((keyword.name for keyword in known if each.sign and means(each.key, keyword)), None)
        if not each.sign and each.key.lower() in ("where", "set"):
            continue
        if not each.sign or keyword in named:
            wanted += names(each.value if each.sign else each.key)
        elif keyword:
            options[keyword] = each.value
        else:
            read = limits.read_word(each.key, each.value, f" Unknown option: {each.text}\n{hint}")
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
    order = [limit.name for limit in limits.LIMITS if limit.name in values]
    return "".join(f"  {name:<13} = {limits.shown(name, values[name])}\n" for name in order)
