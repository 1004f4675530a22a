"""Why somebody has access or not, and how an account stands: the chain from a role to jobs that run, as values."""

from agent.core.explain.history import History, Past, Stay
from agent.core.explain.link import Link, Mark, Step, verdict
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Kind, Subject, find, near, traces
from agent.core.explain.whole import explain

__all__ = [
    "History",
    "Kind",
    "Link",
    "Mark",
    "Past",
    "Sight",
    "Stay",
    "Step",
    "Subject",
    "explain",
    "find",
    "near",
    "traces",
    "verdict",
]
