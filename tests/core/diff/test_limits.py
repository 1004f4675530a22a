"""Limits of accounts that stand: drift, what lowering would kill, QOS that carry them, and counting anew."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.actions import AddQos, Evidence, RefuseOrder, SetLimits
from agent.core.diff.limits import lowers
from agent.core.model.cluster import Account, Association, Counted, Limits, Qos
from agent.core.model.marketplace import Component, OrderState, OrderType, ResourceState
from agent.core.names import description
from agent.core.policy import ComponentRule, LimitKind
from tests.fixtures.worlds import COMPONENTS, OFFERING, OUTAGE, POLICY, World, account, held, keys, uuid_of

MARKER = description(uuid_of("alloc"), "alloc", f"qos {OFFERING}")
ON_QOS = replace(POLICY, limits_on="qos")


def limited(**fields: object) -> World:
    world = World()
    world.allocation("alloc", "alice", **fields)
    return world


def on_qos(**fields: object) -> World:
    """An allocation whose limits stand on the QOS of its name."""
    world = limited(**fields)
    world.policy = ON_QOS
    world.qos["alloc"] = Qos(name="alloc", description=MARKER, flags=("NoDecay",), grp_tres_mins={"cpu": 600})
    world.in_slurm("alloc", grp_tres_mins={}, qos=("alloc",), default_qos="alloc")
    return world


def the_change(world: World, *, confirmed: bool = False) -> SetLimits:
    (action,) = world.plan(confirmed=confirmed).actions
    assert isinstance(action, SetLimits)
    return action


@pytest.mark.parametrize("kind", [kind for kind in LimitKind if kind is not LimitKind.NONE])
def test_what_was_changed_by_hand_is_set_back_for_every_kind_of_limit(kind):
    world = limited(limits={"part": 10})
    world.rules(components={"part": ComponentRule(tres="cpu", factor=1, limit=kind)})
    world.in_slurm("alloc", grp_tres_mins={})
    first = the_change(world)
    world.accounts["alloc"] = first.after
    assert world.plan().empty
    assert limits(first.after) == {f"{kind}=10" if not kind.of_tres else f"{kind} cpu=10"}


def limits(one: Account) -> set[str]:
    words = {"GrpSubmit": one.grp_submit_jobs, "GrpJobs": one.grp_jobs, "GrpWall": one.grp_wall}
    found = {f"{word}={value}" for word, value in {**words, "fairshare": one.fairshare}.items() if value is not None}
    tres = {
        "GrpTRESMins": one.grp_tres_mins,
        "GrpTRES": one.grp_tres,
        "GrpTRESRunMins": one.grp_tres_run_mins,
        "MaxTRES": one.max_tres,
    }
    return found | {f"{word} {name}={value}" for word, values in tres.items() for name, value in values.items()}


def test_a_limit_that_is_not_ordered_any_more_is_cleared_and_an_administrator_s_own_stays():
    world = limited(limits={"cpu": 10})
    world.in_slurm("alloc", grp_tres_mins={"cpu": 600, "mem": 5, "gres/gpu": 3}, grp_tres={"cpu": 4}, fairshare=7)
    after = the_change(world).after
    assert (after.grp_tres_mins, after.grp_tres, after.fairshare) == ({"cpu": 600, "gres/gpu": 3}, {"cpu": 4}, 7)


def test_limits_per_user_are_kept_on_every_member_and_on_nobody_else():
    world = limited(limits={"jobs": 3})
    world.rules(components={"jobs": ComponentRule(factor=1, limit=LimitKind.GRP_JOBS, per_user=True)})
    world.member("alloc", "bob")
    world.locally_added("alloc", "local")
    actions = {action.key: action for action in world.plan().actions}
    assert set(actions) == {"add association alloc/bob", "set association alloc/alice"}
    assert actions["add association alloc/bob"].association == Association(account="alloc", user="bob", grp_jobs=3)
    assert actions["set association alloc/alice"].after.grp_jobs == 3
    assert actions["set association alloc/alice"].describe() == "set GrpJobs none → 3 of user alice in account alloc"


def test_a_limit_per_user_that_is_not_ordered_any_more_is_cleared():
    world = limited(limits={})
    world.rules(components={"jobs": ComponentRule(factor=1, limit=LimitKind.GRP_JOBS, per_user=True)})
    world.in_slurm("alloc", grp_tres_mins={})
    world.by_hand("alloc", "alice", grp_jobs=3, grp_wall=60)
    (action,) = world.plan().actions
    assert (action.after.grp_jobs, action.after.grp_wall) == (None, 60)


@pytest.mark.parametrize(
    ("before", "after", "lowered"),
    [
        ({"cpu": 10}, {"cpu": 9}, {"cpu"}),
        ({"cpu": 10}, {"cpu": 10}, set()),
        ({"cpu": 10}, {"cpu": 11}, set()),
        ({}, {"cpu": 11}, {"cpu"}),
        ({"cpu": 10}, {}, set()),
        ({"cpu": 10, "mem": 1}, {"cpu": 20, "mem": 0}, {"mem"}),
    ],
)
def test_a_total_that_gets_smaller_or_comes_where_none_was_is_a_lower_one(before, after, lowered):
    assert lowers(Limits(grp_tres_mins=before), Limits(grp_tres_mins=after)) == lowered


@pytest.mark.parametrize(("before", "after", "lowered"), [(None, 5, 1), (6, 5, 1), (5, 5, 0), (5, 6, 0), (5, None, 0)])
def test_a_wall_time_of_all_jobs_is_lowered_like_a_total(before, after, lowered):
    assert len(lowers(Limits(grp_wall=before), Limits(grp_wall=after))) == lowered


@pytest.mark.parametrize("of", [limited, on_qos], ids=["account", "QOS"])
@pytest.mark.parametrize(("used", "running", "killed"), [(299, 7, 0), (300, 7, 7), (10**6, 7, 7), (10**6, 0, 0)])
def test_a_limit_kills_what_runs_once_it_is_reached(of, used, running, killed):
    world = of(limits={"cpu": 5})
    world.counted["alloc"] = Counted(used={"cpu": used}, running=running)
    action = the_change(world)
    assert (action.would_kill, action.drain, action.evidence) == (killed, killed > 0, None)


def test_a_limit_that_kills_nobody_is_set_at_once():
    world = limited(limits={"cpu": 5})
    assert the_change(world).describe() == "set account alloc: GrpTRESMins cpu 600 → 300"


def test_a_plan_says_how_many_jobs_a_lower_limit_waits_for():
    world = limited(limits={"cpu": 5})
    world.counted["alloc"] = Counted(used={"cpu": 300}, running=7)
    text = "set account alloc: GrpTRESMins cpu 600 → 300; 7 running job(s) finish first"
    assert the_change(world).describe() == text


def test_where_the_settings_say_so_a_lower_limit_kills_and_the_plan_says_how_many():
    world = limited(limits={"cpu": 5})
    world.rules(on_lower_limit="apply")
    world.counted["alloc"] = Counted(used={"cpu": 300}, running=7)
    action = the_change(world)
    assert (action.drain, action.evidence) == (False, Evidence.POSITIVE)
    assert action.describe().endswith("; it kills 7 running job(s)")


@pytest.mark.parametrize("of", [limited, on_qos], ids=["account", "QOS"])
def test_while_what_is_used_is_not_known_a_lower_limit_is_a_risk_and_a_higher_one_is_not(of):
    world = of(limits={"cpu": 5})
    world.sections["counted"] = OUTAGE
    assert held(world.plan()).keys() == {"set limits alloc"}
    assert the_change(world, confirmed=True).evidence is Evidence.RISK
    world.flag("alloc", limits={"cpu": 50})
    assert the_change(world).evidence is None


def test_an_account_that_drains_gets_its_own_job_limit_back_with_the_new_total():
    world = limited(limits={"cpu": 5})
    world.counted["alloc"] = Counted(used={"cpu": 300}, running=7)
    world.in_slurm("alloc", grp_jobs=0)
    world.remember(replaced={"alloc": {"GrpJobs": "9"}})
    assert (the_change(world).drain, the_change(world).after.grp_jobs) == (True, 9)
    world.counted.clear()
    action = the_change(world)
    assert (action.drain, action.puts_back, action.after.grp_jobs) == (False, ("GrpJobs",), 9)
    world.flag("alloc", limits={"cpu": 10})
    assert the_change(world).puts_back == ("GrpJobs",), "the customer thought better of it"


def test_a_held_order_to_lower_a_limit_is_not_taken_up():
    world = limited()
    world.order("alloc", OrderType.UPDATE, limits={"cpu": 5})
    world.sections["counted"] = OUTAGE
    plan = world.plan()
    assert (plan.actions, held(plan).keys()) == ((), {"set limits alloc"})


# --- limits on a QOS


def test_a_new_account_gets_its_own_qos_first_with_the_limits_and_without_decay():
    world = World(policy=ON_QOS)
    world.order("alloc", limits={"cpu": 10})
    plan = world.plan()
    assert [action.kind for action in plan.actions] == ["approve order", "add QOS", "create account", "finish order"]
    qos, made = plan.actions[1].qos, plan.actions[2].account
    assert qos == Qos(name="alloc", description=MARKER, flags=("NoDecay",), grp_tres_mins={"cpu": 600})
    assert (made.qos, made.default_qos, made.grp_tres_mins) == (("alloc",), "alloc", {})


def test_a_share_stays_on_the_account_for_a_qos_has_none():
    world = World(policy=replace(ON_QOS, components={"s": ComponentRule(factor=1, limit=LimitKind.FAIRSHARE)}))
    world.order("alloc", limits={"s": 10})
    _, add, create, _ = world.plan().actions
    assert isinstance(add, AddQos)
    assert (add.qos, create.account.fairshare) == (Qos(name="alloc", description=MARKER, flags=("NoDecay",)), 10)


def test_limits_that_move_from_the_account_to_a_qos_are_cleared_on_the_account():
    world = limited()
    world.policy = ON_QOS
    add, change = world.plan().actions
    assert (add.key, add.qos.grp_tres_mins) == ("add QOS alloc", {"cpu": 600})
    assert (change.after.grp_tres_mins, change.after.qos) == ({}, ("alloc",))


def test_a_qos_that_was_changed_by_hand_is_set_back_and_keeps_what_is_not_ours():
    world = on_qos()
    world.qos["alloc"] = replace(world.qos["alloc"], grp_tres_mins={"cpu": 1, "gres/gpu": 4}, flags=("DenyOnLimit",))
    before, after = the_change(world).qos
    assert before == world.qos["alloc"]
    assert (after.grp_tres_mins, after.flags) == ({"cpu": 600, "gres/gpu": 4}, ("DenyOnLimit", "NoDecay"))


def test_a_qos_is_the_resource_s_by_its_marker_whatever_the_project_is_called_now():
    world = on_qos(limits={"cpu": 50}, project_name="renamed")
    before, after = the_change(world).qos
    assert (before.description, after.description, after.grp_tres_mins) == (MARKER, MARKER, {"cpu": 3000})


def test_a_foreign_qos_of_that_name_refuses_a_new_order_and_is_never_given_to_anybody():
    world = World(policy=ON_QOS)
    world.qos["alloc"] = Qos(name="alloc", description="by hand")
    world.order("alloc")
    (action,) = world.plan().actions
    assert isinstance(action, RefuseOrder)
    assert action.detail == "QOS alloc exists already and belongs to somebody else"
    standing = limited(limits={"cpu": 99})
    standing.policy, standing.qos = ON_QOS, world.qos
    plan = standing.plan()
    assert plan.empty
    assert any("QOS alloc exists already and belongs to somebody else" in line for line in plan.notices)


@pytest.mark.parametrize("what", ["a new order", "a standing account"])
def test_while_the_qos_are_not_known_nothing_that_needs_one_is_done(what):
    world = on_qos(limits={"cpu": 5}) if what == "a standing account" else World(policy=ON_QOS)
    if what == "a new order":
        order = world.order("alloc")
    world.sections["qos"] = OUTAGE
    plan = world.plan()
    assert plan.empty
    if what == "a new order":
        assert f"order {order.uuid[:8]} (Create alloc) waits: Slurm's QOS could not be read" in plan.notices


def test_a_qos_that_vanished_is_made_again_and_one_that_nothing_uses_goes():
    world = on_qos()
    world.qos.clear()
    assert keys(world.plan()) == ["add QOS alloc"]
    gone = World(policy=ON_QOS)
    other = description(uuid_of("x"), "x", f"qos {uuid_of('another offering')}")
    gone.qos = {
        "alloc": Qos(name="alloc", description=MARKER),
        "hers": Qos(name="hers", description=other),
        "normal": Qos(name="normal"),
    }
    assert keys(gone.plan()) == ["remove QOS alloc"]


@pytest.mark.parametrize("user", ["account's list", "account's default", "association's list", "association's default"])
def test_a_qos_that_anybody_has_in_a_list_stays(user):
    world = World()
    world.allocation("other", "alice")
    world.qos["alloc"] = Qos(name="alloc", description=MARKER)
    fields = {"qos": ("alloc",)} if "list" in user else {"default_qos": "alloc"}
    if user.startswith("account"):
        world.in_slurm("other", **fields)
    else:
        world.by_hand("other", "alice", **fields)
    assert world.plan().empty


# --- what cannot be


def test_a_standing_account_keeps_its_limits_when_the_ordered_ones_cannot_be():
    world = limited(limits={"cpu": -1})
    plan = world.plan()
    assert plan.empty
    assert plan.notices == (
        f"resource alloc ({uuid_of('alloc')[:8]}): the limit of cpu is negative; its limits stay as they are",
    )


def test_a_pause_works_whatever_the_limits_are():
    world = limited(limits={"cpu": -1}, paused=True)
    after = the_change(world).after
    assert (after.grp_jobs, after.grp_submit_jobs, after.grp_tres_mins) == (0, 0, {"cpu": 600})


def test_a_lost_account_is_not_made_again_without_its_limits():
    world = limited(limits={"cpu": -1})
    del world.accounts["alloc"]
    world.associations.clear()
    assert world.plan().empty


def test_a_tres_that_the_cluster_does_not_count_refuses_the_order_in_the_customer_s_words():
    world = World(policy=replace(POLICY, components={"gpu": ComponentRule(tres="gres/gpu", factor=60)}))
    world.order("alloc", limits={"gpu": 1})
    assert any(action.kind == "create account" for action in world.plan().actions), "what is counted is not known"
    world.config = {"AccountingStorageTRES": "cpu,mem,energy,GRES/gpu"}
    assert any(action.kind == "create account" for action in world.plan().actions)
    world.config = {"AccountingStorageTRES": "cpu,mem"}
    (action,) = world.plan().actions
    assert action.reason == "This allocation cannot be made: the cluster does not count gres/gpu."


def test_an_order_above_the_maximum_is_refused_and_a_resource_above_it_is_kept():
    world = limited(limits={"cpu": 10})
    world.sold = (replace(world.sold[0], max_value=9), world.sold[1])
    assert world.plan().empty
    world.order("alloc", OrderType.UPDATE, limits={"cpu": 11})
    (action,) = world.plan().actions
    assert action.reason == (
        "This allocation cannot be changed: the limit of cpu, 11, is above the offering's maximum of 9."
    )


# --- periods


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc]


NOVEMBER, DECEMBER = at(2026, 11, 30, 23, 59, 59), at(2026, 12, 1)


def monthly(now: float = DECEMBER, **resets: str) -> World:
    world = limited()
    world.sold = tuple(
        replace(part, billing_type="limit", limit_period="month") for part in (Component(type="cpu"), world.sold[1])
    )
    world.now = now
    world.remember(resets=resets)
    return world


def test_a_new_month_is_counted_anew_once():
    world = monthly(alloc="2026-11")
    (action,) = world.plan().actions
    assert (action.key, action.account, action.period, action.of_qos) == (
        "reset usage alloc",
        "alloc",
        "2026-12",
        False,
    )
    assert action.describe() == "let account alloc count its usage anew for 2026-12"
    world.remember(resets={"alloc": "2026-12"})
    assert world.plan().empty


def test_the_month_ends_at_midnight_utc():
    assert monthly(NOVEMBER, alloc="2026-11").plan().empty


def test_a_qos_is_counted_anew_by_its_own_name():
    world = on_qos()
    world.sold, world.now = monthly().sold, DECEMBER
    world.remember(resets={"alloc": "2026-11"})
    (action,) = world.plan().actions
    assert (action.of_qos, action.describe()) == (True, "let QOS alloc count its usage anew for 2026-12")


def test_a_lost_journal_counts_nothing_anew_and_notes_the_month():
    plan = monthly().plan()
    assert (plan.actions, plan.settled.periods) == ((), {"alloc": "2026-12"})


def test_another_length_of_the_period_is_noted_and_is_no_new_period():
    plan = monthly(alloc="2026-q4").plan()
    assert (plan.actions, plan.settled.periods) == ((), {"alloc": "2026-12"})
    assert keys(monthly(alloc="2026-q3").plan()) == ["reset usage alloc"]


def test_a_clock_that_is_set_back_counts_nothing_anew_and_notes_nothing():
    plan = monthly(NOVEMBER, alloc="2026-12").plan()
    assert (plan.actions, plan.settled.periods) == ((), {})


def test_where_slurm_resets_by_itself_the_agent_does_not():
    world = monthly(alloc="2026-11")
    world.config = {"PriorityUsageResetPeriod": "MONTHLY"}
    plan = world.plan()
    assert (plan.empty, plan.settled.periods) == (True, {})


@pytest.mark.parametrize("section", ["facts", "offering", "resources", "accounts"])
def test_nothing_is_counted_anew_while_a_section_is_missing(section):
    world = monthly(alloc="2026-11")
    world.sections[section] = OUTAGE
    plan = world.plan()
    assert (plan.actions, dict(plan.settled.periods)) == ((), {})


def test_an_account_that_is_not_there_has_no_period():
    world = World(now=DECEMBER)
    world.sold = monthly().sold
    world.order("alloc")
    assert world.plan().settled.periods == {}


def test_a_total_that_is_made_up_of_prepaid_months_reaches_slurm_as_one_total():
    world = World(policy=replace(POLICY, components={**COMPONENTS, "cpu": replace(COMPONENTS["cpu"], prepaid=True)}))
    world.resource("alloc", ResourceState.CREATING, created=at(2026, 11, 24), ends=at(2027, 5, 24))
    world.order("alloc", state=OrderState.EXECUTING, limits={"cpu": 10})
    create, _ = world.plan().actions
    assert create.account.grp_tres_mins == {"cpu": 3_600}


def test_an_account_that_was_taken_over_by_hand_is_never_limited():
    world = limited(limits={"cpu": 5})
    world.accounts["alloc"] = replace(account("alloc"), grp_tres_mins={"cpu": 600})
    assert world.plan().empty
