"""Restricted access: nobody is associated, whoever they are; and everybody is back as before when it ends."""

from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, Evidence, RemoveAssociation
from agent.core.known import SetAside
from agent.core.model.cluster import Association
from agent.core.policy import ComponentRule, LimitKind
from agent.core.snapshot import Partial
from tests.fixtures.worlds import POLICY, World, keys

BY_QOS = replace(POLICY, on_pause="qos", paused_qos="stopped")
BOB = Association(account="alloc", user="bob", qos=("long",), default_qos="long", fairshare=3)
LOCAL = Association(account="alloc", user="local", grp_jobs=4)


def restricted(policy=POLICY) -> World:
    """Two members, one with settings of his own, and a stranger; then access is restricted."""
    world = World(policy=policy)
    world.allocation("alloc", "alice", "bob")
    world.by_hand("alloc", "bob", qos=("long",), default_qos="long", fairshare=3)
    world.associations.append(LOCAL)
    world.flag("alloc", restrict_member_access=True)
    return world


def everybody_out(world: World) -> None:
    going = [action for action in world.plan().actions if isinstance(action, RemoveAssociation)]
    pairs = {(one.account, one.user) for one in going}
    aside = {(one.account, one.user): one.aside for one in going if one.aside}
    world.associations.clear()
    world.remember(aside={**aside, **world.known.aside}, associations=world.known.associations - pairs)
    assert world.plan().empty


def coming(world: World) -> dict[str, AddAssociation]:
    return {action.user: action for action in world.plan().actions if isinstance(action, AddAssociation)}


def test_everybody_goes_members_and_strangers_and_each_is_set_aside_as_they_are():
    actions = restricted().plan().actions
    assert [action.key for action in actions] == [
        f"remove association alloc/{name}" for name in ("alice", "bob", "local")
    ]
    assert {action.evidence for action in actions} == {Evidence.POSITIVE}
    assert [action.aside for action in actions] == [
        SetAside(association=Association(account="alloc", user="alice"), own=True),
        SetAside(association=BOB, own=True),
        SetAside(association=LOCAL, own=False),
    ]


def test_who_does_not_resolve_yet_comes_back_only_when_they_do():
    world = restricted()
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False)
    world.unready = {"alice": "waits until alice is known"}
    plan = world.plan()
    assert [action.key for action in plan.actions] == ["add association alloc/bob", "add association alloc/local"]
    assert [(one.username, one.reason) for one in plan.waiting] == [("alice", "waits until alice is known")]
    assert plan.settled.aside == ()
    world.unready = {}
    assert "alice" in coming(world)


def test_a_member_who_had_every_partition_comes_back_with_every_partition():
    world = restricted()
    everybody_out(world)
    world.rules(user_partitions=("cpu", "gpu"))
    world.flag("alloc", restrict_member_access=False)
    assert coming(world)["alice"].partitions == ()


def test_who_waits_for_jobs_stays_blocked_strangers_too():
    world = restricted()
    world.associations = [replace(one, max_submit_jobs=0) for one in world.associations]
    world.remember(blocked=dict.fromkeys(("alloc/alice", "alloc/bob", "alloc/local"), 1.0))
    actions = world.plan().actions
    assert {action.kind for action in actions} == {"remove association"}
    assert [action.aside.association for action in actions][1:] == [BOB, LOCAL], "without the block"


def test_everybody_is_back_as_before_and_a_stranger_is_still_one():
    world = restricted()
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False)
    back = coming(world)
    assert {user: (one.association, one.stranger) for user, one in back.items()} == {
        "alice": (Association(account="alloc", user="alice"), False),
        "bob": (BOB, False),
        "local": (LOCAL, True),
    }
    assert back["local"].describe() == "put user local back into account alloc with GrpJobs=4"


def test_a_member_whom_somebody_else_had_added_comes_back_as_somebody_else_s():
    world = restricted()
    world.member("alloc", "local")
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False)
    assert coming(world)["local"].stranger


def test_who_lost_the_role_meanwhile_does_not_come_back_and_is_forgotten():
    world = restricted()
    everybody_out(world)
    world.leaves("alloc", "bob")
    world.flag("alloc", restrict_member_access=False)
    assert (coming(world).keys(), world.plan().settled.aside) == ({"alice", "local"}, (("alloc", "bob"),))


def test_who_has_no_usable_name_when_it_ends_comes_back_like_anybody_who_is_spared():
    world = restricted()
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False)
    world.users["bob"] = replace(world.users["bob"], username="bad name")
    assert (coming(world)["bob"].association, world.plan().settled.aside) == (BOB, ())
    world.users["bob"] = replace(world.users["bob"], restricted=True)
    assert coming(world).keys() == {"alice", "local"}


def test_who_is_back_is_forgotten_and_not_while_the_restriction_stands():
    world = restricted()
    everybody_out(world)
    world.associations.append(LOCAL)
    assert world.plan().settled.aside == ()
    assert keys(world.plan()) == ["remove association alloc/local"]
    world.flag("alloc", restrict_member_access=False)
    assert world.plan().settled.aside == (("alloc", "local"),)


def test_a_new_restriction_while_some_of_an_older_one_are_still_to_come_back():
    world = restricted()
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False)
    world.associations.append(replace(LOCAL, grp_jobs=9))
    world.remember(aside={pair: one for pair, one in world.known.aside.items() if pair != ("alloc", "local")})
    world.flag("alloc", restrict_member_access=True)
    everybody_out(world)
    assert world.known.aside["alloc", "local"].association.grp_jobs == 9
    world.flag("alloc", restrict_member_access=False)
    assert {user: one.association for user, one in coming(world).items()} == {
        "alice": Association(account="alloc", user="alice"),
        "bob": BOB,
        "local": replace(LOCAL, grp_jobs=9),
    }


def test_nobody_is_added_while_it_stands_however_many_join():
    world = restricted()
    world.member("alloc", "carol")
    assert "add association alloc/carol" not in keys(world.plan())
    everybody_out(world)


def test_who_joined_meanwhile_comes_like_any_new_member():
    world = restricted()
    everybody_out(world)
    world.member("alloc", "carol")
    world.flag("alloc", restrict_member_access=False)
    assert (coming(world)["carol"].association, coming(world)["carol"].stranger) == (None, False)


@pytest.mark.parametrize("section", ["teams", "resources", "users"])
def test_nobody_is_forgotten_on_a_section_that_is_not_whole(section):
    world = restricted()
    everybody_out(world)
    world.leaves("alloc", "bob")
    world.flag("alloc", restrict_member_access=False)
    whole = getattr(world.offering_snapshot(), section).value
    world.sections[section] = Partial(whole, "a page was lost")
    assert world.plan().settled.aside == ()


def test_limits_per_user_are_today_s_for_a_member_who_comes_back_and_the_old_ones_for_a_stranger():
    rule = ComponentRule(factor=1, limit=LimitKind.GRP_JOBS, per_user=True)
    world = restricted(replace(POLICY, components={"cpu": rule}))
    world.in_slurm("alloc", grp_tres_mins={})
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False, limits={"cpu": 8})
    back = coming(world)
    assert {user: one.association.grp_jobs for user, one in back.items()} == {"alice": 8, "bob": 8, "local": 4}


def test_who_comes_back_into_a_paused_account_is_stopped_and_has_the_own_list_later():
    world = restricted(BY_QOS)
    everybody_out(world)
    world.flag("alloc", restrict_member_access=False, paused=True)
    world.in_slurm("alloc", qos=("stopped",), default_qos="stopped")
    world.remember(replaced={"alloc": {"QOS": "", "DefaultQOS": ""}})
    actions = {action.key: action for action in world.plan().actions}
    stopped = actions["set association alloc/bob"]
    assert actions["add association alloc/bob"].association == stopped.before == BOB
    assert (stopped.after.qos, stopped.replaces) == (("stopped",), {"QOS": "long", "DefaultQOS": "long"})
    assert "set association alloc/alice" not in actions
    world.associations = [stopped.after]
    world.remember(replaced={"alloc/bob": stopped.replaces}, aside={})
    world.flag("alloc", paused=False)
    back = next(action for action in world.plan().actions if action.key == "set association alloc/bob")
    assert back.after == BOB


def test_those_who_are_set_aside_in_another_account_are_not_touched():
    world = restricted()
    world.allocation("other", "alice")
    world.remember(aside={("gone", "x"): SetAside(association=Association(account="gone", user="x"), own=False)})
    world.flag("alloc", restrict_member_access=False)
    plan = world.plan()
    assert (plan.actions, plan.settled.aside) == ((), ())


def test_protected_users_are_not_even_taken_out_by_a_restriction():
    world = restricted()
    world.locally_added("alloc", "root")
    plan = world.plan()
    assert [item.reason.partition(":")[0] for item in plan.held] == ["root is protected"]
    assert "remove association alloc/root" not in keys(plan)
