"""The daemon's frame: signals, lanes, the service manager, and an end that waits for the work in hand."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from queue import Empty, SimpleQueue

import structlog

from agent.service import scheduler
from agent.service.heartbeat import Heartbeat
from agent.service.lanes import Lane
from agent.service.metrics import Metrics
from agent.service.notify import Notifier
from agent.service.web import serving

log = structlog.get_logger()

BEAT = 1.0  # seconds: how soon a stop event set by another thread is seen


def run_daemon(
    lanes: Sequence[Lane],
    metrics: Metrics,
    notifier: Notifier,
    listen: tuple[str, int] | None,
    stop: threading.Event,
) -> None:
    """Run the lanes until SIGTERM, SIGINT or ``stop``, then wait for those that still run.

    Call it in the main thread. Lanes get the same ``stop`` and end after the batch in hand; a second signal changes
    nothing, because a change that was begun is never cut off. SIGHUP is ignored. ``listen`` is (address, port) of the
    web server, None for none. Raises ConfigError when that address cannot be used, Unavailable when it cannot be yet.
    """
    heartbeat = Heartbeat(lanes)
    pulse = _Pulse(notifier, heartbeat)
    with _signals() as arrived, serving(listen, lanes, metrics) if listen else nullcontext():
        running = scheduler.start(lanes, metrics, heartbeat, stop)
        notifier.ready()
        log.info("daemon started", version=metrics.version, lanes={lane.name: lane.every for lane in lanes})
        while not stop.is_set():
            pulse.beat()
            _obey(arrived, stop, pulse.interval)
        notifier.stopping()
        log.info("daemon stopping", waiting_for=heartbeat.running())
        closing = threading.Thread(target=running.shutdown, name="closing")
        closing.start()
        while closing.is_alive():
            pulse.beat()
            closing.join(pulse.interval)
    log.info("daemon stopped")


class _Pulse:
    """What the main thread does at every beat: tell changed status, and ping the watchdog while no lane is stuck."""

    def __init__(self, notifier: Notifier, heartbeat: Heartbeat) -> None:
        self.interval = min(BEAT, notifier.watchdog_every or BEAT)
        self._notifier = notifier
        self._heartbeat = heartbeat
        self._status = ""
        self._stuck: tuple[str, ...] = ()
        self._pinged = float("-inf")

    def beat(self) -> None:
        """One beat."""
        self._tell_status()
        self._mind_stuck_lanes()
        every = self._notifier.watchdog_every
        if every is not None and not self._stuck and time.monotonic() - self._pinged >= every * 0.9:
            self._notifier.watchdog()
            self._pinged = time.monotonic()

    def _tell_status(self) -> None:
        status = self._heartbeat.status()
        if status != self._status:
            self._notifier.status(status)
            self._status = status

    def _mind_stuck_lanes(self) -> None:
        stuck = self._heartbeat.stuck()
        if stuck and stuck != self._stuck:
            log.error("lane stuck", lanes=stuck, effect="the watchdog is not pinged; systemd restarts the agent")
        self._stuck = stuck


@contextmanager
def _signals() -> Iterator["SimpleQueue[int]"]:
    """A queue of the signals that arrive.

    A handler runs between any two instructions of the main thread, where setting an Event could deadlock; a
    SimpleQueue may be filled there.
    """
    arrived: SimpleQueue[int] = SimpleQueue()
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, lambda number, _frame: arrived.put(number)) for number in numbers]
    try:
        yield arrived
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _obey(arrived: "SimpleQueue[int]", stop: threading.Event, timeout: float) -> None:
    try:
        number = arrived.get(timeout=timeout)
    except Empty:
        return
    if number == signal.SIGHUP:
        log.info("signal ignored", signal="SIGHUP", remedy="restart the agent to read a changed configuration")
    else:
        log.info("signal received", signal=signal.Signals(number).name)
        stop.set()
