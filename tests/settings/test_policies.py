from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.model.marketplace import AccountKind
from agent.core.policy import (
    AdmissionPolicy,
    ComponentRule,
    GuardPolicy,
    Hooks,
    LimitKind,
    OfferingPolicy,
    UsernamePolicy,
)
from agent.settings import load, show

Write = Callable[[str], Path]
OFFERING = "9f4b2c1de8a74d0b8c5a6e7f00112233"


def test_the_defaults_are_the_cores_own(write: Write, smallest: str) -> None:
    settings = load(write(smallest), {})
    assert settings.guard_policy() == GuardPolicy()
    assert settings.admission_policy() == AdmissionPolicy()
    assert settings.offering_policies() == (OfferingPolicy(uuid=OFFERING, name=OFFERING, parent_account="root"),)


def test_running_jobs_have_a_day_unless_the_settings_say_otherwise(write: Write, smallest: str) -> None:
    (policy,) = load(write(smallest), {}).offering_policies()
    assert policy.job_grace == 86_400.0


def test_an_offering_becomes_its_policy(write: Write, smallest: str) -> None:
    text = """
name = "CPU hours"
parent_account = "physics"
roles = ["PROJECT.ADMIN"]
job_grace = "1h"
[offerings.components.cpu]
tres = "cpu"
factor = 60
[offerings.components.ram]
tres = "mem"
"""
    (policy,) = load(write(smallest + text), {}).offering_policies()
    assert policy == OfferingPolicy(
        uuid=OFFERING,
        name="CPU hours",
        parent_account="physics",
        components={"cpu": ComponentRule(tres="cpu", factor=60), "ram": ComponentRule(tres="mem", factor=None)},
        roles=frozenset({"PROJECT.ADMIN"}),
        job_grace=3600.0,
    )


EVERYTHING = """
parent_account = "physics"
account_tree = ["customer", "project"]
remove_empty_accounts = true
approval = "ask"
ask_command = ["/usr/local/bin/approve", "--site", "a"]
limits_on = "qos"
on_lower_limit = "apply"
on_pause = "qos"
paused_qos = "stop"
downscaled_qos = "slow"
on_terminate = "disable"
purge_after = "30d"
project_service_accounts = true
robot_accounts = true
identity_gate = "nss"
user_partitions = ["cpu", "gpu"]
user_qos = ["normal", "long"]
user_default_qos = "long"
default_account = "everybody"
coordinators = true
[offerings.username]
template = "{{ claims.site }}{{ surname }}"
claims = ["user_site"]
longest = 8
[offerings.components.node-hours]
tres = "cpu"
factor = 7680
also = { "gres/gpu" = 240 }
prepaid = true
[offerings.components.jobs]
limit = "GrpJobs"
"""


def test_every_rule_of_an_offering_comes_from_the_file(write: Write, smallest: str) -> None:
    (policy,) = load(write(smallest + EVERYTHING), {}).offering_policies()
    node_hours = ComponentRule(tres="cpu", factor=7680, also={"gres/gpu": 240}, prepaid=True)
    assert policy == OfferingPolicy(
        uuid=OFFERING,
        name=OFFERING,
        parent_account="physics",
        components={"node-hours": node_hours, "jobs": ComponentRule(factor=None, limit=LimitKind.GRP_JOBS)},
        approval="ask",
        ask_command=("/usr/local/bin/approve", "--site", "a"),
        limits_on="qos",
        on_lower_limit="apply",
        tree=("customer", "project"),
        on_pause="qos",
        paused_qos="stop",
        downscaled_qos="slow",
        on_terminate="disable",
        purge_after=2_592_000.0,
        remove_empty=True,
        services=frozenset({AccountKind.PROJECT_SERVICE, AccountKind.ROBOT}),
        gate="nss",
        user_partitions=("cpu", "gpu"),
        user_qos=("normal", "long"),
        user_default_qos="long",
        default_account="everybody",
        coordinators=True,
        username=UsernamePolicy(source="template", attributes=("full_name", "site"), longest=8),
    )


def test_every_rule_of_an_offering_is_shown_as_a_file_that_says_the_same(write: Write, smallest: str) -> None:
    settings = load(write(smallest + EVERYTHING), {})
    assert load(write(show(settings)), {}) == settings


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("project_service_accounts", AccountKind.PROJECT_SERVICE),
        ("customer_service_accounts", AccountKind.CUSTOMER_SERVICE),
        ("course_accounts", AccountKind.COURSE),
        ("robot_accounts", AccountKind.ROBOT),
    ],
)
def test_each_kind_of_account_has_its_own_switch(write: Write, smallest: str, key: str, kind: AccountKind) -> None:
    (policy,) = load(write(f"{smallest}{key} = true"), {}).offering_policies()
    assert policy.services == {kind}


@pytest.mark.parametrize(
    ("keys", "attributes"),
    [
        ('template = "hpc{{ number }}"', ()),
        ('template = "{{ first_letter }}{{ surname | lower }}"', ("full_name",)),
        ('template = "{{ email_local }}{{ username }}"', ("email", "username")),
        ('template = "{{ given_name }}"\nclaims = ["organization"]', ("full_name",)),
        ('template = "u{{ claims.a }}"\nclaims = ["user_b", "a"]', ("a", "b")),
        ('template = "{% set email = 1 %}hpc{{ email }}{{ number }}"', ()),
        ('source = "command"\ncommand = ["/bin/true"]', ()),
        ('source = "command"\ncommand = ["/bin/true"]\nclaims = ["user_email", "username"]', ("email", "username")),
    ],
)
def test_no_more_is_read_of_a_person_than_the_source_of_names_needs(
    write: Write, smallest: str, keys: str, attributes: tuple[str, ...]
) -> None:
    (policy,) = load(write(f"{smallest}[offerings.username]\n{keys}"), {}).offering_policies()
    assert policy.username.attributes == attributes


def test_a_directory_needs_the_attribute_that_finds_a_person(write: Write, smallest: str) -> None:
    directory = '[identity]\nldap_url = "ldaps://ldap.example.org"\nbase_dn = "dc=example,dc=org"'
    names = '[offerings.username]\nsource = "directory"\nmatch = ["eduPersonPrincipalName", "username"]\n'
    settings = load(write(f"{smallest}{names}{directory}"), {})
    (policy,) = settings.offering_policies()
    assert policy.username == UsernamePolicy(source="directory", attributes=("username",))
    assert settings.offerings[0].username is not None
    assert settings.offerings[0].username.attribute == "uid"


def test_nobody_names_people_unless_the_file_says_who(write: Write, smallest: str) -> None:
    (policy,) = load(write(smallest), {}).offering_policies()
    assert (policy.username, policy.services, policy.gate) == (UsernamePolicy(), frozenset(), "none")


def test_the_commands_of_the_site_become_its_hooks(write: Write, smallest: str) -> None:
    text = (
        '[hooks]\non_user_ready = ["/usr/local/bin/make-home", "--quota", "10G"]\non_resource_removed = ["/bin/true"]'
    )
    assert load(write(smallest + text), {}).hooks.hooks() == Hooks(
        on_user_ready=("/usr/local/bin/make-home", "--quota", "10G"), on_resource_removed=("/bin/true",)
    )


@pytest.mark.parametrize("kind", list(LimitKind))
def test_every_limit_of_slurm_can_be_ordered_for_an_account_or_for_each_user(
    write: Write, smallest: str, kind: LimitKind
) -> None:
    tres = "gres/gpu" if kind.of_tres or kind is LimitKind.NONE else ""
    per = "account" if kind is LimitKind.NONE else "user"
    keys = f'limit = "{kind.value}"\nper = "{per}"\n' + (f'tres = "{tres}"' if tres else "")
    (policy,) = load(write(f"{smallest}[offerings.components.x]\n{keys}"), {}).offering_policies()
    assert policy.components == {"x": ComponentRule(tres=tres, factor=None, limit=kind, per_user=per == "user")}


def test_names_follow_the_offerings_own_policy_unless_the_file_has_a_template(write: Write, smallest: str) -> None:
    (bare,) = load(write(smallest), {}).offerings
    assert bare.name_templates() == {
        "": "{{ project_slug }}-{{ resource_slug }}",
        "customer": "{{ customer_slug }}",
        "project": "{{ project_slug }}",
        "project_slug": "{{ project_slug }}",
    }
    own = 'account_name = "{{ resource_slug }}"\nproject_account = "p_{{ project_slug }}"'
    (explicit,) = load(write(smallest + own), {}).offerings
    assert explicit.name_templates() == {
        "": "{{ resource_slug }}",
        "customer": "{{ customer_slug }}",
        "project": "p_{{ project_slug }}",
    }


def test_a_protected_name_joins_those_that_always_are(write: Write, smallest: str) -> None:
    text = f'{smallest}\n[guard]\nprotected = ["Admin"]\nremoval_confirm_after = "2d"\nper_day = 3\ntotal_share = 0.5'
    policy = load(write(text), {}).guard_policy()
    assert policy == GuardPolicy(
        protected=frozenset({"root", "slurm", "admin"}), removal_confirm_after=172_800.0, per_day=3, total_share=0.5
    )


def test_admission_joins_the_settings_and_what_the_host_reserves(write: Write, smallest: str) -> None:
    text = """
[glauth]
file = "/etc/glauth/glauth.cfg"
base = "/etc/agent/base.toml"
uid_range = [20000, 30000]
gid_range = [40000, 50000]
shells = ["/bin/sh", "/bin/fish"]
default_shell = "/bin/fish"
home_prefix = "/data/home"
personal_groups = "drop"
shared_group = { name = "people", gid = 45000 }
"""
    policy = load(write(smallest + text), {}).admission_policy(
        reserved_names={"root"}, reserved_uids={0}, reserved_group_names={"sudo"}, reserved_gids={27}
    )
    assert policy == AdmissionPolicy(
        uid_range=(20_000, 30_000),
        gid_range=(40_000, 50_000),
        shells=("/bin/sh", "/bin/fish"),
        default_shell="/bin/fish",
        home_prefix="/data/home",
        reserved_names=frozenset({"root"}),
        reserved_uids=frozenset({0}),
        reserved_group_names=frozenset({"sudo"}),
        reserved_gids=frozenset({27}),
        shared_group=("people", 45_000),
    )


def test_a_shared_group_that_is_not_asked_for_is_nobody_s(write: Write, smallest: str) -> None:
    text = f'{smallest}[glauth]\nfile = "/a"\nbase = "/b"\nshared_group = {{ name = "people", gid = 45000 }}\n'
    assert load(write(text), {}).admission_policy().shared_group is None


def test_an_offering_may_have_ranges_of_its_own(write: Write, smallest: str) -> None:
    text = smallest.replace("[[offerings]]", "[[offerings]]\nuid_range = [50000, 59999]\ngid_range = [60000, 69999]", 1)
    settings = load(write(text), {})
    policy, offering = settings.admission_policy(), settings.offerings[0].uuid
    assert (policy.uid_ranges, policy.gid_ranges) == ({offering: (50_000, 59_999)}, {offering: (60_000, 69_999)})
    assert (policy.uids_of(offering), policy.gids_of("another")) == (((50_000, 59_999),), ((10_000, 2_000_000_000),))
