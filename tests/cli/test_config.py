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


GOOD_BASE = Path(__file__).parents[2] / "config/glauth-base.toml"


@pytest.fixture
def base(path: Path, tmp_path: Path) -> Path:
    """The base of a directory that the settings speak of; the one that is shipped."""
    file = tmp_path / "base.toml"
    file.write_text(GOOD_BASE.read_text(encoding="utf-8"), encoding="utf-8")
    table = f'[glauth]\nfile = "/etc/glauth/glauth.cfg"\nbase = "{file}"\nrestart = ["/bin/sh"]\n'
    path.write_text(path.read_text(encoding="utf-8") + table, encoding="utf-8")
    return file


def test_check_takes_the_base_that_is_shipped(path: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-c", str(path), "config", "check"]) == 0
    assert capsys.readouterr().out.endswith("directory /etc/glauth/glauth.cfg\n")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("LimitFailedBinds = false", "LimitFailedBinds = true", "[behaviors] LimitFailedBinds"),
        ("IgnoreCapabilities = false", "ignorecapabilities = true", "[behaviors] IgnoreCapabilities"),
        ("tls = false", "tls = true", "[ldap] tls (StartTLS)"),
        ("[ldaps]", "[ldaps]\nlegacytls = false", "[ldaps] legacytls"),
        ('"/etc/glauth/glauth.key"', '"""-----BEGIN RSA PRIVATE KEY-----\nx"""', "[ldaps] key holds the PEM text"),
        ("passsha256", "#passsha256", "the user 'sssd-search' has no password"),
        ("watchconfig = true", "watchconfig = false", "watchconfig is not true"),
        ("watchconfig = true", "watchconfig = ", "it is not valid"),
    ],
)
def test_check_refuses_a_base_that_makes_glauth_a_danger_and_quotes_no_secret(
    path: Path, base: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    text = base.read_text(encoding="utf-8")
    assert old in text
    base.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run(["-c", str(path), "config", "check"]) == 78
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{base}: {words}")
    assert "PRIVATE KEY-----\nx" not in said.err


def test_check_names_every_problem_of_the_base_on_a_line_of_its_own(
    path: Path, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = base.read_text(encoding="utf-8").replace("tls = false", "tls = true")
    base.write_text(text.replace("watchconfig = true", ""), encoding="utf-8")
    assert run(["-c", str(path), "config", "check"]) == 78
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{base}: ") for line in lines)


def test_check_warns_of_a_base_that_turns_sssd_away(path: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-c", str(path), "config", "check"]) == 0
    assert "anonymousdse" not in capsys.readouterr().err
    base.write_text(base.read_text(encoding="utf-8").replace("anonymousdse = true", ""), encoding="utf-8")
    assert run(["-c", str(path), "config", "check"]) == 0
    assert f"warning: {base}: [backend] anonymousdse is not true" in capsys.readouterr().err


def test_check_refuses_a_base_that_is_not_there(path: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base.unlink()
    assert run(["-c", str(path), "config", "check"]) == 78
    assert str(base) in capsys.readouterr().err


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
