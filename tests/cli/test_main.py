import os
import subprocess
import sys
import time
import types
from collections.abc import Callable
from importlib import import_module, util

import pytest
import typer

from agent import __version__
from agent.cli import main
from agent.errors import AgentError, ConfigError, Held, NotConverged, Unavailable

HEAVY = {"httpx", "pydantic", "ldap3", "jinja2", "apscheduler", "structlog", "rich", "prometheus_client"}


def called(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The agent as a process of its own, away from any terminal."""
    return subprocess.run(
        [sys.executable, "-m", "agent.cli.main", *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Put a function in the place of `agent plan`."""

    def _probe(function: Callable[[], None]) -> None:
        module = types.ModuleType("agent.cli.plan")
        module.app = typer.Typer(add_completion=False, rich_markup_mode=None)  # type: ignore[attr-defined] # made here
        module.app.command()(function)
        monkeypatch.setitem(sys.modules, "agent.cli.plan", module)

    return _probe


def test_help_imports_nothing_that_is_slow_to_import() -> None:
    code = "import sys; from agent.cli.main import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert "Commands:" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()


@pytest.mark.slow
def test_help_is_there_at_once() -> None:
    def wall() -> float:
        began = time.monotonic()
        assert called("--help").returncode == 0
        return time.monotonic() - began

    assert min(wall() for _ in range(5)) < 0.4


def test_help_names_every_command() -> None:
    text = called("--help").stdout
    assert all(f"\n  {name} " in text and line in text for name, line in main.COMMANDS.items())


def test_every_command_has_its_module_and_describes_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in main.COMMANDS:
        assert util.find_spec(f"agent.cli.{name}") is not None, f"agent/cli/{name}.py is missing"
        assert isinstance(import_module(f"agent.cli.{name}").app, typer.Typer)
        assert main.run([name, "--help"]) == 0
        assert f"Usage: agent {name}" in capsys.readouterr().out


def test_the_version_is_the_packages_own() -> None:
    done = called("--version")
    assert (done.returncode, done.stdout) == (0, f"agent {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["confg"], "No such command 'confg'. Did you mean 'config'?"),
        (["config", "chek"], "Did you mean 'check'"),
        (["config", "check", "--fast"], "No such option: --fast"),
        (["config", "check", "-c"], "Option '-c' requires an argument."),
        (["--fast"], "No such option: --fast"),
        ([], "Usage: agent"),
        (["config"], "Usage: agent config"),
    ],
)
def test_wrong_usage_exits_with_64_because_2_means_differences_found(arguments: list[str], text: str) -> None:
    done = called(*arguments)
    assert done.returncode == 64
    assert text in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("error", "code"), [(ConfigError, 78), (Unavailable, 75), (Held, 3), (NotConverged, 4), (AgentError, 1)]
)
def test_an_error_of_the_agent_is_its_text_and_its_exit_code(
    probe: Callable[[Callable[[], None]], None],
    capsys: pytest.CaptureFixture[str],
    error: type[AgentError],
    code: int,
) -> None:
    text = "[/etc/agent]: x, do y\n" + "a long line " * 20

    def _fail() -> None:
        raise error(text)

    probe(_fail)
    assert main.run(["plan"]) == code
    assert capsys.readouterr().err == f"{text}\n"


def test_a_command_may_say_that_it_found_differences(probe: Callable[[Callable[[], None]], None]) -> None:
    def _differ() -> None:
        raise typer.Exit(2)

    probe(_differ)
    assert main.run(["plan"]) == 2


def test_an_interrupted_command_exits_with_130(probe: Callable[[Callable[[], None]], None]) -> None:
    def _interrupt() -> None:
        raise KeyboardInterrupt

    probe(_interrupt)
    assert main.run(["plan"]) == 130


def test_an_unexpected_error_is_one_line_and_a_traceback_only_for_who_asks(
    probe: Callable[[Callable[[], None]], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def _break() -> None:
        raise ZeroDivisionError("by nothing")

    probe(_break)
    monkeypatch.delenv("AGENT_DEBUG", raising=False)
    line = "unexpected ZeroDivisionError: by nothing; call it again with --debug to see where\n"
    assert main.run(["plan"]) == 1
    assert capsys.readouterr().err == line
    assert main.run(["plan", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err
    monkeypatch.setenv("AGENT_DEBUG", "1")
    assert main.run(["plan"]) == 1
    assert "Traceback" in capsys.readouterr().err
