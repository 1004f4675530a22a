"""Carrying out many actions: a few requests at once, or one batch to Slurm; each action has its own end."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from agent.core.actions import Action
from agent.engine.outcomes import Outcomes
from agent.errors import AgentError
from agent.ports import Refusal

A = TypeVar("A", bound=Action)

AT_ONCE = 4
"""Requests that change something at once."""


def of_type(actions: Iterable[Action], kind: type[A]) -> list[A]:
    """The actions of exactly one type."""
    return [action for action in actions if type(action) is kind]


def concurrently(actions: Sequence[A], outcomes: Outcomes, effect: Callable[[A], None]) -> list[A]:
    """Run ``effect`` on each action, a few at once; gives those that succeeded."""

    def attempt(action: A) -> AgentError | None:
        try:
            effect(action)
        except AgentError as error:
            return error
        return None

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="apply") as pool:
        errors = list(pool.map(attempt, actions))
    for action, error in zip(actions, errors, strict=True):
        if error is not None:
            outcomes.failed(action, str(error))
    return [action for action, error in zip(actions, errors, strict=True) if error is None]


def in_batch(actions: Sequence[A], outcomes: Outcomes, effect: Callable[[], Sequence[Refusal]]) -> list[A]:
    """Run one effect for all of ``actions``; gives those that were neither refused nor lost with the whole batch."""
    if not actions:
        return []
    try:
        refusals = effect()
    except AgentError as error:
        outcomes.lost(actions, error)
        return []
    refused = {refusal.key for refusal in refusals}
    outcomes.refused(actions, refusals)
    return [action for action in actions if action.subject not in refused]
