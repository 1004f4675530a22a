import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.marketplace import OrderState
from agent.marketplace import values
from agent.marketplace.values import Malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
READERS = [
    values.uuid_hex, values.uuid_or_empty, values.text, values.required_text, values.text_or_none, values.flag,
    values.whole, values.whole_or_none, values.factor, values.limits, values.rows, values.seconds,
    values.seconds_or_none, values.seconds_or_zero, values.role, values.one_of(OrderState, OrderState.OTHER),
    values.first_uuid, values.least, values.earliest, values.option("policy"), lambda value: values.forced("Terminate", value),
]  # fmt: skip


@given(st.uuids(), st.booleans(), st.booleans())
def test_every_way_to_write_a_uuid_is_one_uuid(value, dashes, upper):
    text = str(value) if dashes else value.hex
    assert values.uuid_hex(text.upper() if upper else text) == value.hex


@given(st.text(max_size=40) | st.none() | st.integers())
def test_what_is_no_uuid_is_refused(value):
    try:
        found = values.uuid_hex(value)
    except Malformed:
        return
    assert found == uuid.UUID(value).hex


@pytest.mark.parametrize(
    "value",
    [
        "{c47dd173c47dd173c47dd173c47dd173}",
        "urn:uuid:c47dd173c47dd173c47dd173c47dd173",
        "c47dd173c47dd173c47dd173c47dd17",
        "c47dd173c47dd173c47dd173c47dd173\n",
        "",
    ],
)
def test_almost_a_uuid_is_none(value):
    with pytest.raises(Malformed, match="is not a UUID"):
        values.uuid_hex(value)


@given(st.sampled_from(READERS), JSON)
def test_a_reader_reads_or_refuses_and_nothing_else(read, value):
    try:
        read(value)
    except Malformed as error:
        said = str(error)
    else:
        said = ""
    assert len(said) < 100


@pytest.mark.parametrize("value", [10, 10.0, "10", "10.00", "1e1"])
def test_a_whole_number_may_be_written_as_a_decimal(value):
    assert values.whole(value) == 10


@pytest.mark.parametrize(
    "value", [True, -1, "-5", 10.5, "10.01", "NaN", "inf", "1e400", "1e9999999", 10**24, None, "", [], "ten"]
)
def test_anything_else_is_no_whole_number(value):
    with pytest.raises(Malformed, match="not a whole number"):
        values.whole(value)


@pytest.mark.parametrize(
    ("given", "least"),
    [
        ((None, None), None),
        ((0, 0), None),
        ((5, None), 5),
        ((0, 7), 7),
        ((9, "7.9"), 7),
        ((-1, 7), 0),
        ((None, 0.5), 0),
    ],
)
def test_the_lowest_maximum_counts_and_a_maximum_of_zero_is_none(given, least):
    assert values.least(*given) == least


@pytest.mark.parametrize("value", [True, "NaN", "1e9999999", "many", []])
def test_a_maximum_that_is_no_number_is_refused(value):
    with pytest.raises(Malformed, match="is not a number"):
        values.least(10, value)


def test_limits_keep_zero_and_leave_null_out():
    assert values.limits({"cpu": 0, "gpu": None, "mem": "5.00"}) == {"cpu": 0, "mem": 5}


def test_a_negative_limit_is_refused_since_slurm_would_lift_the_limit():
    with pytest.raises(Malformed):
        values.limits({"cpu": -1})


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-23T02:36:39.250000Z",
        "2026-11-23T02:36:39.25+00:00",
        "2026-11-23T04:36:39.25+02:00",
        "2026-11-23T02:36:39.25",
    ],
)
def test_times_are_utc_seconds(value):
    assert values.seconds(value) == 1795401399.25


def test_a_date_is_its_midnight():
    assert values.seconds("2026-11-23") == 1795392000


def test_roles_of_2024_have_their_later_names():
    assert [values.role(name) for name in ("manager", "member", "admin", "PROJECT.MANAGER", "Observer")] == [
        "PROJECT.MANAGER", "PROJECT.MEMBER", "PROJECT.ADMIN", "PROJECT.MANAGER", "Observer",
    ]  # fmt: skip


def test_an_unknown_state_is_other_and_no_state_is_refused():
    read = values.one_of(OrderState, OrderState.OTHER)
    assert read("pending-provider") is OrderState.PENDING_PROVIDER
    assert read("pending-moonrise") is OrderState.OTHER
    with pytest.raises(Malformed, match="missing"):
        read(None)


def test_a_unit_factor_of_zero_is_none():
    assert [values.factor(value) for value in (None, 0, 60, "60")] == [None, None, 60, 60]


@pytest.mark.parametrize("half", ["\ud800", "bob\udfff", "\ude00\ud83d"])
def test_half_a_surrogate_pair_is_no_text(half):
    with pytest.raises(Malformed, match="is not text"):
        values.text(half)
    assert values.text("\U0001f600") == "\U0001f600"


def test_a_value_that_is_nested_too_deeply_to_be_shown_is_still_refused():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Malformed, match="what is nested so deeply is not text"):
        values.text(deep)
