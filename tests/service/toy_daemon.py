"""A daemon for tests: lane `work` does two batches and leaves between them when told to stop; lane `broken` fails.

Usage: toy_daemon.py FOLDER [stuck]. It serves on a free port, which its log names, and ends its work lane's batch when
FOLDER/release exists. With `stuck` the work lane's deadline is a fifth of a second.
"""

import os
import sys
import threading
import time
from pathlib import Path

from agent import log
from agent.errors import Unavailable
from agent.service.daemon import run_daemon
from agent.service.lanes import Lane
from agent.service.metrics import Metrics
from agent.service.notify import notifier

FOLDER = Path(sys.argv[1])
MAX_SECONDS = 0.2 if "stuck" in sys.argv else 60.0


def batch(name: str) -> None:
    (FOLDER / f"{name}.begun").touch()
    while not (FOLDER / "release").exists():
        time.sleep(0.02)
    (FOLDER / f"{name}.ended").touch()


def main() -> None:
    stop = threading.Event()
    metrics = Metrics("1.2.3")

    def work() -> None:
        batch("first")
        if not stop.is_set():
            batch("second")

    def broken() -> None:
        raise Unavailable("Slurm does not answer; start slurmdbd")

    log.configure("info")
    lanes = [Lane("work", 0.3, work, MAX_SECONDS), Lane("broken", 0.2, broken)]
    run_daemon(lanes, metrics, notifier(os.environ), ("127.0.0.1", 0), stop)
    (FOLDER / "returned").touch()


if __name__ == "__main__":
    main()
