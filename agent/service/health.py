"""Whether the daemon does its work: the answer to a health probe, and a page for a person."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agent.service.lanes import Lane
from agent.service.metrics import Metrics

PERIODS = 3


def complaints(lanes: Sequence[Lane], metrics: Metrics, now: float) -> tuple[str, ...]:
    """One line for each lane without a success in its last three periods; empty when all is well.

    ``now`` is in UTC seconds. The probe costs a look at numbers kept in memory, nothing else.
    """
    return tuple(line for lane in lanes if (line := _complaint(lane, metrics.last_success(lane.name), now)))


def page(lanes: Sequence[Lane], metrics: Metrics, now: float) -> str:
    """The status page as plain text: version, lanes, and held actions with their reasons."""
    held = metrics.held_descriptions()
    return "\n".join(
        [
            f"slurm-site-agent {metrics.version}",
            *(_line(lane, metrics.last_success(lane.name), now) for lane in lanes),
            f"held actions: {len(held)}",
            *(f"  {description}" for description in held),
            "",
        ]
    )


def _complaint(lane: Lane, success: float | None, now: float) -> str:
    remedy = 'see the log event "lane failed" for the reason'
    if success is None:
        return f"lane {lane.name} has not succeeded since the agent started; {remedy}"
    if now - success > PERIODS * lane.every:
        age = f"{now - success:.0f} s ago, which is over {PERIODS} periods of {lane.every:.0f} s"
        return f"lane {lane.name} last succeeded {age}; {remedy}"
    return ""


def _line(lane: Lane, success: float | None, now: float) -> str:
    if success is None:
        return f"lane {lane.name}: no success yet"
    at = datetime.fromtimestamp(success, UTC).isoformat(timespec="seconds")
    return f"lane {lane.name}: last success {at} ({now - success:.0f} s ago)"
