"""Runs the lanes on time, each in its own thread, and lets no lane's failure go further than this file."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent  # type: ignore[import-untyped]  # no types
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]  # ships no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # ships no types

from agent.errors import AgentError, Stopped
from agent.service.heartbeat import Heartbeat
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

DEFECT = "this is a defect of the agent: please report it with the traceback; the lane is tried again when next due"

log = structlog.get_logger()


def start(lanes: Sequence[Lane], metrics: Metrics, heartbeat: Heartbeat, stop: threading.Event) -> BackgroundScheduler:
    """A started scheduler: every lane runs at once, missed turns are made up for by one run, none overlaps itself."""
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(max(1, len(lanes)))}, timezone=UTC)
    scheduler.add_listener(_still_running, EVENT_JOB_MAX_INSTANCES)
    for lane in lanes:
        scheduler.add_job(
            attempt,
            "interval",
            (lane, metrics, heartbeat, stop),
            id=lane.name,
            seconds=lane.every,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


def attempt(lane: Lane, metrics: Metrics, heartbeat: Heartbeat, stop: threading.Event) -> None:
    """Run the lane once, unless the daemon stops; what it raises is logged and counted here and nowhere else."""
    if stop.is_set():
        return
    state = "failed"
    heartbeat.enter(lane.name, "running")
    try:
        with structlog.contextvars.bound_contextvars(lane=lane.name):
            state = _run(lane, metrics)
    finally:
        heartbeat.enter(lane.name, state)


def _run(lane: Lane, metrics: Metrics) -> str:
    began = time.monotonic()
    try:
        lane.run()
    except Stopped as error:
        log.info("lane stopped", reason=str(error))
        return "stopped"
    except Exception as error:  # noqa: BLE001  # a lane's failure, whatever it is, must stop neither daemon nor lanes
        seconds = time.monotonic() - began
        metrics.lane_failed(lane.name, type(error).__name__, seconds)
        _report(error, seconds)
        return "failed"
    seconds = time.monotonic() - began
    metrics.lane_finished(lane.name, seconds, time.time())
    log.info("lane finished", seconds=round(seconds, 3))
    return "done"


def _report(error: Exception, seconds: float) -> None:
    """Errors raised on purpose say what to do in their text; any other is a defect and needs its traceback."""
    facts = {"error": type(error).__name__, "reason": str(error), "seconds": round(seconds, 3)}
    if isinstance(error, AgentError):
        log.error("lane failed", **facts)
    else:
        log.error("lane failed", **facts, remedy=DEFECT, exc_info=error)


def _still_running(event: JobSubmissionEvent) -> None:
    log.warning("lane still running", lane=event.job_id, effect="this turn is left out; the next one comes on time")
