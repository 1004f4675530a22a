"""What is allowed and yet surprising is said by `agent config check`, with its key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.settings import load
from agent.settings.advice import advice

Write = Callable[[str], Path]
TOKEN = {"AGENT_TOKEN": "hush"}
GLAUTH = '[glauth]\nfile = "/etc/glauth.cfg"\nbase = "/etc/agent/glauth-base.toml"\n'


def said(write: Write, text: str) -> list[str]:
    return [line.removeprefix("offerings[0].") for line in advice(load(write(text), {}), TOKEN)]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            'on_lower_limit = "apply"',
            "on_lower_limit: a smaller order kills the jobs that run above it within a minute",
        ),
        ('paused_qos = "stop"', 'paused_qos: is not used, as on_pause is "limit"'),
        (
            'on_pause = "qos"\npaused_qos = "slow"\ndownscaled_qos = "slow"',
            "downscaled_qos: is paused_qos too, so that a pause and a smaller size are one thing",
        ),
        (
            'downscaled_qos = "slow"\nlimits_on = "qos"',
            "downscaled_qos: replaces the QOS with the limits, which count again when the resource has its size back",
        ),
        ('on_terminate = "disable"', "purge_after: is not set, so disabled accounts stay for good"),
        (
            'project_account = "p_{{ project_slug }}"',
            "project_account: is not used, as account_tree has no level 'project'",
        ),
        (
            'customer_account = "c_{{ customer_slug }}"\naccount_tree = ["project"]',
            "customer_account: is not used, as account_tree has no level 'customer'",
        ),
        ("remove_empty_accounts = true", "remove_empty_accounts: is not used, as account_tree has no levels"),
        (
            'approval = "ask"\nask_command = ["/nowhere/approve"]',
            "ask_command: /nowhere/approve is not there or cannot be run, and no order is approved without it",
        ),
        (
            'username = { template = "hpc" }',
            "username.template: gives everybody the same name, with a number behind it",
        ),
        (
            'username = { template = "{{ surname }}", claims = ["site"] }',
            "username.claims: is not used, as the template has no claims.NAME",
        ),
        (
            'username = { template = "{{ surname }}", match = ["mail", "email"] }',
            'username.match: is not used, as source is "template"',
        ),
        (
            'username = { source = "command", command = ["/nowhere/name"] }',
            "username.command: /nowhere/name is not there or cannot be run, and nobody is named without it",
        ),
        (
            'username = { source = "command", command = ["/bin/sh"], attribute = "cn" }',
            'username.attribute: is not used, as source is "command"',
        ),
        (
            'account_name = "{{ project_slug }}"',
            "account_name: two resources of one project ask for the same account",
        ),
    ],
)
def test_an_offering_that_surprises_is_worth_a_word(write: Write, smallest: str, keys: str, sentence: str) -> None:
    careful = 'components.cpu = { tres = "cpu", factor = 60 }\n'
    assert said(write, smallest + careful + keys) == [sentence]


@pytest.mark.parametrize(
    ("component", "sentence"),
    [
        (
            '{ limit = "GrpWall" }',
            "components.x.factor: left out, so that one unit is one minute, unless the marketplace sends a unit_factor",
        ),
        (
            '{ tres = "mem", limit = "none" }',
            "components.x.factor: left to the marketplace, which must send a unit_factor (since 2025)",
        ),
        (
            '{ limit = "GrpJobs", prepaid = true }',
            "components.x.prepaid: GrpJobs is no total, and is multiplied by the months all the same",
        ),
        (
            '{ tres = "cpu", factor = 60, limit = "none" }',
            "components: more than one bills cpu, so its usage is told more than once",
        ),
    ],
)
def test_a_component_that_surprises_is_worth_a_word(write: Write, smallest: str, component: str, sentence: str) -> None:
    components = f'components = {{ cpu = {{ tres = "cpu", factor = 60 }}, x = {component} }}'
    assert said(write, smallest + components) == [sentence]


@pytest.mark.parametrize(
    "keys",
    [
        'approval = "ask"\nask_command = ["/bin/sh", "-c", "true"]',
        'on_terminate = "disable"\npurge_after = "90d"',
        'account_tree = ["customer", "project"]\nproject_account = "p_{{ project_slug }}"\nremove_empty_accounts = true',
        'limits_on = "qos"\non_pause = "qos"\npaused_qos = "stop"',
        'components.jobs = { limit = "GrpJobs" }\ncomponents.total = { limit = "GrpWall", factor = 60, prepaid = true }',
        'username = { template = "{{ claims.site }}{{ number }}", claims = ["site"] }',
        "username = { template = \"{{ {'Lovelace': 1}[surname] and surname }}\" }",
        'username = { source = "command", command = ["/bin/sh", "-c", "true"], claims = ["email"] }',
        'identity_gate = "nss"\nuser_qos = ["long"]\nuser_default_qos = "long"\ndefault_account = ""',
        'components.cores = { limit = "GrpTRES", tres = "cpu", factor = 1 }',
    ],
)
def test_nothing_is_said_about_what_does_not_surprise(write: Write, smallest: str, keys: str) -> None:
    assert said(write, f'{smallest}components.cpu = {{ tres = "cpu", factor = 60 }}\n{keys}') == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[identity]\nldap_url = "ldaps://ldap.example.org"\nbase_dn = "dc=example,dc=org"',
            "identity.ldap_url: is not used, as no offering asks the directory",
        ),
        (
            '[identity]\nbind_password_file = "/nowhere/password"',
            "identity.bind_password_file: is not used, as bind_dn is empty",
        ),
        (
            'identity_gate = "nss"\n[identity]\ngetent = "/nowhere/getent"',
            "identity.getent: /nowhere/getent is not there or cannot be run, and nobody is associated without it",
        ),
        (
            '[hooks]\non_user_ready = ["/nowhere/home"]',
            "hooks.on_user_ready: /nowhere/home is not there or cannot be run, and is tried for each object all the"
            " same",
        ),
        (
            f'{GLAUTH}restart = ["/bin/sh"]\nprobe_url = ""\n',
            "glauth.probe_url: is empty, so nobody notices when GLAuth does not serve what was written, and glauth.restart"
            " is not used",
        ),
        (
            GLAUTH,
            "glauth.restart: is empty, so a person has to restart GLAuth when it stops following the file",
        ),
        (
            f'{GLAUTH}restart = ["/bin/sh"]\n'.replace("/etc/glauth.cfg", "/nowhere/glauth.cfg"),
            "glauth.file: /nowhere/glauth.cfg is a folder, or its folder is not there, and nothing can be published",
        ),
        (
            f'{GLAUTH}restart = ["/bin/sh"]\nca_file = "/nowhere/ca.pem"\n',
            "glauth.ca_file: /nowhere/ca.pem is not there, and no answer of GLAuth is believed",
        ),
        (
            f'{GLAUTH}restart = ["/bin/sh"]\ngroup = "no-such-group"\n',
            "glauth.group: there is no group no-such-group on this host, and nothing can be published",
        ),
        (
            f'{GLAUTH}restart = ["/bin/sh", "reload", "glauth"]\n',
            "glauth.restart: reload is no restart: GLAuth cannot reload, and SIGHUP ends it; write restart",
        ),
        (
            f'{GLAUTH}restart = ["/nowhere/restart"]\n',
            "glauth.restart: /nowhere/restart is not there or cannot be run, and nothing restarts GLAuth then",
        ),
    ],
)
def test_a_table_of_the_site_that_surprises_is_worth_a_word(
    write: Write, smallest: str, text: str, sentence: str
) -> None:
    careful = 'components.cpu = { tres = "cpu", factor = 60 }\n'
    assert said(write, smallest + careful + text) == [sentence]


def test_nothing_is_said_about_a_directory_that_is_asked(write: Write, smallest: str) -> None:
    careful = 'components.cpu = { tres = "cpu", factor = 60 }\nidentity_gate = "ldap"\n'
    text = '[identity]\nldap_url = "ldap://127.0.0.1:3893"\nbase_dn = "dc=example,dc=org"\n[hooks]\non_user_ready = ["/bin/sh"]'
    assert said(write, f'{smallest}{careful}{text}\n{GLAUTH}restart = ["/bin/sh"]') == []
