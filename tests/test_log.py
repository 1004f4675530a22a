"""What reaches stderr, in a process of its own so that nothing else has set up logging."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.log import REDACTED, SECRET_KEYS, configure, redact

ROOT = Path(__file__).parents[1]
SECRET = "hunter2"


def stderr_of(code: str, **environ: str) -> str:
    argv = [sys.executable, "-c", f"import logging, structlog, agent.log\nlog = structlog.get_logger()\n{code}"]
    done = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""
    return done.stderr


def test_away_from_a_terminal_each_event_is_one_json_line_in_utc() -> None:
    line = stderr_of("agent.log.configure('info'); log.info('order done', order='a\\nb')", TZ="Asia/Tokyo")
    event = json.loads(line)
    assert line.count("\n") == 1
    assert (event["event"], event["order"], event["level"]) == ("order done", "a\nb", "info")
    assert event["timestamp"].endswith("Z")


def test_a_terminal_gets_coloured_text_even_below_a_users_own_systemd() -> None:
    ours, theirs = pty.openpty()
    code = "import structlog, agent.log; agent.log.configure('info'); structlog.get_logger().info('order done')"
    environ = {"TERM": "xterm", "INVOCATION_ID": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, stderr=theirs, timeout=60, check=True)
    os.close(theirs)
    text = os.read(ours, 10_000)
    os.close(ours)
    assert b"order done" in text
    assert b"\x1b[" in text


def test_json_can_be_asked_for_and_refused() -> None:
    assert json.loads(stderr_of("agent.log.configure('info', json=True); log.info('x')"))["event"] == "x"
    assert "[info" in stderr_of("agent.log.configure('info', json=False); log.info('x')")


def test_the_level_holds_back_what_is_below_it() -> None:
    lines = stderr_of("agent.log.configure('warning'); log.info('quiet'); log.warning('loud')").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["loud"]


def test_an_http_library_at_debug_cannot_write_its_headers() -> None:
    code = f"agent.log.configure('debug'); logging.getLogger('httpcore').debug('Authorization: {SECRET}')"
    assert stderr_of(code) == ""


def test_a_librarys_warning_comes_in_the_same_form() -> None:
    event = json.loads(stderr_of("agent.log.configure('info'); logging.getLogger('ldap3').warning('late by %s s', 3)"))
    assert (event["event"], event["level"], event["logger"]) == ("late by 3 s", "warning", "ldap3")


@pytest.mark.parametrize("form", ["True", "False"])
def test_a_traceback_comes_without_the_values_of_local_variables(form: str) -> None:
    code = (
        f"agent.log.configure('info', json={form})\n"
        f"def f(token):\n    raise ValueError('odd')\n"
        f"try:\n    f('hunt' + 'er2')\nexcept ValueError as error:\n    log.error('lane failed', exc_info=error)"
    )
    text = stderr_of(code)
    assert "ValueError: odd" in text
    assert SECRET not in text


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'loud' is not known; write one of debug, info"):
        configure("loud")


def test_importing_the_log_does_not_import_structlog() -> None:
    code = "import sys, agent.log; sys.exit('structlog' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=True)


def test_what_only_sounds_secret_is_shown() -> None:
    event = redact(None, "info", {"token_file": "/etc/agent/token", "event": "token read"})
    assert event == {"token_file": "/etc/agent/token", "event": "token read"}


harmless = st.integers() | st.lists(st.integers(), max_size=3) | st.dictionaries(st.just("cpu"), st.integers())


@given(
    key=st.sampled_from(SECRET_KEYS),
    before=st.sampled_from(["", "X-Auth-", "bind_"]),
    around=st.lists(st.sampled_from(["list", "mapping"]), max_size=4),
    beside=st.dictionaries(st.sampled_from(["user", "limits"]), harmless),
)
def test_a_secret_is_redacted_at_any_depth_and_in_any_case(
    key: str, before: str, around: list[str], beside: dict[str, object]
) -> None:
    value: object = {**beside, f"{before}{key}".upper(): SECRET}
    for layer in around:
        value = [value] if layer == "list" else {"headers": value}
    shown = redact(None, "info", {"event": "x", "value": value})
    assert SECRET not in repr(shown)
    assert REDACTED in repr(shown)
    for name, other in beside.items():
        assert f"{name!r}: {other!r}" in repr(shown)
