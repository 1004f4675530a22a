"""What two keys cannot both say is refused with the key and what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.settings import load
from agent.settings.conflicts import conflicts

Write = Callable[[str], Path]


def refused(write: Write, text: str) -> list[str]:
    path = write(text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    return [line.removeprefix(f"{path}: offerings[0].") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            'approval = "ask"',
            'ask_command: is needed with approval = "ask"; write for instance ["/usr/local/bin/approve"]',
        ),
        (
            'ask_command = ["/bin/true"]',
            'ask_command: is never run; write approval = "ask", or take it out',
        ),
        (
            'approval = "ask"\nask_command = ["approve", "/etc"]',
            "ask_command: 'approve' is not a whole path; write the command from / on, and each argument by itself",
        ),
        (
            'approval = "yes"',
            "approval: 'yes' is not a choice; write one of 'auto', 'manual' or 'ask'",
        ),
        (
            'on_pause = "qos"',
            'paused_qos: is needed with on_pause = "qos"; write the name of a QOS in which no job starts',
        ),
        (
            'on_pause = "qos"\npaused_qos = "No Jobs"',
            "paused_qos: 'No Jobs' is not the name of a QOS; write it as `sacctmgr list qos` shows it",
        ),
        (
            'downscaled_qos = "slow,slower"',
            "downscaled_qos: 'slow,slower' is not the name of a QOS; write it as `sacctmgr list qos` shows it",
        ),
        (
            'purge_after = "90d"',
            'purge_after: has nothing to delete; write on_terminate = "disable", or take it out',
        ),
        (
            'account_tree = ["project", "customer"]',
            'account_tree: names a level twice or in another order; write ["customer", "project"], or one of the two',
        ),
        (
            'account_tree = ["project", "project"]',
            'account_tree: names a level twice or in another order; write ["customer", "project"], or one of the two',
        ),
        (
            'account_tree = ["group"]',
            "account_tree[0]: 'group' is not a choice; write one of 'customer' or 'project'",
        ),
        (
            'account_tree = ["project"]\naccount_name = "{{ project_slug }}"',
            "account_name: gives the name of the project's account in the tree; write {{ resource_slug }} into it",
        ),
        (
            'account_tree = ["customer"]\ncustomer_account = "{{ resource_slug }}"',
            "customer_account: gives every customer the account 'weather-2'; write {{ customer_slug }} into it",
        ),
        (
            'customer_account = "{{ customer_slug }}-{{ project_slug }}"',
            "customer_account: gives one customer several accounts; take resource_… and project_… out of it",
        ),
        (
            'project_account = "{{ project_slug }}-{{ resource_slug }}"',
            "project_account: gives one project several accounts; take resource_… out of it",
        ),
        (
            'project_account = "{{ customer_slug }}"',
            "project_account: gives every project the account 'university-1'; write {{ project_slug }} into it",
        ),
        (
            "project_account = \"---{{ '' }}\"",
            "project_account: gives '', which is no account name; write for instance {{ project_slug }}",
        ),
        (
            "project_account = \"{{ 1 / (project_slug == 'climate-1') }}\"",
            "project_account: template \"{{ 1 / (project_slug == 'climate-1') }}\": division by zero; known names:"
            " customer_name, customer_slug, project_name, project_slug, resource_name, resource_slug, resource_uuid",
        ),
        (
            'user_qos = ["normal", "long"]\nuser_default_qos = "short"',
            "user_default_qos: is 'short', which is not in user_qos; add it there, or write one of those",
        ),
        ('user_qos = ["normal", ""]', "user_qos[1]: is empty; write the name of a QOS, or take it out of the list"),
        ('user_qos = ["long", "long"]', "user_qos: has 'long' twice; keep one of the two"),
        (
            'user_partitions = ["GPU"]',
            "user_partitions[0]: 'GPU' is not a partition in lower case; write up to 64 of a-z, 0-9, _, . and -",
        ),
        (
            'default_account = "root"',
            "default_account: 'root' is the account above all others; write one of its own, without hours, or take it"
            " out",
        ),
        (
            'default_account = "Everybody"',
            "default_account: 'Everybody' is not a usable account name; write up to 42 of a-z, 0-9, _ and -, not - first",
        ),
        ('identity_gate = "sssd"', "identity_gate: 'sssd' is not a choice; write one of 'none', 'nss' or 'ldap'"),
        (
            "username = {}",
            'username.template: is needed with source = "template"; write for instance template ='
            ' "{{ first_letter }}{{ surname }}"',
        ),
        (
            'username = { source = "command" }',
            'username.command: is needed with source = "command"; write for instance command ='
            ' ["/usr/local/bin/name-people"]',
        ),
        (
            'username = { source = "command", command = ["/bin/true"], template = "hpc{{ number }}" }',
            'username.template: is never used; write source = "template", or take it out',
        ),
        (
            'username = { template = "{{ surname }}", command = ["/bin/true"] }',
            'username.command: is never run; write source = "command", or take it out',
        ),
        (
            'username = { source = "ldap" }',
            "username.source: 'ldap' is not a choice; write one of 'template', 'command' or 'directory'",
        ),
        (
            'username = { template = "{{ surname }}", longest = 33 }',
            "username.longest: 33 is out of range; write a number of at most 32",
        ),
        (
            'username = { template = "{{ surname }}", longest = true }',
            "username.longest: true is not a number; write a number",
        ),
        (
            'username = { template = "{{ lastname }}" }',
            "username.template: template '{{ lastname }}': 'lastname' is undefined; known names: claims, email,"
            " email_local, first_letter, full_name, given_name, number, surname, username",
        ),
        (
            'username = { template = "{{ claims.staff_number }}", claims = ["user_organization"] }',
            "username.template: template '{{ claims.staff_number }}': 'dict object' has no attribute 'staff_number';"
            " known names: claims, email, email_local, first_letter, full_name, given_name, number, surname, username",
        ),
        (
            'username = { template = "{{ number }}" }',
            "username.template: gives '1', of which no username can be made; write for instance"
            " {{ first_letter }}{{ surname }}",
        ),
        (
            'username = { template = "{{ [surname][number - 1] }}" }',
            "username.template: template '{{ [surname][number - 1] }}': list object has no element 1; known names:"
            " claims, email, email_local, first_letter, full_name, given_name, number, surname, username",
        ),
        (
            'username = { template = "{{ surname", claims = ["x"] }',
            "username.template: template '{{ surname': unexpected end of template, expected 'end of print statement'.;"
            " known names: claims, email, email_local, first_letter, full_name, given_name, number, surname, username",
        ),
        (
            'username = { template = "{{ surname }}", claims = ["Größe"] }',
            'username.claims[0]: \'Größe\' is not an attribute of a person; write for instance "email" or "full_name"',
        ),
        (
            'username = { template = "{{ surname }}", match = ["mail"] }',
            'username.match[1]: is missing; write both: ["mail", "email"]',
        ),
        (
            'username = { template = "{{ surname }}", match = ["mail)(uid=*", "email"] }',
            'username.match[0]: \'mail)(uid=*\' is not an attribute of LDAP; write for instance "uid" or "mail"',
        ),
        (
            'components.cpu = { limit = "GrpTRES" }',
            'components.cpu.tres: is missing; write for instance tres = "cpu"',
        ),
        (
            'components.cpu = { limit = "none", factor = 60 }',
            'components.cpu.tres: is missing; write for instance tres = "cpu"',
        ),
        (
            'components.jobs = { limit = "GrpJobs", tres = "cpu" }',
            "components.jobs.tres: is not a part of GrpJobs, which is a number; take it out",
        ),
        (
            'components.jobs = { limit = "GrpWall", also = { cpu = 1 } }',
            "components.jobs.also: is not a part of GrpWall, which is a number; take it out",
        ),
        (
            'components.cpu = { limit = "grptresmins", tres = "cpu" }',
            "components.cpu.limit: 'grptresmins' is not a choice; write one of 'GrpTRESMins', 'GrpTRES',"
            " 'GrpTRESRunMins', 'MaxTRES', 'GrpJobs', 'GrpSubmit', 'GrpWall', 'fairshare' or 'none'",
        ),
        (
            'components.node = { tres = "cpu", also = { cpu = 60 } }',
            "components.node.also: has 'cpu', which is the component's own TRES; its factor is the key factor",
        ),
        (
            'components.node = { tres = "cpu", also = { gpu = 60 } }',
            "components.node.also.gpu: 'gpu' is not a TRES of Slurm; write 'gres/gpu'",
        ),
        (
            'components.node = { tres = "cpu", also = { "gres/gpu" = 0 } }',
            'components.node.also."gres/gpu": 0 is out of range; write a number of more than 0',
        ),
        (
            'components.cpu = { tres = "cpu", limit = "none", per = "user" }',
            'components.cpu.per: shapes a limit, and limit = "none" sets none; take it out',
        ),
        (
            'limits_on = "qos"\ncomponents.cpu = { tres = "cpu", per = "user" }',
            'components.cpu.per: cannot be "user" with limits_on = "qos": a QOS carries the limits of the account',
        ),
        (
            'components = { a = { tres = "cpu", limit = "GrpTRES" }, b = { tres = "cpu", limit = "GrpTRES" } }',
            "components.b.tres: GrpTRES of 'cpu' is set by component 'a' already; give each component its own TRES",
        ),
        (
            'components = { n = { tres = "cpu", also = { "gres/gpu" = 4 } }, g = { tres = "gres/gpu" } }',
            "components.g.tres: GrpTRESMins of 'gres/gpu' is set by component 'n' already;"
            " give each component its own TRES",
        ),
        (
            'components = { g = { tres = "gres/gpu" }, n = { tres = "cpu", also = { "gres/gpu" = 4 } } }',
            "components.n.also.\"gres/gpu\": GrpTRESMins of 'gres/gpu' is set by component 'g' already;"
            " give each component its own TRES",
        ),
        (
            'components = { a = { limit = "GrpJobs" }, b = { limit = "GrpJobs" } }',
            "components.b.limit: GrpJobs is set by component 'a' already; keep one of the two",
        ),
    ],
)
def test_what_cannot_stand_together_is_named_with_what_to_write_instead(
    write: Write, smallest: str, keys: str, line: str
) -> None:
    assert refused(write, smallest + keys) == [line]


@pytest.mark.parametrize(
    "keys",
    [
        'approval = "ask"\nask_command = ["/usr/bin/env", "approve"]',
        'on_pause = "qos"\npaused_qos = "no_jobs-1.0"',
        'on_terminate = "disable"\npurge_after = "90d"',
        'on_terminate = "delete"\npurge_after = "0d"',
        'account_tree = ["customer", "project"]',
        'account_tree = ["customer"]\naccount_name = "{{ project_slug }}"',
        'account_name = "{{ project_slug }}"',
        'account_tree = ["project"]\nproject_account = "{{ customer_slug }}-{{ project_slug }}"',
        'components = { a = { tres = "cpu" }, b = { tres = "cpu", limit = "GrpTRES" } }',
        'components = { a = { tres = "cpu" }, b = { tres = "cpu", per = "user" } }',
        'components = { a = { tres = "cpu" }, b = { tres = "cpu", limit = "none" } }',
        'components = { a = { limit = "GrpJobs" }, b = { limit = "GrpSubmit" }, c = { limit = "fairshare" } }',
        'components = { a = { limit = "GrpJobs" }, b = { limit = "GrpJobs", per = "user" } }',
        'limits_on = "qos"\ncomponents = { a = { limit = "GrpJobs" } }',
    ],
)
def test_what_can_stand_together_is_taken(write: Write, smallest: str, keys: str) -> None:
    assert len(load(write(smallest + keys), {}).offerings) == 1


_ANY = st.recursive(
    st.none() | st.integers() | st.sampled_from(["cpu", "none", "GrpJobs", "ask", "qos", "user", "{{ project_slug }}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["cpu", "gres/gpu"]), inner),
    max_leaves=4,
)


def _tables(*keys: str, **inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Tables with any of these keys, each worth anything."""
    optional = dict.fromkeys(keys, _ANY) | {key: _ANY | worth for key, worth in inner.items()}
    return st.fixed_dictionaries({}, optional=optional)


_COMPONENTS = st.dictionaries(
    st.sampled_from(["cpu", "gpu"]), _ANY | _tables("tres", "also", "per", "prepaid", "limit", "factor")
)
_OFFERINGS = _tables(
    "uuid",
    "approval",
    "ask_command",
    "on_pause",
    "paused_qos",
    "on_terminate",
    "purge_after",
    "account_tree",
    "account_name",
    "project_account",
    "limits_on",
    components=_COMPONENTS,
)


@example({"offerings": [{"components": {"cpu": {"tres": "cpu", "per": []}}}]})
@settings(max_examples=400)
@given(_tables(offerings=st.lists(_ANY | _OFFERINGS, max_size=2)))
def test_a_file_of_any_shape_is_looked_at_without_a_crash(data: dict[str, object]) -> None:
    assert all(text and where[0] == "offerings" for where, text in conflicts(data))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            'identity_gate = "ldap"',
            [
                'identity.ldap_url: is needed with identity_gate = "ldap" of offerings[0]; write for instance'
                ' "ldaps://ldap.example.org"'
            ],
        ),
        (
            'username = { source = "directory", match = ["mail", "email"] }\n[identity]\nbase_dn = "dc=x"',
            [
                'identity.ldap_url: is needed with source = "directory" of offerings[0].username; write for instance'
                ' "ldaps://ldap.example.org"'
            ],
        ),
        (
            '[identity]\nldap_url = "ldaps://ldap.example.org"\nbind_dn = "cn=reader"',
            [
                'identity.base_dn: is needed with ldap_url; write for instance "dc=example,dc=org"',
                'identity.bind_password_file: is needed with bind_dn; write for instance "/etc/agent/ldap-password"',
            ],
        ),
        (
            '[identity]\nldap_url = "ldap://ldap.example.org"\nbase_dn = "dc=x"',
            [
                "identity.ldap_url: 'ldap://ldap.example.org' would send a password in clear; write ldaps:// (only"
                " loopback may use ldap://)"
            ],
        ),
        (
            '[identity]\nbind_password = "hush"',
            ["identity.bind_password: is not a key; did you mean bind_password_file?"],
        ),
        (
            '[hooks]\non_user_ready = ["mkhome"]',
            [
                "hooks.on_user_ready: 'mkhome' is not a whole path; write the command from / on, and each argument by"
                " itself"
            ],
        ),
    ],
)
def test_what_the_site_s_tables_cannot_do_is_refused_with_the_key(
    write: Write, smallest: str, text: str, lines: list[str]
) -> None:
    path = write(f"{smallest}{text}")
    assert refused(write, f"{smallest}{text}") == [f"{path}: {line}" for line in lines]
