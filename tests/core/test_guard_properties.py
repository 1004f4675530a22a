"""Whatever is asked of the guard, it stays within its budget and lets every addition through."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import Action, AddAssociation, Evidence, RemoveAccount, RemoveAssociation, RemoveOrphan
from agent.core.guard import DAY, History, held_checksum, judge, objects
from agent.core.known import Known, Removal
from agent.core.policy import GuardPolicy
from tests.fixtures.worlds import NOW

ACCOUNTS = ("a", "b", "root")
USERS = ("u1", "u2", "u3", "u4", "u5", "u6", "slurm")
OFFERINGS = {"a": "one", "b": "two", "root": "one"}
POLICIES = st.builds(
    GuardPolicy,
    offering_floor=st.integers(0, 4),
    total_floor=st.integers(0, 6),
    per_day=st.integers(0, 8),
    small_account=st.integers(1, 4),
    terminations_floor=st.integers(0, 2),
)


def additions() -> st.SearchStrategy[Action]:
    return st.builds(
        lambda account, user: AddAssociation(offering=OFFERINGS[account], account=account, user=f"new-{user}"),
        st.sampled_from(["a", "b"]),
        st.sampled_from(USERS),
    )


def removals() -> st.SearchStrategy[Action]:
    return st.builds(
        lambda account, user, evidence: RemoveAssociation(
            offering=OFFERINGS[account], account=account, user=user, why="", evidence=evidence
        ),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(USERS),
        st.sampled_from([Evidence.ABSENCE, Evidence.ABSENCE, Evidence.POSITIVE]),
    )


def whole_accounts() -> st.SearchStrategy[Action]:
    return st.builds(
        lambda kind, name, users: kind(
            offering="one",
            account=name,
            resource=name,
            users=tuple(users),
            why="",
            evidence=Evidence.POSITIVE if kind is RemoveAccount else Evidence.ABSENCE,
        ),
        st.sampled_from([RemoveAccount, RemoveOrphan]),
        st.sampled_from(["x", "y", "z"]),
        st.lists(st.sampled_from(USERS), unique=True, max_size=3),
    )


ACTIONS = st.lists(
    additions() | removals() | removals() | whole_accounts(), max_size=14, unique_by=lambda action: action.key
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    ages = draw(st.lists(st.sampled_from([1.0, DAY / 2, DAY + 1]), max_size=6))
    gone = tuple(
        Removal(at=NOW - age, offering="one", by_order=draw(st.booleans()), key="remove account x") for age in ages
    )
    dated = draw(st.sets(st.sampled_from(USERS)))
    return History(
        known=Known(
            removals=gone,
            first_missing={f"remove association {name}/{user}": NOW - 2000 for name in ACCOUNTS for user in dated},
        ),
        managed=draw(st.fixed_dictionaries({"one": st.integers(0, 60), "two": st.integers(0, 60)})),
        own={"one": {"a": frozenset(USERS)}, "two": {"b": frozenset(draw(st.sets(st.sampled_from(USERS))))}},
        now=NOW,
        confirmed=draw(st.booleans()),
    )


@given(ACTIONS, histories(), POLICIES)
def test_never_more_goes_on_absence_than_the_budgets_allow(actions, history, policy):
    absent = [action for action in judge(actions, history, policy).allowed if action.evidence is Evidence.ABSENCE]
    count = Counter(action.offering for action in absent for _ in objects(action))
    for offering, number in count.items():
        assert number <= max(policy.offering_floor, history.managed[offering] // 10)
    assert count.total() <= max(policy.total_floor, sum(history.managed.values()) // 10)
    recent = sum(not one.by_order and NOW - one.at < DAY for one in history.known.removals)
    assert not absent or recent + count.total() <= policy.per_day


@given(ACTIONS, histories(), POLICIES)
def test_every_addition_is_allowed(actions, history, policy):
    added = [action for action in actions if action.evidence is None]
    assert [action for action in judge(actions, history, policy).allowed if action.evidence is None] == added


@given(ACTIONS, histories(), POLICIES)
def test_each_action_is_allowed_or_held_and_never_both(actions, history, policy):
    found = judge(actions, history, policy)
    assert Counter([action.key for action in actions]) == Counter(
        [*(action.key for action in found.allowed), *(item.action.key for item in found.held)]
    )


@given(ACTIONS, histories(), POLICIES)
def test_an_absence_that_was_not_confirmed_never_goes(actions, history, policy):
    for action in judge(actions, history, policy).allowed:
        if action.evidence is Evidence.ABSENCE and not history.confirmed:
            assert action.key in history.known.first_missing


@given(ACTIONS, histories(), POLICIES)
def test_no_account_of_some_size_is_emptied_with_an_absence_among_the_reasons(actions, history, policy):
    allowed = judge(actions, history, policy).allowed
    joining = {action.account for action in allowed if isinstance(action, AddAssociation)}
    for offering, accounts in history.own.items():
        for name, users in accounts.items():
            going = [one for one in allowed if isinstance(one, RemoveAssociation) and one.account == name]
            if any(one.evidence is Evidence.ABSENCE for one in going) and name not in joining:
                assert len(users) < policy.small_account or users - {one.user for one in going}, offering


@given(ACTIONS, histories(), POLICIES, st.randoms())
def test_the_verdict_does_not_depend_on_the_order_of_the_actions(actions, history, policy, random):
    found = judge(actions, history, policy)
    random.shuffle(actions)
    other = judge(actions, history, policy)
    assert {action.key for action in found.allowed} == {action.key for action in other.allowed}
    assert held_checksum(found.held) == held_checksum(other.held)


@given(ACTIONS, histories(), POLICIES)
def test_a_release_lets_go_exactly_what_was_held_but_for_protected_names(actions, history, policy):
    found = judge(actions, history, policy)
    checksum = held_checksum(found.held)
    known = Known(removals=history.known.removals, released=frozenset({checksum or "none"}))
    known = Known(removals=known.removals, first_missing=history.known.first_missing, released=known.released)
    released = judge(
        actions,
        History(known=known, managed=history.managed, own=history.own, now=NOW, confirmed=history.confirmed),
        policy,
    )
    left = {item.action.key for item in released.held}
    assert left == {item.action.key for item in found.held if not item.releasable}
