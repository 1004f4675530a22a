"""``sacctmgr modify qos`` and ``delete qos``."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from agent.sandbox.cluster import limits, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Tree
from agent.sandbox.cluster.qos import Qos
from agent.sandbox.cluster.sacctmgr import qos_flags, raw_usage
from agent.sandbox.cluster.sacctmgr.add_qos import HINT, complained
from agent.sandbox.cluster.sacctmgr.modifying import NOTHING, halves
from agent.sandbox.cluster.sacctmgr.words import Keyword, Word, conditions, folded, means, names, word

WHERE = (Keyword("names", 1), Keyword("description", 1), Keyword("clusters", 1))
HINT_WHERE = " Use keyword 'set' to modify SLURM_PRINT_VALUE\n"
IN_USE = (
    " Please either remove the qos' listed above from list and resubmit,\n"
    " or change the default qos to remove the qos.\n Changes Discarded\n"
)


def modify(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Change limits, flags and description of QOS."""
    asked, given = halves(words)
    where = conditions(asked, WHERE, "names", HINT_WHERE)
    settings = [word(each) for each in given]
    if not settings:
        raise Refused(" You didn't give me anything to set\n")
    resets = [each.value for each in settings if means(each.key, raw_usage.KEYWORD)]
    if resets and raw_usage.asked({"rawusage": resets[-1]}):
        return raw_usage.of_qos(db, cluster, where)
    matched = _matched(db, where)
    complaints = ""
    for each in matched:
        after, complaints = _after(each, settings)
        qos.store(db, after)
    if not matched:
        return Answer(NOTHING, "", 1)
    return Answer(" Modified qos...\n" + "".join(f"  {each.name}\n" for each in matched), complaints)


def delete(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Delete QOS; refused while one is somebody's default."""
    where = conditions(words, WHERE, "names", HINT_WHERE)
    if not where:
        raise Refused(" No conditions given to remove, not executing.\n")
    gone = [each.name for each in _matched(db, where)]
    if not gone:
        return Answer(" Nothing deleted\n", "", 1)
    held = "".join(_held(Tree(db), gone, cluster))
    if held:
        raise Refused(f" Associations listed below have these as their Default QOS.\n{held}{IN_USE}")
    qos.delete(db, gone)
    return Answer(" Deleting QOS(s)...\n" + "".join(f"  {name}\n" for name in gone))


def _matched(db: sqlite3.Connection, where: Mapping[str, str]) -> list[Qos]:
    asked = names(where["names"]) if "names" in where else None
    text = folded(where["description"]) if "description" in where else None
    return [
        each
        for each in qos.every(db).values()
        if (asked is None or each.name in asked) and (text is None or each.description.lower() == text)
    ]


def _held(tree: Tree, gone: Sequence[str], cluster: str) -> Iterator[str]:
    own = [each for each in tree if each.limits.get("DefaultQOS") in gone]
    for each in sorted(own, key=lambda one: (one.account, one.user)):
        user = f" U = {each.user:<9}" if each.user else ""
        default = each.limits["DefaultQOS"]
        yield f"  DefQOS = {default!s:<10} C = {cluster:<10} A = {each.account:<20}{user}\n"


def _after(each: Qos, settings: Sequence[Word]) -> tuple[Qos, str]:
    changes: dict[str, limits.Change] = {}
    complaints = ""
    for setting in settings:
        if means(setting.key, Keyword("description", 1)):
            each = each._replace(description=folded(setting.value))
        elif means(setting.key, Keyword("flags", 2)):
            each = each._replace(flags=qos_flags.after(each.flags, setting))
        else:
            read = _limit(setting)
            changes[read.name] = read.change
            complaints += read.complaints
    return each._replace(limits=limits.applied(each.limits, changes)), complaints


def _limit(setting: Word) -> limits.Read:
    try:
        unknown = f" Unknown option: {setting.text}\n{HINT}"
        return limits.read_word(setting.key, setting.value, unknown, limits.Vocabulary(limits.QOS_LIMITS))
    except Refused as refused:
        raise complained(refused) from None
