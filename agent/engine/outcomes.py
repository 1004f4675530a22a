"""What became of each action, kept for the journal, the metrics and the person who asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.core.actions import Action
from agent.engine.world import World
from agent.errors import AgentError, Held
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
    """The outcomes of one run, written to the journal as they come; ``notices`` are troubles beside the actions.

    ``directory_error``: why the directory is not published, or not served as it was.
    """

    world: World
    run: int
    all: list[Outcome] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    directory_error: AgentError | None = None
    _results: dict[str, Outcome] = field(default_factory=dict)

    def done(self, *actions: Action) -> None:
        """They are done and were read back."""
        self._add([Outcome(action, DONE) for action in actions])

    def failed(self, action: Action, detail: str) -> None:
        """It is not done; the next cycle tries again."""
        self._add([Outcome(action, FAILED, detail)])

    def waiting(self, action: Action, detail: str) -> None:
        """It is under way and waits for something that takes its time."""
        self._add([Outcome(action, WAITING, detail)])

    def refused(self, actions: Iterable[Action], refusals: Iterable[Refusal]) -> None:
        """Those of ``actions`` that Slurm refused, each with its own reason."""
        reasons = {refusal.key: refusal.reason for refusal in refusals}
        self._add([Outcome(one, FAILED, reasons[one.subject]) for one in actions if one.subject in reasons])

    def lost(self, actions: Iterable[Action], error: AgentError) -> None:
        """A whole batch failed for one reason, or waits because a person holds it."""
        result = WAITING if isinstance(error, Held) else FAILED
        self._add([Outcome(action, result, str(error)) for action in actions])

    def succeeded(self, action: Action) -> bool:
        """Whether it was done in this run."""
        return self.result(action) == DONE

    def result(self, action: Action) -> str:
        """What became of it so far; "" when nothing did."""
        found = self._results.get(action.key)
        return found.result if found else ""

    @property
    def failures(self) -> list[Outcome]:
        """Everything that failed."""
        return [outcome for outcome in self.all if outcome.result == FAILED]

    def _add(self, outcomes: Sequence[Outcome]) -> None:
        if not outcomes:
            return
        self.all += outcomes
        self._results.update({outcome.action.key: outcome for outcome in outcomes})
        results = [(outcome.action.key, outcome.result, outcome.detail) for outcome in outcomes]
        self.world.journal.conclude_all(self.run, results, self.world.clock.now())
        for outcome in outcomes:
            self.world.on_action(outcome.action.kind, outcome.result)
