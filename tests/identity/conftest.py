from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str], str]


@pytest.fixture
def command(tmp_path: Path) -> Write:
    """Write an executable shell script; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "command"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write
