"""The host's name service, asked by getent: what slurmctld will see."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from agent.core.model.people import Identity
from agent.core.names import is_username
from agent.errors import Unavailable
from agent.process import Finished, Processes

AT_ONCE = 500
"""Names in one command."""
_FOUND, _SOME_MISSING = 0, 2


class Nss:
    """Implements ``agent.ports.Identities``. ``timeout``: seconds that one command may take."""

    def __init__(self, processes: Processes, getent: Path, timeout: float) -> None:
        self._processes = processes
        self._getent = getent
        self._timeout = timeout

    def resolve(self, names: Collection[str]) -> Mapping[str, Identity]:
        """The names that the host knows now; one that is no username is not asked about."""
        asked = sorted(filter(is_username, set(names)))
        found: dict[str, Identity] = {}
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            for identity in _identities(self._passwd(some)):
                if identity.name in some:
                    found.setdefault(identity.name, identity)
        return found

    def _passwd(self, names: list[str]) -> str:
        try:
            finished = self._processes.read([str(self._getent), "passwd", *names], timeout=self._timeout)
        except Unavailable as error:
            what = str(error).partition(";")[0]  # the remedy there is for Slurm's commands
            raise Unavailable(
                f"{what}; see whether the host's name service (SSSD) answers, or correct identity.getent or"
                " identity.timeout in the settings"
            ) from error
        if finished.returncode not in {_FOUND, _SOME_MISSING}:
            raise Unavailable(_refusal(finished))
        return finished.stdout


def _identities(text: str) -> Iterator[Identity]:
    """Of each line of passwd(5) its name and uid; what is no such line is left out."""
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) == 7 and fields[2].isascii() and fields[2].isdecimal():
            yield Identity(name=fields[0], uid=int(fields[2]))


def _refusal(finished: Finished) -> str:
    said = " ".join(finished.stderr.split())[:200]
    ended = f"{finished.argv[0]} ended with {finished.returncode}{said and f': {said}'}"
    return f"{ended}; see whether `getent passwd root` works on this host, or correct identity.getent in the settings"
