"""SIGTERM for a command that changes things: the batch in hand ends and is read back, and no other begins."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


@contextmanager
def stop_at_sigterm() -> Iterator[threading.Event]:
    """An event that SIGTERM sets while the block runs. Outside of the main thread, which has the signals, it stays."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    # As in the daemon: a handler may fill a SimpleQueue anywhere, but could deadlock when it set an Event.
    arrived: SimpleQueue[bool] = SimpleQueue()
    waiting = threading.Thread(target=lambda: stop.set() if arrived.get() else None, name="sigterm", daemon=True)
    waiting.start()
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: arrived.put(True))
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
        arrived.put(False)
        waiting.join()
