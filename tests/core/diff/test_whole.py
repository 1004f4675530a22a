"""The whole plan: order, notices about what could not be read, what the guard's shares are counted from."""

from dataclasses import replace

import pytest

from agent.core.actions import DisableDirectoryUser
from agent.core.admission import Admitted, RefusedRecord
from agent.core.cycle import make_plan
from agent.core.diff.whole import EMPTIED
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.model.marketplace import OrderType
from agent.core.plan import Plan
from agent.core.snapshot import Complete, Missing, Partial
from tests.fixtures.worlds import (
    GENEROUS,
    OFFERING,
    OTHER_OFFERING,
    OUTAGE,
    World,
    account,
    makers_of,
    offering_user,
    service_account,
    uuid_of,
)

ALICE = DirectoryUser(name="alice", uidnumber=10_000, primarygroup=10_000)
BOB = DirectoryUser(name="bob", uidnumber=10_001, primarygroup=10_000)
CAROL = DirectoryUser(name="carol", uidnumber=10_002, primarygroup=10_000)
USERS = (DirectoryGroup(name="users", gidnumber=10_000),)


def with_directory(world: World, wanted: Admitted, there: Directory) -> Plan:
    observed = replace(world.observed(), directory=Complete(there))
    return make_plan(observed, [world.policy], world.guard, world.known, makers_of(OFFERING), wanted, confirmed=True)


def test_a_plan_goes_from_directory_to_accounts_to_members_and_ends_with_removals():
    world = World(guard=GENEROUS)
    world.order("new")
    world.member("new", "alice")
    world.allocation("old", "bob")
    world.order("old", OrderType.TERMINATE)
    wanted = Admitted(directory=Directory(users=(ALICE,), groups=USERS))
    plan = with_directory(world, wanted, Directory(users=(CAROL,), groups=USERS))
    assert [action.kind for action in plan.actions] == [
        "approve order",
        "approve order",
        "put directory user",
        "create account",
        "add association",
        "remove account",
        "disable directory user",
        "finish order",
        "finish order",
    ]


def test_an_empty_feed_keeps_the_last_good_file_and_says_so():
    there = Directory(users=(ALICE,), groups=USERS)
    wanted = Admitted(directory=Directory(groups=(DirectoryGroup(name="new", gidnumber=10_009),)))
    plan = with_directory(World(guard=GENEROUS), wanted, there)
    assert (plan.actions, plan.directory) == ((), there)
    assert EMPTIED in plan.notices


def test_a_refused_record_is_named_and_the_published_one_stays():
    wanted = Admitted(
        directory=Directory(users=(BOB,), groups=USERS), refused=(RefusedRecord(name="alice", reason="its uid is 0"),)
    )
    plan = with_directory(World(guard=GENEROUS), wanted, Directory(users=(ALICE, BOB), groups=USERS))
    assert plan.actions == ()
    assert [record.describe() for record in plan.refused] == ["directory: alice is not served: its uid is 0"]
    assert plan.notices == ()
    assert plan.directory == Directory(users=(ALICE, BOB), groups=USERS)


def test_the_published_record_of_somebody_disabled_everywhere_is_locked_although_the_new_one_is_refused():
    refused = RefusedRecord(name="alice", reason="its uid is 0", locked=True)
    wanted = Admitted(directory=Directory(users=(BOB,), groups=USERS), refused=(refused,))
    plan = with_directory(World(guard=GENEROUS), wanted, Directory(users=(ALICE, BOB), groups=USERS))
    assert [action.key for action in plan.actions] == ["put directory user alice"]
    assert plan.directory is not None
    assert [(user.name, user.disabled) for user in plan.directory.users] == [("alice", True), ("bob", False)]


def test_no_directory_user_goes_while_a_feed_is_missing():
    world = World(guard=GENEROUS)
    world.sections["feed"] = OUTAGE
    wanted = Admitted(directory=Directory(users=(ALICE,), groups=USERS))
    assert with_directory(world, wanted, Directory(users=(ALICE, BOB), groups=USERS)).actions == ()


def locked_out(plan: Plan) -> set[str]:
    """Whom the plan would lock out, held or not."""
    actions = (*plan.actions, *(item.action for item in plan.held))
    return {action.user.name for action in actions if isinstance(action, DisableDirectoryUser)}


def without_bob(world: World) -> Plan:
    """The feeds list alice alone, and both are published."""
    wanted = Admitted(directory=Directory(users=(ALICE,), groups=USERS))
    return with_directory(world, wanted, Directory(users=(ALICE, BOB), groups=USERS))


def test_whom_no_feed_lists_is_locked_out_unless_the_marketplace_still_shows_them():
    assert locked_out(without_bob(World(guard=GENEROUS))) == {"bob"}
    shown = World(guard=GENEROUS, users={"bob": offering_user("bob")})
    assert locked_out(without_bob(shown)) == set()
    gone = World(guard=GENEROUS, users={"bob": offering_user("bob", state="Deleted")})
    assert locked_out(without_bob(gone)) == {"bob"}
    restricted = World(guard=GENEROUS, users={"bob": offering_user("bob", restricted=True)})
    assert locked_out(without_bob(restricted)) == {"bob"}


def test_a_person_whose_name_is_blank_or_another_in_the_marketplace_is_not_locked_out_under_the_one_they_have():
    for shown in ("", "robert"):
        world = World(guard=GENEROUS, users={"bob": offering_user("bob", username=shown)})
        world.remember(usernames={(OFFERING, uuid_of("bob")): "bob"}, holders={"bob": uuid_of("bob")})
        assert locked_out(without_bob(world)) == set()


def test_a_service_account_that_no_feed_lists_is_locked_out_only_once_it_is_closed():
    world = World(guard=GENEROUS, services=[service_account("bob", state="Erred")])
    assert locked_out(without_bob(world)) == set()
    world.services = [service_account("bob", state="Closed")]
    assert locked_out(without_bob(world)) == {"bob"}


def test_who_is_leaving_is_locked_out_after_the_last_association_is_gone():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.shown("bob", restricted=True)
    assert (locked_out(without_bob(world)), world.plan().actions[0].key) == (set(), "remove association alloc/bob")
    world.associations = [one for one in world.associations if one.user != "bob"]
    assert locked_out(without_bob(world)) == {"bob"}


def test_whose_account_is_being_terminated_is_locked_out_after_that():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "bob")
    world.users.clear()
    world.order("alloc", OrderType.TERMINATE)
    assert locked_out(without_bob(world)) == set()


def test_a_name_that_was_released_is_removed_unless_somebody_is_shown_with_it_again():
    def removed(world: World) -> list[str]:
        world.remember(let_go={"bob": 1.0})
        return [action.key for action in without_bob(world).actions]

    assert removed(World(guard=GENEROUS)) == ["remove directory user bob"]
    assert removed(World(guard=GENEROUS, users={"bob": offering_user("bob")})) == []


def test_a_directory_that_could_not_be_read_is_not_planned_for():
    world = World()
    wanted = Admitted(directory=Directory(users=(ALICE,), groups=USERS))
    observed = replace(world.observed(), directory=Missing("unreadable"))
    assert make_plan(observed, [world.policy], world.guard, world.known, makers_of(OFFERING), wanted).actions == ()


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ("orders", "orders"),
        ("resources", "resources"),
        ("teams", "teams"),
        ("users", "offering users"),
        ("services", "service accounts"),
        ("offering", "description"),
    ],
)
def test_each_section_that_is_not_whole_is_named_with_its_reason(section, named):
    world = World()
    world.sections[section] = Missing("the reason")
    assert world.plan().notices == (
        f"offering HPC: {named} not known for sure, so nothing is removed on it: the reason",
    )


def test_a_feed_that_is_not_whole_is_named_only_where_there_is_a_directory():
    world = World()
    world.sections["feed"] = Missing("the reason")
    assert world.plan().notices == ()
    plan = with_directory(world, Admitted(), Directory())
    assert plan.notices == ("offering HPC: directory feed not known for sure, so nothing is removed on it: the reason",)


def test_one_reason_for_several_sections_is_told_once():
    world = World()
    world.sections |= {"accounts": OUTAGE, "associations": OUTAGE, "partitions": Partial({}, "cut short")}
    assert world.plan().notices == (
        "Slurm's accounts, associations are not known for sure: an outage",
        "Slurm's partitions are not known for sure: cut short",
    )


def test_what_is_managed_counts_accounts_and_own_associations_but_no_strangers():
    world = World()
    world.allocation("one", "alice", "bob")
    world.allocation("two", "alice")
    world.locally_added("one", "local")
    world.accounts["theirs"] = account("theirs", "x", offering=OTHER_OFFERING)
    assert world.plan().managed == {OFFERING: 5, "": 0}


def test_two_offerings_of_one_run_never_make_the_same_account():
    world, other = World(), World()
    world.order("same")
    other.order("other")
    other.make_name = world.make_name = lambda _: "same"
    second = replace(world.policy, uuid=OTHER_OFFERING, name="second")
    observed = replace(
        world.observed(), offerings={OFFERING: world.offering_snapshot(), OTHER_OFFERING: other.offering_snapshot()}
    )
    makers = {OFFERING: world.make_name, OTHER_OFFERING: world.make_name}
    plan = make_plan(observed, [world.policy, second], world.guard, world.known, makers)
    made = {a.account.name: (a.offering, a.resource) for a in plan.actions if a.kind == "create account"}
    assert made == {"same": (OFFERING, uuid_of("same")), "same-2": (OTHER_OFFERING, uuid_of("other"))}
