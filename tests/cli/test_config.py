import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli.main import run
from agent.settings import example, reference, schema

BARE = """
[marketplace]
url = "https://waldur.example.org"
[slurm]
cluster = "lab"
[[offerings]]
uuid = "9f4b2c1de8a74d0b8c5a6e7f00112233"
components.cpu = { tres = "cpu", factor = 60 }
[[offerings]]
uuid = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
components.gpu = { tres = "gres/gpu" }
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file, and a clean environment around it."""
    for name in ("AGENT_CONFIG", "AGENT_DEBUG", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AGENT_TOKEN", "hush")
    file = tmp_path / "agent.toml"
    file.write_text(BARE, encoding="utf-8")
    return file


def test_check_says_what_the_file_holds_and_what_deserves_a_look(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "check", "--config", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out == f"OK: {path}: 2 offerings, 2 components, cluster lab, no directory\n"
    assert said.err == (
        f"warning: {path}: offerings[1].components.gpu.factor: left to the marketplace,"
        " which must send a unit_factor (since 2025)\n"
    )


def test_check_refuses_a_wrong_file_with_every_problem_and_78(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(BARE.replace("cpu = {", "cpu = { tress = 1,").replace("https:", "http:"), encoding="utf-8")
    assert run(["-c", str(path), "config", "check"]) == 78
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["marketplace.url", "offerings[0].components.cpu.tress"]
    assert lines[1].endswith("is not a key; did you mean tres?")


def test_the_environment_can_name_the_file(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_CONFIG", str(path))
    assert run(["config", "check"]) == 0
    assert capsys.readouterr().out.startswith(f"OK: {path}: ")
    assert run(["config", "check", "--config", "/nowhere.toml"]) == 78
    assert capsys.readouterr().err.startswith("/nowhere.toml: there is no such file")


def test_show_prints_defaults_and_overrides_and_no_secret(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_DAEMON__LOG_LEVEL", "debug")
    assert run(["config", "show", "-c", str(path)]) == 0
    shown = capsys.readouterr().out
    assert 'log_level = "debug"' in shown
    assert 'removal_confirm_after = "30m"' in shown
    assert "hush" not in shown


@pytest.mark.parametrize(("name", "document"), [("example", example), ("schema", schema), ("reference", reference)])
def test_the_documents_need_no_settings_file(
    name: str, document: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-c", "/nowhere.toml", "config", name]) == 0
    assert capsys.readouterr().out == document()


def test_a_reader_that_closes_early_gets_no_traceback() -> None:
    agent = [sys.executable, "-m", "agent.cli.main", "config", "schema"]
    with subprocess.Popen(agent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
