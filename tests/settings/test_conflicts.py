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
