"""The groups that are served already: they stay what they are, whoever comes with the name or the gid of one."""

from collections.abc import Iterable

from agent.core.admission.identity import group_problem
from agent.core.admission.ledger import Ledger
from agent.core.model.directory import DirectoryGroup
from agent.core.policy import AdmissionPolicy


class Standing:
    """The published groups that several users may be in.

    Files belong to a gid. A group that gets another one leaves its files to whoever is given the old one, and one that
    takes over a gid has the files of the group before. Those that may not be served any more do not stand, nor those of
    which the journal says something else, nor the group for all, which is the settings' word.
    """

    def __init__(self, listed: Iterable[DirectoryGroup], policy: AdmissionPolicy, book: Ledger) -> None:
        """``listed``: the groups of all feeds."""
        self._names = {
            gid: name
            for gid, name in book.groups.items()
            if book.group_names[gid] == name and gid not in book.gid_names and not group_problem(name, gid, policy)
        }
        if policy.shared_group:
            self._names = {gid: name for gid, name in self._names.items() if name != policy.shared_group[0]}
        self._gids = {name: gid for gid, name in self._names.items()}
        self._listed = {(group.name, group.gidnumber) for group in listed}
        self._listed_names = {name for name, _ in self._listed}

    def moved(self, group: DirectoryGroup) -> str:
        """Why the group may not have its gid, when the one of that name is served with another; else ""."""
        name, gid = group.name, group.gidnumber
        served = self._gids.get(name, gid)
        if served == gid:
            return ""
        return (
            f"its gid is {gid}, but the group {name} is served with {served}, and the files belong to {served};"
            " give it that gid again in the marketplace, or another name"
        )

    def kept(self, refused: DirectoryGroup) -> DirectoryGroup | None:
        """The served group in whose place the refused one would come, and which no feed lists as it is; None if none.

        That is the one of the same name, else the one of the same gid, unless that is listed with another gid.
        """
        gid = self._gids.get(refused.name, refused.gidnumber)
        name = self._names.get(gid, "")
        listed = (name, gid) in self._listed if name == refused.name else name in self._listed_names
        return None if listed or not name else DirectoryGroup(name=name, gidnumber=gid)
