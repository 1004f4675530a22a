"""From accounting rows to what the marketplace is told, and what it is not told."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import UsageRow
from agent.core.usage.figures import Figures, Unsent, figures, news
from tests.fixtures.worlds import COMPONENTS

FACTORS = {"cpu": 60, "ram": 61_440}
HOUR = 3600


def row(user: str, **tres: int) -> UsageRow:
    return UsageRow(account="alloc", user=user, tres_seconds=tres)


def told(**amounts: str) -> dict[tuple[str, str], Decimal]:
    return {(name, ""): Decimal(amount) for name, amount in amounts.items()}


def totals(**amounts: str) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in amounts.items()}


def test_rows_become_amounts_per_component_and_user():
    found = figures(
        [row("alice", cpu=2 * HOUR, mem=1024 * HOUR), row("alice", cpu=HOUR), row("bob", cpu=HOUR // 2)],
        COMPONENTS,
        FACTORS,
    )
    assert found.totals == totals(cpu="3.50", ram="1.00")
    assert found.users == {
        ("cpu", "alice"): Decimal("3.00"),
        ("cpu", "bob"): Decimal("0.50"),
        ("ram", "alice"): Decimal("1.00"),
    }


def test_every_component_has_a_total_even_when_nothing_ran():
    assert figures([], COMPONENTS, FACTORS) == Figures(totals=totals(cpu="0.00", ram="0.00"), users={})


def test_a_component_without_a_factor_is_not_counted():
    assert figures([row("alice", cpu=HOUR, mem=HOUR)], COMPONENTS, {"cpu": 60}).totals == totals(cpu="1.00")


def test_a_tres_outside_the_settings_is_not_counted():
    assert figures([row("alice", energy=10**9)], COMPONENTS, FACTORS).users == {}


def test_the_total_is_rounded_from_the_whole_sum_so_that_tiny_jobs_add_up():
    found = figures([row(f"user{number}", cpu=17) for number in range(100)], COMPONENTS, FACTORS)
    assert found.users == {}
    assert found.totals["cpu"] == Decimal("0.47")


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 10**9)), max_size=8))
def test_users_never_differ_from_the_total_by_more_than_their_rounding(rows):
    found = figures([row(user, cpu=seconds) for user, seconds in rows], COMPONENTS, FACTORS)
    assert abs(sum(found.users.values()) - found.totals["cpu"]) <= Decimal("0.005") * 4


def test_an_unchanged_figure_is_no_news():
    figure = Figures(totals=totals(cpu="3.50", ram="1.00"), users={("cpu", "alice"): Decimal("3.50")})
    assert news(figure, {**told(cpu="3.50", ram="1.00"), ("cpu", "alice"): Decimal("3.50")}) == (None, ())


def test_when_one_total_changed_all_components_go_in_one_call():
    change, fell = news(Figures(totals=totals(cpu="4", ram="1"), users={}), told(cpu="3", ram="1"))
    assert change == Figures(totals=totals(cpu="4", ram="1"), users={})
    assert fell == ()


def test_only_the_users_whose_figure_rose_are_told():
    users = {("cpu", "alice"): Decimal(2), ("cpu", "bob"): Decimal(1)}
    change, _ = news(Figures(totals=totals(cpu="3"), users=users), {**told(cpu="3"), ("cpu", "bob"): Decimal(1)})
    assert change == Figures(totals={}, users={("cpu", "alice"): Decimal(2)})


def test_usage_that_falls_is_not_lowered_and_is_shown():
    change, fell = news(Figures(totals=totals(cpu="2", ram="1"), users={}), told(cpu="3", ram="1"))
    assert change is None
    assert fell == (Unsent(component="cpu", user="", told=Decimal(3), now=Decimal(2)),)


def test_a_figure_that_fell_keeps_its_told_value_beside_one_that_rose():
    change, fell = news(Figures(totals=totals(cpu="2", ram="5"), users={}), told(cpu="3", ram="1"))
    assert change is not None
    assert change.totals == totals(cpu="3", ram="5")
    assert [one.component for one in fell] == ["cpu"]


def test_a_user_who_vanished_from_the_accounting_is_not_lowered_either():
    change, fell = news(Figures(totals=totals(cpu="1"), users={}), {**told(cpu="1"), ("cpu", "bob"): Decimal(1)})
    assert change is None
    assert fell == (Unsent(component="cpu", user="bob", told=Decimal(1), now=Decimal(0)),)


def test_a_first_month_in_which_nothing_ran_costs_no_request():
    assert news(Figures(totals=totals(cpu="0.00", ram="0.00"), users={}), {}) == (None, ())


AMOUNTS = st.decimals(0, 100, places=2)
KEYS = st.tuples(st.sampled_from(["cpu", "ram"]), st.sampled_from(["a", "b"]))


@given(
    st.fixed_dictionaries({"cpu": AMOUNTS, "ram": AMOUNTS}),
    st.dictionaries(KEYS, AMOUNTS.filter(bool)),
    st.dictionaries(st.tuples(st.sampled_from(["cpu", "ram"]), st.sampled_from(["", "a", "b"])), AMOUNTS),
)
def test_nothing_told_is_ever_lowered_and_telling_it_once_is_enough(total, users, before):
    change, fell = news(Figures(totals=total, users=users), before)
    sent = {**{(name, ""): value for name, value in (change.totals if change else {}).items()}}
    sent |= change.users if change else {}
    assert all(value >= before.get(key, 0) for key, value in sent.items())
    assert not change or not change.totals or set(change.totals) == {"cpu", "ram"}
    assert all(one.now < one.told for one in fell)
    assert news(Figures(totals=total, users=users), {**before, **sent})[0] is None
