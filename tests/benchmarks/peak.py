"""The most memory a command had, without that of whoever starts it.

Linux hands a process's peak on to the programs it starts, so that a large benchmark's own would be read for a small
command's. Run as a program with a command, this module starts it from a small process and tells both.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_measured(command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> tuple[str, float]:
    """What the command printed, and its peak in MiB. Raises CalledProcessError when it fails."""
    program = [sys.executable, "-m", "tests.benchmarks.peak", *command]
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ)
    said = json.loads(done.stdout)
    return said["printed"], said["peak_mib"]


def main(command: Sequence[str]) -> int:
    """Print both as JSON; the command's own exit code."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"printed": done.stdout, "peak_mib": peak}))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
