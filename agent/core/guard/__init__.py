"""Whether a plan is safe to run unattended."""

from agent.core.guard.judge import judge
from agent.core.guard.verdict import DAY, HeldAction, History, Verdict, held_checksum, objects

__all__ = ["DAY", "HeldAction", "History", "Verdict", "held_checksum", "judge", "objects"]
