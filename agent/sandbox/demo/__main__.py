"""``python -m agent.sandbox.demo [--cluster embedded|real]``."""

import argparse
import sys

from agent.sandbox.demo.screen import Derailed
from agent.sandbox.demo.stage import Unprepared, stage
from agent.sandbox.demo.story import tell


def main() -> int:
    """Tell the story; 1 when it did not come out as it should, with the reason."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--cluster", choices=("embedded", "real"), default="embedded")
    try:
        with stage(parser.parse_args().cluster) as scene:
            tell(scene)
    except (Unprepared, Derailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
