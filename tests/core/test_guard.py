"""The guard: what may run unattended, what waits, and what a person can let go."""

from dataclasses import replace

import pytest

from agent.core.actions import (
    AddAssociation,
    ApproveOrder,
    CreateAccount,
    Evidence,
    FinishOrder,
    MoveAccount,
    PurgeAccount,
    PutDirectoryUser,
    RefuseOrder,
    RemoveAccount,
    RemoveAssociation,
    RemoveDirectoryUser,
    RemoveEmptyAccount,
    RemoveOrphan,
    ResetUsage,
    SetAssociation,
    SetLimits,
)
from agent.core.guard import DAY, History, Verdict, held_checksum, judge, objects
from agent.core.known import Known, Removal, SetAside
from agent.core.model.cluster import Account, Association
from agent.core.model.directory import DirectoryUser
from agent.core.model.marketplace import Order, OrderState, OrderType
from agent.core.policy import GuardPolicy
from tests.fixtures.worlds import MINUTE, NOW

POLICY = GuardPolicy()


def leaving(*users: str, account: str = "alloc", offering: str = "o", evidence: Evidence = Evidence.ABSENCE):
    return [
        RemoveAssociation(offering=offering, account=account, user=user, why="gone", evidence=evidence)
        for user in users
    ]


def termination(name: str, offering: str = "o", users: tuple[str, ...] = ()) -> RemoveAccount:
    return RemoveAccount(
        offering=offering, account=name, resource=name, users=users, why="ordered", evidence=Evidence.POSITIVE
    )


def orphan(name: str, *users: str) -> RemoveOrphan:
    return RemoveOrphan(offering="o", account=name, resource=name, users=users, why="gone", evidence=Evidence.ABSENCE)


def people(count: int, start: int = 0) -> list[str]:
    return [f"user{number}" for number in range(start, start + count)]


def verdict(actions, known: Known | None = None, policy: GuardPolicy = POLICY, **history: object) -> Verdict:
    values: dict[str, object] = {"managed": {}, "own": {}, "now": NOW, "confirmed": True, **history}
    return judge(actions, History(known=known or Known(), **values), policy)  # type: ignore[arg-type]


def reasons(found: Verdict) -> set[str]:
    return {item.reason for item in found.held}


@pytest.mark.parametrize(("minutes", "allowed"), [(None, 0), (0, 0), (29.9, 0), (30, 1), (5000, 1)])
def test_an_absence_waits_half_an_hour_for_a_second_look(minutes, allowed):
    actions = leaving("alice")
    known = Known() if minutes is None else Known(first_missing={actions[0].key: NOW - minutes * MINUTE})
    assert len(verdict(actions, known, confirmed=False).allowed) == allowed


def test_an_absence_that_waits_says_since_when_and_until_when():
    actions = leaving("alice")
    (item,) = verdict(actions, Known(first_missing={actions[0].key: NOW - 600}), confirmed=False).held
    assert (item.reason, item.since) == (
        "missing for 10 min; goes when still missing after 30 min, or by agent sync --confirm-removals",
        NOW - 600,
    )


def test_an_absence_dated_in_the_future_waits():
    actions = leaving("alice")
    known = Known(first_missing={actions[0].key: NOW + 10 * DAY})
    assert verdict(actions, known, confirmed=False).allowed == ()


def test_positive_evidence_does_not_wait():
    actions = leaving("alice", evidence=Evidence.POSITIVE)
    assert verdict(actions, confirmed=False) == Verdict(allowed=tuple(actions))


@pytest.mark.parametrize(("managed", "most"), [(0, 5), (50, 5), (59, 5), (60, 6), (100, 10), (200, 20)])
def test_the_budget_of_an_offering_is_five_or_a_tenth(managed, most):
    policy = replace(POLICY, small_account=1000)
    for count in (most, most + 1):
        found = verdict(leaving(*people(count)), managed={"o": managed, "elsewhere": 10_000}, policy=policy)
        assert len(found.allowed) == (count if count == most else 0), count
    assert reasons(found) == {f"{most + 1} removals of this offering is over {most}; agent guard release lets them go"}


def test_the_budget_of_all_offerings_is_ten_or_a_tenth():
    three = [action for name in "abc" for action in leaving(*people(4), account=name, offering=name)]
    assert reasons(verdict(three)) == {"12 removals of all offerings is over 10; agent guard release lets them go"}
    assert verdict(three, managed={"a": 40, "b": 40, "c": 40}).held == ()


def test_one_offering_over_its_budget_does_not_hold_another_one():
    actions = [*leaving(*people(6), offering="big"), *leaving("alice", account="small", offering="small")]
    assert verdict(actions).allowed == tuple(actions[6:])


def test_an_orphan_counts_with_each_of_its_users():
    assert objects(orphan("alloc", "a", "b")) == (
        "remove orphan alloc",
        "remove orphan alloc/a",
        "remove orphan alloc/b",
    )
    own = {"o": {"x": frozenset("abc"), "y": frozenset("a")}}
    assert verdict([orphan("x", "a", "b", "c")], own=own).held == ()
    found = verdict([orphan("x", "a", "b", "c"), orphan("y", "a")], own=own)
    assert reasons(found) == {"6 removals of this offering is over 5; agent guard release lets them go"}


@pytest.mark.parametrize(("before", "allowed"), [(48, 2), (49, 0)])
def test_no_more_than_fifty_objects_go_in_a_day(before, allowed):
    removals = tuple(Removal(at=NOW - number, offering="elsewhere", by_order=False) for number in range(before))
    assert len(verdict(leaving("alice", "bob"), Known(removals=removals)).allowed) == allowed


def test_what_went_yesterday_or_by_order_does_not_count_for_the_day():
    old = tuple(Removal(at=NOW - DAY, offering="o", by_order=False) for _ in range(60))
    ordered = tuple(Removal(at=NOW, offering="o", by_order=True) for _ in range(60))
    assert verdict(leaving("alice"), Known(removals=(*old, *ordered))).held == ()


@pytest.mark.parametrize(("size", "allowed"), [(4, 4), (5, 0)])
def test_an_account_of_five_is_not_emptied_on_absence(size, allowed):
    users = people(size)
    found = verdict(leaving(*users), own={"o": {"alloc": frozenset(users)}})
    assert len(found.allowed) == allowed


def test_an_account_that_keeps_one_of_its_users_is_not_emptied():
    assert verdict(leaving(*people(5)), own={"o": {"alloc": frozenset(people(6))}}).held == ()


def test_expired_roles_do_not_hide_that_an_absence_empties_an_account():
    actions = [*leaving("user0", evidence=Evidence.POSITIVE), *leaving(*people(4, start=1))]
    found = verdict(actions, own={"o": {"alloc": frozenset(people(5))}})
    assert found.allowed == tuple(actions[:1])
    assert reasons(found) == {"it would empty an account of 5 users; agent guard release lets them go"}


def test_an_account_whose_members_are_replaced_is_not_emptied():
    actions = [*leaving(*people(5)), AddAssociation(offering="o", account="alloc", user="new")]
    assert verdict(actions, own={"o": {"alloc": frozenset(people(5))}}).held == ()


def test_an_orphan_of_five_users_is_not_removed_unattended():
    users = people(5)
    found = verdict([orphan("alloc", *users)], managed={"o": 1000}, own={"o": {"alloc": frozenset(users)}})
    assert reasons(found) == {"it would empty an account of 5 users; agent guard release lets them go"}


def test_a_restriction_may_empty_an_account_of_any_size_for_it_is_one_decision():
    actions = [
        replace(one, aside=SetAside(association=Association(account="alloc", user=one.user), own=True))
        for one in leaving(*people(40), evidence=Evidence.POSITIVE)
    ]
    assert verdict(actions, own={"o": {"alloc": frozenset(people(40))}}).held == ()
    assert [objects(one) for one in actions[:1]] == [("set aside alloc/user0",)]


def test_people_whose_roles_all_expire_at_once_are_held_beyond_twenty():
    assert verdict(leaving(*people(20), evidence=Evidence.POSITIVE)).held == ()
    found = verdict(leaving(*people(21), evidence=Evidence.POSITIVE))
    assert found.allowed == ()
    assert reasons(found) == {
        "21 people of this offering lose access in a day, over 20; agent guard release lets them go"
    }


def test_who_loses_access_to_several_accounts_counts_once_and_a_tenth_of_all_may_go():
    own = {"o": {account: frozenset(people(300)) for account in ("alloc", "ocean")}}
    gone = [
        replace(one, account=account)
        for account in ("alloc", "ocean")
        for one in leaving(*people(30), evidence=Evidence.POSITIVE)
    ]
    assert verdict(gone, own=own).held == ()
    assert verdict([*gone, *leaving("one more", evidence=Evidence.POSITIVE)], own=own).allowed == ()


def test_whoever_lost_access_in_the_last_day_counts_too():
    known = Known(
        removals=tuple(
            Removal(at=NOW - 60, offering="o", by_order=True, key=f"remove association alloc/gone{number}")
            for number in range(20)
        )
    )
    assert verdict(leaving("user0", evidence=Evidence.POSITIVE), known=known).allowed == ()


def test_terminations_have_a_brake_of_their_own():
    actions = [termination(f"a{number}") for number in range(20)]
    assert verdict(actions).held == ()
    found = verdict([*actions, termination("a20")])
    assert (found.allowed, len(found.held)) == ((), 21)
    assert reasons(found) == {"21 terminations of this offering in a day is over 20; agent guard release lets them go"}


def test_the_brake_of_terminations_is_a_tenth_of_the_accounts_where_that_is_more():
    own = {"o": dict.fromkeys(map(str, range(300)), frozenset(people(50)))}
    actions = [termination(f"a{number}") for number in range(31)]
    assert verdict(actions[:30], own=own, managed={"o": 15_300}).held == ()
    assert len(verdict(actions, own=own, managed={"o": 15_300}).held) == 31


def test_terminations_of_the_last_day_count_and_members_who_left_by_role_do_not():
    done = [Removal(at=NOW - 1, offering="o", by_order=True, key=f"remove account a{number}") for number in range(20)]
    left = [Removal(at=NOW - 1, offering="o", by_order=True, key=f"remove association a/{n}") for n in range(40)]
    assert verdict([termination("x")], Known(removals=tuple(left))).held == ()
    assert len(verdict([termination("x")], Known(removals=tuple(done))).held) == 1
    assert verdict([termination("x", offering="other")], Known(removals=tuple(done))).held == ()


def test_an_order_is_not_taken_up_while_its_account_may_not_go_and_others_are():
    def order(name: str) -> Order:
        return Order(uuid=name, type=OrderType.TERMINATE, state=OrderState.PENDING_PROVIDER, resource_uuid=name)

    steps = [ApproveOrder(offering="o", order=order(name)) for name in ("root", "fine")]
    steps += [FinishOrder(offering="o", order=order(name), account=name) for name in ("root", "fine")]
    found = verdict([*steps, termination("root"), termination("fine")])
    assert found.allowed == (steps[1], steps[3], termination("fine"))


def test_an_order_is_not_taken_up_while_its_account_may_not_be_made():
    order = Order(uuid="o1", type=OrderType.CREATE, state=OrderState.PENDING_PROVIDER, resource_uuid="r")
    create = CreateAccount(offering="o", account=Account(name="slurm", parent="waldur"), resource="r")
    steps = [
        ApproveOrder(offering="o", order=order),
        create,
        FinishOrder(offering="o", order=order, account="slurm"),
    ]
    found = verdict(steps)
    assert (found.allowed, [item.action for item in found.held]) == ((), [create])


PROTECTED = [
    *leaving("root"),
    *leaving("alice", account="root"),
    *leaving("slurm", evidence=Evidence.POSITIVE),
    termination("admin"),
    termination("alloc", users=("alice", "admin")),
    orphan("root"),
    AddAssociation(offering="o", account="alloc", user="root"),
    AddAssociation(offering="o", account="root", user="alice"),
    CreateAccount(offering="o", account=Account(name="admin", parent="root"), resource="r"),
    SetLimits(
        offering="o", before=Account(name="root", parent=""), after=Account(name="root", parent=""), resource="r"
    ),
    SetAssociation(
        offering="o",
        before=Association(account="alloc", user="admin"),
        after=Association(account="alloc", user="admin"),
    ),
    SetAssociation(
        offering="o", before=Association(account="root", user="alice"), after=Association(account="root", user="alice")
    ),
    MoveAccount(
        offering="o", before=Account(name="root", parent=""), after=Account(name="root", parent="p"), resource="r"
    ),
    ResetUsage(offering="o", account="root", period="2026-11"),
    PurgeAccount(offering="o", account="root", resource="r", users=(), why="old", evidence=Evidence.POSITIVE),
    RemoveEmptyAccount(offering="o", account="root", resource="", users=(), why="empty", evidence=Evidence.ABSENCE),
    PutDirectoryUser(offering="", user=DirectoryUser(name="admin", uidnumber=1, primarygroup=1)),
    RemoveDirectoryUser(
        offering="", user=DirectoryUser(name="slurm", uidnumber=1, primarygroup=1), evidence=Evidence.ABSENCE
    ),
]


@pytest.mark.parametrize("action", PROTECTED, ids=lambda action: action.key)
def test_a_protected_name_is_untouchable_even_when_a_person_released_everything(action):
    policy = replace(POLICY, protected=POLICY.protected | {"admin"})
    others = leaving(*people(6), account="big")
    held_now = verdict([action, *others], policy=policy).held
    released = Known(released=frozenset({held_checksum(held_now)}))
    found = verdict([action, *others], released, policy=policy)
    assert found.allowed == tuple(others)
    assert [(item.action, item.releasable) for item in found.held] == [(action, False)]
    assert " protected" in found.held[0].reason


def test_what_a_setting_protects_says_so_and_what_the_agent_itself_protects_promises_nothing():
    policy = replace(POLICY, protected=POLICY.protected | {"admin", "boss"})
    actions = [*leaving("boss", account="admin"), *leaving("root")]
    assert [item.reason for item in verdict(actions, policy=policy).held] == [
        "admin and boss are protected by guard.protected in the settings; take out there what the agent may touch",
        "root is protected: the agent never touches root and slurm, whatever the settings say",
    ]


def test_what_is_held_is_released_by_its_checksum():
    actions = leaving(*people(6))
    checksum = held_checksum(verdict(actions).held)
    found = verdict(actions, Known(released=frozenset({checksum})))
    assert (found.allowed, found.held) == (tuple(actions), ())


def test_the_checksum_of_what_is_held_does_not_change_with_other_work_or_age():
    actions = leaving(*people(6))
    alone = verdict(actions)
    more = verdict(
        [AddAssociation(offering="o", account="x", user="y"), *leaving("z", account="x", offering="p"), *actions],
        Known(first_missing={actions[0].key: NOW - 1}),
    )
    assert held_checksum(alone.held) == held_checksum(more.held) != ""


def test_a_release_does_not_cover_one_action_more_or_another_limit():
    six, seven = leaving(*people(6)), leaving(*people(7))
    released = Known(released=frozenset({held_checksum(verdict(six).held)}))
    assert verdict(seven, released).allowed == ()

    def lower(minutes: int) -> SetLimits:
        before, after = (Account(name="a", parent="p", grp_tres_mins={"cpu": value}) for value in (100, minutes))
        return SetLimits(offering="o", before=before, after=after, resource="r", evidence=Evidence.RISK)

    checksum = held_checksum(verdict([lower(90)], confirmed=False).held)
    released = Known(released=frozenset({checksum}))
    assert verdict([lower(90)], released, confirmed=False).held == ()
    assert verdict([lower(1)], released, confirmed=False).allowed == ()


def test_nothing_held_has_no_checksum():
    assert held_checksum(()) == ""


def test_what_nobody_can_release_is_in_no_checksum():
    alone, beside = verdict(leaving(*people(6))), verdict([*leaving(*people(6)), termination("root")])
    assert held_checksum(alone.held) == held_checksum(beside.held)
    assert held_checksum(verdict([termination("root")]).held) == ""


def test_confirming_by_hand_does_not_open_the_budget():
    assert verdict(leaving(*people(6)), confirmed=True).allowed == ()


def test_refusing_an_order_is_never_held():
    order = Order(uuid="root", type=OrderType.CREATE, state=OrderState.EXECUTING, resource_uuid="root")
    action = RefuseOrder(offering="o", order=order, reason="r", detail="d")
    assert verdict([action], confirmed=False).allowed == (action,)


def disabling(count: int) -> list[PutDirectoryUser]:
    users = [DirectoryUser(name=name, uidnumber=20_000, primarygroup=20_000) for name in people(count)]
    return [
        PutDirectoryUser(offering="", user=replace(user, disabled=True), before=user, evidence=Evidence.POSITIVE)
        for user in users
    ]


@pytest.mark.parametrize(("served", "count", "held"), [(0, 20, 0), (0, 21, 21), (1000, 100, 0), (1000, 101, 101)])
def test_a_feed_that_disables_more_than_a_tenth_in_a_day_is_held(served, count, held):
    assert len(verdict(disabling(count), managed={"": served}).held) == held


def test_users_disabled_earlier_in_the_day_count():
    earlier = Removal(at=NOW - MINUTE, offering="", key="put directory user someone", by_order=True)
    assert len(verdict(disabling(20), Known(removals=(earlier,))).held) == 20


def test_a_removal_that_is_under_way_is_not_held_again_and_still_counts():
    waiting, others = leaving("user0"), leaving(*people(5, start=1))
    found = verdict([*waiting, *others], Known(blocked={"alloc/user0": NOW - MINUTE}), confirmed=False)
    assert found.allowed == tuple(waiting)
    found = verdict([*waiting, *others], Known(blocked={"alloc/user0": NOW - MINUTE}))
    assert (found.allowed, len(found.held)) == (tuple(waiting), 5)


def test_a_block_does_not_open_what_is_protected():
    protected = replace(POLICY, protected=frozenset({"user0"}))
    assert verdict(leaving("user0"), Known(blocked={"alloc/user0": NOW}), protected).allowed == ()
