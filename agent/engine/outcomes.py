"""What became of each action, kept for the journal, the metrics and the person who asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.core.actions import Action
from agent.engine.world import World
from agent.errors import AgentError
from agent.ports import Refusal

DONE = "done"
FAILED = "failed"
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One action's end: ``result`` is done, failed or waiting; ``detail`` says why not."""

    action: Action
    result: str
    detail: str = ""


@dataclass
class Outcomes:
    """The outcomes of one run, written to the journal as they come; ``notices`` are troubles beside the actions."""

    world: World
    run: int
    all: list[Outcome] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def done(self, action: Action) -> None:
        """It is done and was read back."""
        self._add(Outcome(action, DONE))

    def failed(self, action: Action, detail: str) -> None:
        """It is not done; the next cycle tries again."""
        self._add(Outcome(action, FAILED, detail))

    def waiting(self, action: Action, detail: str) -> None:
        """It is under way and waits for something that takes its time."""
        self._add(Outcome(action, WAITING, detail))

    def refused(self, actions: Iterable[Action], refusals: Iterable[Refusal]) -> None:
        """Those of ``actions`` that Slurm refused, each with its own reason."""
        reasons = {refusal.key: refusal.reason for refusal in refusals}
        for action in actions:
            if action.subject in reasons:
                self.failed(action, reasons[action.subject])

    def lost(self, actions: Iterable[Action], error: AgentError) -> None:
        """A whole batch failed for one reason."""
        for action in actions:
            self.failed(action, str(error))

    def succeeded(self, action: Action) -> bool:
        """Whether it was done in this run."""
        return action.key in self._done

    @property
    def failures(self) -> list[Outcome]:
        """Everything that failed."""
        return [outcome for outcome in self.all if outcome.result == FAILED]

    def _add(self, outcome: Outcome) -> None:
        self.all.append(outcome)
        if outcome.result == DONE:
            self._done.add(outcome.action.key)
        self.world.journal.conclude(
            self.run, outcome.action.key, outcome.result, outcome.detail, self.world.clock.now()
        )
        self.world.on_action(outcome.action.kind, outcome.result)
