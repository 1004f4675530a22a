"""What a machine is said to lack."""

import pytest

from agent.sandbox.real import requirements


def test_every_program_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "PATH", "/nonexistent")
    assert set(requirements.PROGRAMS) <= set(requirements.missing())


def test_a_missing_library_and_not_being_root_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "NSS_WRAPPER", "libnosuch.so")
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 1000)
    assert {"libnosuch.so", "root"} <= set(requirements.missing())


def test_a_program_that_is_not_installed_is_an_error_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "PATH", "/nonexistent")
    with pytest.raises(FileNotFoundError, match="slurmdbd is not installed"):
        requirements.program("slurmdbd")
