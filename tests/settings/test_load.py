from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import ConfigError
from agent.settings import load

OFFERING = "9f4b2c1de8a74d0b8c5a6e7f00112233"
OTHER_OFFERING = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
Write = Callable[[str], Path]


def file(*, marketplace: str = "", tables: str = "", offering: str = "", after: str = "") -> str:
    """A settings file with something added in one place."""
    return f"""
[marketplace]
url = "https://waldur.example.org"
{marketplace}
{tables}
[[offerings]]
uuid = "{OFFERING}"
{offering}
{after}
"""


def refusal(write: Write, text: str) -> list[str]:
    """The lines of the refusal, without the file's name."""
    path = write(text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_the_shortest_file_loads_with_every_default(write: Write, smallest: str) -> None:
    settings = load(write(smallest), {})
    assert settings.marketplace.deadline == 60
    assert settings.slurm.bin == Path("/usr/bin")
    assert settings.slurm.conf == Path("/etc/slurm/slurm.conf")
    assert (settings.slurm.read_timeout, settings.slurm.write_deadline) == (60, 120)
    assert settings.state.directory == Path("/var/lib/agent")
    assert (settings.daemon.converge_every, settings.daemon.usage_every) == (120, 1800)
    assert settings.daemon.address == ("127.0.0.1", 9317)
    assert settings.glauth is None
    assert settings.offerings[0].parent_account == "root"


def test_each_cluster_has_its_own_lock_file(write: Write, smallest: str) -> None:
    assert load(write(smallest), {}).slurm.lock_file("lab") == Path("/run/lock/slurm-site-agent/writer-lab.lock")


def test_a_uuid_with_dashes_is_the_same_uuid(write: Write) -> None:
    text = file().replace(OFFERING, "9F4B2C1D-e8a7-4d0b-8c5a-6e7f00112233")
    assert load(write(text), {}).offerings[0].uuid == OFFERING


def test_a_missing_file_is_named_with_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file; write one: agent config example > .*nothing\.toml"):
        load(tmp_path / "nothing.toml", {})


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        load(tmp_path, {})


def test_a_file_that_is_not_toml_is_refused_with_line_and_column(write: Write) -> None:
    (line,) = refusal(write, '[marketplace]\nurl = "https://a"\nthis is no toml\n')
    assert "is not TOML" in line
    assert "line 3, column 6" in line


def test_a_file_that_is_not_utf_8_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="is not UTF-8 \\(byte 5\\)"):
        load(path, {})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "marketplace: is missing; write the table [marketplace] as `agent config example` shows it"),
        (
            '[marketplace]\nurl = "https://a.example.org"',
            "offerings: is missing; write the table [[offerings]] as `agent config example` shows it",
        ),
        ("offerings = []", "offerings: is empty; write at least one"),
        (
            file(marketplace='dedline = "1m"'),
            "marketplace.dedline: is not a key; did you mean deadline?",
        ),
        (
            file(offering='parrent_account = "root"'),
            "offerings[0].parrent_account: is not a key; did you mean parent_account?",
        ),
        (
            file(tables='[slurm]\nlog_level = "info"'),
            "slurm.log_level: is not a key; it belongs below [daemon]",
        ),
        (
            file(tables="[accounting]\nx = 1"),
            "accounting: is not a key; there are marketplace, slurm, glauth, identity, hooks, state, guard, daemon, offerings",
        ),
        (
            file().replace(OFFERING, "cpu-hours"),
            "offerings[0].uuid: 'cpu-hours' is not a UUID; write the 32 hex digits that the marketplace shows for it",
        ),
        (
            file(after=f'[[offerings]]\nuuid = "{OFFERING.upper()}"'),
            "offerings[1].uuid: is the offering of offerings[0] again; keep one of the two",
        ),
        (
            file(offering='components.cpu = { tres = "cpu", factor = 0 }'),
            "offerings[0].components.cpu.factor: 0 is out of range; write a number of more than 0",
        ),
        (
            file(offering='components.cpu = { tres = "cpu", factor = true }'),
            "offerings[0].components.cpu.factor: true is not a number; write a number",
        ),
        (
            file(offering="components.cpu = { factor = 60 }"),
            'offerings[0].components.cpu.tres: is missing; write for instance tres = "cpu"',
        ),
        (
            file(offering='components.gpu = { tres = "gpu" }'),
            "offerings[0].components.gpu.tres: 'gpu' is not a TRES of Slurm; write 'gres/gpu'",
        ),
        (
            file(offering='components = { cpu = { tres = "cpu" }, cores = { tres = "cpu" } }'),
            "offerings[0].components.cores.tres: GrpTRESMins of 'cpu' is set by component 'cpu' already;"
            " give each component its own TRES",
        ),
        (
            file(offering='parent_account = "My Lab"'),
            "offerings[0].parent_account: 'My Lab' is not a usable account name;"
            " write up to 42 of a-z, 0-9, _ and -, not - first",
        ),
        (
            file(offering='account_name = "{{ projekt }}"'),
            "offerings[0].account_name: template '{{ projekt }}': 'projekt' is undefined; known names: customer_name,"
            " customer_slug, project_name, project_slug, resource_name, resource_slug, resource_uuid",
        ),
        (
            file(offering='account_name = "hpc"'),
            "offerings[0].account_name: gives every resource the account 'hpc'; write {{ resource_slug }} into it",
        ),
        (
            file(offering='account_name = ""'),
            "offerings[0].account_name: gives '', which is no account name; write for instance {{ resource_slug }}",
        ),
        (
            file(offering='job_grace = "1w"'),
            "offerings[0].job_grace: '1w' is not a duration;"
            ' write whole seconds such as 90, or "90s", "30m", "1h", "2d"',
        ),
        (
            file(tables="[daemon]\nconverge_every = 0"),
            'daemon.converge_every: must be longer than nothing; write for instance "60s"',
        ),
        (
            file(tables='[daemon]\nlisten = "9317"'),
            'daemon.listen: \'9317\' is not host:port; write for instance "127.0.0.1:9317" or "[::1]:9317"',
        ),
        (
            file(tables='[daemon]\nlog_level = "loud"'),
            "daemon.log_level: 'loud' is not a choice; write one of 'debug', 'info', 'warning' or 'error'",
        ),
        (
            file(tables='[state]\ndirectory = "state"'),
            "state.directory: 'state' is not a whole path; write it from / on",
        ),
        (
            file(tables="[state]\ndirectory = 5"),
            'state.directory: must be a path; write it in quotes: "/…"',
        ),
        (
            file(tables="[guard]\noffering_share = 10"),
            "guard.offering_share: 10 is out of range; write a number of at most 1",
        ),
        (file(tables="[guard]\nper_day = -1"), "guard.per_day: -1 is out of range; write a number of at least 0"),
        (file(tables='[guard]\nprotected = "admin"'), "guard.protected: must be a list; write [ … ]"),
        (
            file(tables='[slurm]\ncluster = "Lab 1"'),
            "slurm.cluster: 'Lab 1' has other characters than a-z, 0-9, _ and -; write it as Slurm shows it",
        ),
        (
            file(offering="name = 5"),
            'offerings[0].name: must be a text; write it in quotes: "…"',
        ),
        (
            'slurm = "lab"\n' + file(),
            "slurm: must be a table; write its keys below a line with its name in brackets",
        ),
    ],
)
def test_a_wrong_key_is_named_with_what_to_write_instead(write: Write, text: str, line: str) -> None:
    assert line in refusal(write, text)


@pytest.mark.parametrize(
    "url",
    ["waldur.example.org", "ftp://waldur.example.org", "https://", "https://a.example.org/?x=1", "https://a:port", ""],
)
def test_an_address_that_is_none_is_refused(write: Write, url: str) -> None:
    (line,) = refusal(write, file().replace("https://waldur.example.org", url))
    assert line.startswith("marketplace.url: ")
    assert "https://" in line


def test_plain_http_is_for_this_host_only(write: Write) -> None:
    (line,) = refusal(write, file().replace("https:", "http:"))
    assert line.startswith("marketplace.url: 'http://waldur.example.org' would send the token in clear")
    for host in ("127.0.0.1:8000", "localhost", "[::1]:80"):
        text = file().replace("https://waldur.example.org", f"http://{host}")
        assert load(write(text), {}).marketplace.url == f"http://{host}"


def test_a_password_in_the_address_is_refused_and_not_repeated(write: Write) -> None:
    (line,) = refusal(write, file().replace("https://", "https://agent:hush@"))
    assert line.startswith("marketplace.url: ")
    assert "hush" not in line


def test_a_token_in_the_file_is_refused_and_not_repeated(write: Write) -> None:
    (line,) = refusal(write, file(marketplace='token = "hush"'))
    assert line.startswith("marketplace.token: a secret never stands")
    assert "token_file" in line
    assert "hush" not in line


def test_a_token_file_that_everybody_may_read_is_refused_with_the_command_that_closes_it(
    write: Write, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("hush\n", encoding="utf-8")
    text = file(marketplace=f'token_file = "{token}"')
    for mode in (0o604, 0o606, 0o601):
        token.chmod(mode)
        (line,) = refusal(write, text)
        assert line.endswith(f"do: chmod 600 {token}")
    token.chmod(0o640)
    assert load(write(text), {}).marketplace.token_file == token


def test_every_problem_is_told_at_once(write: Write) -> None:
    text = file(
        marketplace='deadline = "soon"',
        tables='[daemon]\nlisten = "nowhere"\n[state]\ndirectory = "here"',
        offering='components = { cpu = { tres = "cpu" }, cores = { tres = "cpu", factor = 0 } }',
        after=f'[[offerings]]\nuuid = "x"\n[[offerings]]\nuuid = "{OFFERING}"',
    )
    keys = {line.partition(": ")[0] for line in refusal(write, text)}
    assert keys == {
        "marketplace.deadline",
        "daemon.listen",
        "state.directory",
        "offerings[0].components.cores.factor",
        "offerings[0].components.cores.tres",
        "offerings[1].uuid",
        "offerings[2].uuid",
    }


def test_two_different_offerings_are_fine(write: Write) -> None:
    settings = load(write(file(after=f'[[offerings]]\nuuid = "{OTHER_OFFERING}"')), {})
    assert [offering.uuid for offering in settings.offerings] == [OFFERING, OTHER_OFFERING]


GLAUTH = '[glauth]\nfile = "/etc/glauth/glauth.cfg"\nbase = "/etc/agent/base.toml"\n'


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("uid_range = [1000]", "glauth.uid_range[1]: is missing; write both: [lowest, highest]"),
        ("uid_range = [1, 2, 3]", "glauth.uid_range: has 3 entries or more; write 2"),
        (
            "gid_range = [5000, 1000]",
            "glauth.gid_range: [5000, 1000] is not a range; write [lowest, highest], both from 1 to 4294967294",
        ),
        ("shells = []", "glauth.shells: is empty; write at least one"),
        (
            'default_shell = "/bin/fish"',
            "glauth.default_shell: '/bin/fish' is not in shells;"
            " write one of /bin/bash, /bin/zsh, /bin/sh, /usr/sbin/nologin, or add it",
        ),
        (
            'probe_url = "ldap://ldap.example.org"',
            "glauth.probe_url: 'ldap://ldap.example.org' would send a password in clear;"
            " write ldaps:// (only loopback may use ldap://)",
        ),
        (
            'probe_url = "https://localhost"',
            'glauth.probe_url: is not the address of an LDAP server; write for instance "ldap://127.0.0.1:3893"',
        ),
        ('group = ""', "glauth.group: is empty; write something, or take the key out"),
        (
            'unix_name = "mail"',
            "glauth.unix_name: 'mail' is not a choice; write one of 'auto', 'preferredUsername' or 'name'",
        ),
        (
            'personal_groups = "drop"',
            "glauth.personal_groups: is drop, and there is no group instead;"
            " add [glauth.shared_group] with name and gid",
        ),
        ('shared_group = { name = "people" }', "glauth.shared_group.gid: is missing; write for instance gid = 10000"),
        (
            'shared_group = { name = "a b", gid = 5000 }',
            "glauth.shared_group.name: 'a b' is not the name of a group;"
            " write up to 32 of a-z, 0-9, _, . and -, a letter first",
        ),
        (
            'shared_group = { name = "sudo", gid = 5000 }',
            "glauth.shared_group.name: 'sudo' is a group of the system, and gives power over hosts; write another name",
        ),
        (
            'shared_group = { name = "people", gid = 0 }',
            "glauth.shared_group.gid: 0 is out of range; write a number of at least 1000",
        ),
        (
            'restart = ["systemctl", "restart", "glauth"]',
            "glauth.restart: 'systemctl' is not a whole path; write the command from / on, and each argument by itself",
        ),
        ("restart_interval = 0", 'glauth.restart_interval: must be longer than nothing; write for instance "60s"'),
        ("base_values = { base_dn = 1 }", 'glauth.base_values.base_dn: must be a text; write it in quotes: "…"'),
    ],
)
def test_a_wrong_key_of_the_directory_is_named_with_what_to_write_instead(write: Write, key: str, line: str) -> None:
    assert refusal(write, file(tables=GLAUTH + key)) == [line]


def test_a_directory_needs_only_its_two_files(write: Write) -> None:
    settings = load(write(file(tables=GLAUTH)), {})
    assert settings.glauth is not None
    assert settings.glauth.probe_url == "ldap://127.0.0.1:3893"
    assert settings.glauth.uid_range == (10_000, 2_000_000_000)
    assert (settings.glauth.restart, settings.glauth.restart_interval) == ((), 600)
    assert (settings.glauth.unix_name, settings.glauth.personal_groups) == ("auto", "keep")


def test_without_personal_groups_there_is_one_for_all(write: Write) -> None:
    keys = 'personal_groups = "drop"\nshared_group = { name = "people", gid = 20000 }'
    settings = load(write(file(tables=GLAUTH + keys)), {})
    assert settings.glauth is not None
    assert settings.glauth.shared_group is not None
    assert (settings.glauth.shared_group.name, settings.glauth.shared_group.gid) == ("people", 20_000)
