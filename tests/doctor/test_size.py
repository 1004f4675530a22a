"""How long a look-up takes, by what was measured, and where it becomes too long."""

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.doctor.finding import Mark
from agent.doctor.size import look_up_seconds, look_ups, personal_groups
from tests.doctor.conftest import MakePublished

MEASURED = [
    (500, 550, 0.05),
    (1_000, 1_100, 0.07),
    (1_000, 100, 0.018),
    (2_000, 2_100, 0.32),
    (5_000, 5_200, 1.5),
    (10_000, 10_300, 7.0),
    (10_000, 300, 0.25),
    (50_000, 100, 0.9),
]


def directory(users: int, project_groups: int, *, personal: bool) -> Directory:
    people = tuple(DirectoryUser(name=f"u{n}", uidnumber=n, primarygroup=n if personal else 9) for n in range(users))
    groups = [DirectoryGroup(name=f"g{n}", gidnumber=1_000_000 + n) for n in range(project_groups)]
    own = [DirectoryGroup(name=user.name, gidnumber=user.primarygroup) for user in people if personal]
    return Directory(users=people, groups=(*groups, *own))


@pytest.mark.parametrize(("users", "groups", "seconds"), MEASURED)
def test_the_estimate_is_within_half_and_double_of_what_was_measured(users: int, groups: int, seconds: float) -> None:
    assert seconds / 2 <= look_up_seconds(users, groups) <= seconds * 2


def test_a_personal_group_is_the_one_with_the_users_name_and_primary_gid() -> None:
    found = directory(3, 2, personal=True)
    assert personal_groups(found) == 3
    assert personal_groups(directory(3, 2, personal=False)) == 0


@pytest.mark.parametrize(
    ("users", "groups", "personal", "mark", "words"),
    [
        (1_000, 100, True, Mark.OK, ""),
        (3_000, 100, True, Mark.DOUBTFUL, 'personal_groups = "drop"'),
        (10_000, 300, True, Mark.BROKEN, 'personal_groups = "drop"'),
        (10_000, 300, False, Mark.OK, ""),
        (30_000, 300, False, Mark.DOUBTFUL, "more than one GLAuth"),
    ],
)
def test_a_directory_too_large_is_told_with_what_helps(
    published: MakePublished, users: int, groups: int, personal: bool, mark: Mark, words: str
) -> None:
    (finding,) = look_ups(published(directory(users, groups, personal=personal)))
    assert finding.mark is mark
    assert words in finding.remedy
    assert f"{users} users" in finding.text
