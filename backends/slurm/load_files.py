"""Load files in the scratch folder: private, one for each load, gone when the load is done."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import ConfigError, Unavailable
from agent.shortages import FULL

PREFIX = "load-"
SUFFIX = ".cfg"


@contextmanager
def load_file(scratch: Path, text: str) -> Iterator[Path]:
    """A new file holding ``text``; the caller holds the writer lock.

    It stays when the load still runs past its deadline (an error leaves the block), and is cleared away by the next
    load: whoever holds the lock knows that no earlier load is running. Raises ``Unavailable`` when the disk is full,
    ``ConfigError`` when it cannot be made at all.
    """
    try:
        path = _written(scratch, text)
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable(f"no load file can be written in {scratch}: {error.strerror}; make room there") from error
        raise ConfigError(f"no load file can be written in {scratch}: {error.strerror}; make it writable") from error
    yield path
    path.unlink(missing_ok=True)


def _written(scratch: Path, text: str) -> Path:
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in scratch.glob(f"{PREFIX}*{SUFFIX}"):
        left.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=scratch, prefix=PREFIX, suffix=SUFFIX, delete=False) as file:
        file.write(text)
    path = Path(file.name).resolve()
    if any(character in " \t'\"#" for character in str(path)):
        raise ConfigError(f"{scratch} cannot hold load files: sacctmgr takes no blanks, quotes or # in a path")
    return path
