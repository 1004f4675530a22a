"""The host's name service, by the real getent and by ones that misbehave."""

import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.model.people import Identity
from agent.errors import Unavailable
from agent.process import Processes
from backends.identity import nss
from backends.identity.nss import Nss

GETENT = Path("/usr/bin/getent")
Write = Callable[[str], str]


def asking(getent: str, timeout: float = 20.0) -> Nss:
    return Nss(Processes({}), Path(getent), timeout)


def test_a_name_of_this_host_resolves_to_its_uid_and_an_unknown_one_does_not():
    daemon = pwd.getpwnam("daemon")
    found = Nss(Processes({}), GETENT, 20.0).resolve(["daemon", "root", "nobody-has-this-name"])
    assert found == {
        "daemon": Identity(name="daemon", uid=daemon.pw_uid),
        "root": Identity(name="root", uid=0),
    }


def test_nobody_known_is_no_error_and_nobody_asked_about_starts_no_process():
    started: list[str] = []
    one = Nss(Processes({}, lambda program, _: started.append(program)), GETENT, 20.0)
    assert one.resolve(["nobody-has-this-name"]) == {}
    assert one.resolve([]) == {}
    assert started == ["getent"]


@pytest.mark.parametrize("name", ["", "Root", "0", "-s", "--help", "root\ndaemon", "root:x", "größe", "a" * 33, "../x"])
def test_what_is_no_username_never_reaches_the_command(command: Write, tmp_path: Path, name: str):
    path = command(f'printf "%s|" "$@" > {tmp_path}/arguments; exit 2')
    assert asking(path).resolve([name]) == {}
    assert asking(path).resolve([name, "alice"]) == {}
    assert (tmp_path / "arguments").read_text() == "passwd|alice|"


def test_many_names_are_asked_in_few_commands_and_each_once(command: Write, tmp_path: Path):
    names = [f"user{number}" for number in range(2 * nss.AT_ONCE + 1)]
    path = command(
        f'echo $# >> {tmp_path}/counts; shift; for n in "$@"; do echo "$n:x:1${{n#user}}:5::/home/$n:/bin/sh"; done'
    )
    found = asking(path).resolve([*names, *names])
    assert {name: one.uid for name, one in found.items()} == {name: int(f"1{name[4:]}") for name in names}
    assert (tmp_path / "counts").read_text().split() == ["501", "501", "2"]


def test_only_a_whole_line_about_a_name_that_was_asked_for_counts(command: Write):
    path = command(
        "printf 'alice:x:10001:1:A:/home/alice:/bin/sh\\nalice:x:7:1:A:/:/bin/sh\\nbob:x:10002:1\\n"
        "carol:x:-3:1::/:/bin/sh\\nmallory:x:0:0::/:/bin/sh\\n\\nnoise\\n'; exit 2"
    )
    found = asking(path).resolve(["alice", "bob", "carol"])
    assert found == {"alice": Identity(name="alice", uid=10_001)}


def test_a_command_that_fails_is_an_outage_that_says_what_to_look_at(command: Write):
    path = command("echo 'Unknown database: passwd' >&2; exit 1")
    with pytest.raises(Unavailable, match=f"{path} ended with 1: Unknown database: passwd; see whether `getent passwd"):
        asking(path).resolve(["alice"])


def test_a_command_that_is_not_there_is_an_outage_that_names_the_setting(tmp_path: Path):
    with pytest.raises(Unavailable, match=r"absent cannot be started: No such file.*; see whether .*identity\.getent"):
        asking(str(tmp_path / "absent")).resolve(["alice"])


def test_a_name_service_that_hangs_is_an_outage_after_the_timeout(command: Write):
    with pytest.raises(Unavailable, match=r"did not answer within 0\.3 s and was stopped; see whether .*SSSD"):
        asking(command("sleep 60"), 0.3).resolve(["alice"])


def test_an_answer_that_breaks_off_in_a_later_command_is_none_at_all(command: Write, tmp_path: Path):
    path = command(
        f'test -e {tmp_path}/again && exit 3; touch {tmp_path}/again; echo "$2:x:10000:5::/:/bin/sh"; exit 2'
    )
    with pytest.raises(Unavailable, match="ended with 3"):
        asking(path).resolve([f"user{number}" for number in range(nss.AT_ONCE + 1)])
