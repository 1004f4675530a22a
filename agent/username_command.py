"""The site's own command that names people."""

import json
from collections.abc import Collection, Mapping, Sequence

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.core.usernames import UsernameMaker
from agent.errors import Unavailable
from agent.process import Processes
from agent.site_command import last_line, run

DEADLINE = 60.0
"""Seconds the command has for all people at once; then it is ended, and they wait."""
UNKNOWN = Proposal(reason="the command does not know this person yet", linked=False)


class UsernameCommand:
    """Implements ``agent.ports.NameSource``: the command's word is taken as it is.

    It gets a list of ``{"user_uuid": …, "attributes": {…}}``, with ``attributes`` and no others, and writes an object:
    user_uuid → a name, or ``{"reason": …}``, or null for somebody it does not know yet.
    """

    make: UsernameMaker | None = None

    def __init__(
        self, processes: Processes, command: Sequence[str], attributes: Collection[str], deadline: float = DEADLINE
    ) -> None:
        self._processes = processes
        self._command = command
        self._attributes = frozenset(attributes)
        self._deadline = deadline

    def names(self, people: Sequence[OfferingUser]) -> Mapping[str, Proposal]:
        """Marketplace user → what the command says. Raises Unavailable when it fails or says anything else."""
        finished = run(self._processes, self._command, [self._said_of(one) for one in people], self._deadline)
        if finished.returncode != 0:
            said = last_line(finished.stderr)
            raise self._wrong(f"ended with {finished.returncode}{said and f': {said}'}")
        answer = self._answer(finished.stdout)
        if strangers := set(answer) - {one.user_uuid for one in people}:
            raise self._wrong(f"names {min(strangers)[:40]!r}, about whom it was not asked")
        return {one.user_uuid: self._proposal(one.user_uuid, answer.get(one.user_uuid)) for one in people}

    def _said_of(self, person: OfferingUser) -> dict[str, object]:
        shown = {name: value for name, value in person.attributes.items() if name in self._attributes}
        return {"user_uuid": person.user_uuid, "attributes": shown}

    def _answer(self, text: str) -> dict[str, object]:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"wrote something that is not JSON: {error}") from error
        if not isinstance(answer, dict):
            raise self._wrong("did not write an object of user_uuid and name")
        return answer

    def _proposal(self, person: str, said: object) -> Proposal:
        if said is None:
            return UNKNOWN
        if isinstance(said, str) and said:
            return Proposal(name=said)
        if isinstance(said, dict) and isinstance(said.get("reason"), str):
            return Proposal(reason=last_line(said["reason"]) or "the command gives no reason")
        raise self._wrong(f'wrote neither a name nor {{"reason": …}} for {person}')

    def _wrong(self, what: str) -> Unavailable:
        return Unavailable(f"{self._command[0]} {what}; nobody is named by it now")
