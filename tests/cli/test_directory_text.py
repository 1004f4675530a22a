"""What a publication changes, in a person's words."""

from dataclasses import replace

import pytest

from agent.cli.directory_changes import Turn, changes
from agent.cli.directory_text import change_lines, change_values
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser

CLIMATE = DirectoryGroup(name="climate", gidnumber=30001)
PROOFS = DirectoryGroup(name="proofs", gidnumber=30002)
KEYS = tuple(f"ssh-ed25519 {letter} ada@waldur" for letter in "ABC")
ADA = DirectoryUser(
    name="ada",
    uidnumber=20001,
    primarygroup=20001,
    othergroups=(30001,),
    loginshell="/bin/bash",
    homedir="/home/ada",
    sshkeys=KEYS[:1],
)
LOCKED = replace(ADA, disabled=True, sshkeys=(), loginshell="/usr/sbin/nologin")


def own(user: DirectoryUser) -> DirectoryGroup:
    return DirectoryGroup(name=user.name, gidnumber=user.primarygroup)


def directory(*users: DirectoryUser, groups: tuple[DirectoryGroup, ...] = (CLIMATE, PROOFS)) -> Directory:
    return Directory(users=users, groups=(*groups, *map(own, users)))


def told(before: Directory, after: Directory) -> list[str]:
    return list(change_lines(changes(before, after)))


def test_nothing_changed_is_said() -> None:
    assert told(directory(ADA), directory(ADA)) == ["Nothing changes in the directory."]


def test_who_comes_is_introduced_and_their_own_group_is_not_told_apart() -> None:
    assert told(directory(), directory(ADA)) == [
        "  + ada comes: uid 20001, 1 key, shell /bin/bash, groups climate",
        "People: 1 new; groups: 0 added, 0 dropped.",
    ]


def test_who_is_locked_out_is_told_as_that_and_not_as_a_change() -> None:
    assert told(directory(ADA), directory(LOCKED))[0] == (
        "  - ada is locked out: shell /bin/bash → /usr/sbin/nologin; 1 key fewer"
    )


def test_who_is_let_in_again_is_told_as_that() -> None:
    assert told(directory(LOCKED), directory(ADA))[0].startswith("  + ada may log in again: ")


def test_who_is_removed_is_told_with_the_uid_that_files_keep() -> None:
    assert told(directory(ADA), directory()) == [
        "  - ada is removed (uid 20001)",
        "People: 1 removed; groups: 0 added, 0 dropped.",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sshkeys": KEYS[:3]}, "2 keys more"),
        ({"sshkeys": KEYS[1:]}, "2 keys more, 1 key fewer"),
        ({"othergroups": (30002,)}, "joins proofs; leaves climate"),
        ({"othergroups": (30001, 30009)}, "joins 30009"),
        ({"primarygroup": 30001}, "primary group ada (20001) → climate (30001)"),
        ({"uidnumber": 20009}, "uid 20001 → 20009"),
        ({"mail": "ada@example.org"}, "mail none → ada@example.org"),
        ({"homedir": "/home/a", "loginshell": "/bin/zsh"}, "shell /bin/bash → /bin/zsh; home /home/ada → /home/a"),
        ({"givenname": "Ada", "sn": "Lovelace"}, "given name none → Ada; surname none → Lovelace"),
    ],
)
def test_a_change_names_the_old_and_the_new(change: dict[str, object], words: str) -> None:
    after = Directory(users=(replace(ADA, **change),), groups=directory(ADA).groups)  # type: ignore[arg-type]
    assert told(directory(ADA), after)[0] == f"  ~ ada changes: {words}"


def test_groups_of_their_own_are_told_even_when_they_bear_the_name_of_somebody_who_comes() -> None:
    other = DirectoryGroup(name="ada", gidnumber=30077)
    lines = told(directory(groups=(CLIMATE,)), directory(ADA, groups=(PROOFS, other)))
    assert lines[1:] == [
        "  + group proofs (gid 30002) comes",
        "  + group ada (gid 30077) comes",
        "  - group climate (gid 30001) is dropped",
        "People: 1 new; groups: 2 added, 1 dropped.",
    ]


def test_people_are_told_in_the_order_of_their_turns_and_then_by_name() -> None:
    bob, eve, kurt = (replace(ADA, name=name, uidnumber=uid) for name, uid in (("bob", 7), ("eve", 8), ("kurt", 9)))
    found = changes(directory(ADA, bob, eve), directory(replace(ADA, mail="a@b"), replace(bob, disabled=True), kurt))
    assert [(one.turn, one.name) for one in found.people] == [
        (Turn.COMES, "kurt"),
        (Turn.CHANGES, "ada"),
        (Turn.LOCKED_OUT, "bob"),
        (Turn.REMOVED, "eve"),
    ]


def test_keys_that_stay_are_not_counted() -> None:
    value = change_values(changes(directory(ADA), directory(replace(ADA, sshkeys=KEYS[:2]))), ())
    assert value["people"][0]["fields"] == {"sshkeys": {"more": 1, "fewer": 0}}  # type: ignore[index]


def test_a_machine_gets_both_values_but_of_keys_only_numbers() -> None:
    value = change_values(changes(directory(ADA), directory(LOCKED)), ())
    (person,) = value["people"]  # type: ignore[misc]
    assert person == {
        "turn": "locked_out",
        "name": "ada",
        "fields": {
            "loginshell": {"before": "/bin/bash", "after": "/usr/sbin/nologin"},
            "sshkeys": {"more": 0, "fewer": 1},
        },
    }
