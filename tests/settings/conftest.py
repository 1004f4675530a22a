from collections.abc import Callable
from pathlib import Path

import pytest

SMALLEST = """
[marketplace]
url = "https://waldur.example.org"

[[offerings]]
uuid = "9f4b2c1de8a74d0b8c5a6e7f00112233"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a settings file."""

    def _write(text: str) -> Path:
        path = tmp_path / "agent.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def smallest() -> str:
    """The shortest file that loads."""
    return SMALLEST
