import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Rejected, Unavailable
from agent.marketplace.failure import Conflict, NoRoute, Refused, Transient, failure, reason

JSON = "application/json"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"detail": "Invalid token."}, "Invalid token."),
        ({"details": "The component cannot be removed"}, "The component cannot be removed"),
        ({"error": "Partition not found"}, "Partition not found"),
        ({"resource": ["Resource is not in valid state."]}, "resource: Resource is not in valid state."),
        ({"non_field_errors": ["These components are invalid: bogus."]}, "These components are invalid: bogus."),
        (["Pending order for resource already exists."], "Pending order for resource already exists."),
        ("Service provider can not set end date.", "Service provider can not set end date."),
        ({"usages": [{"amount": ["At most 2 decimals."]}]}, "usages.amount: At most 2 decimals."),
        ({"a": ["x", "y"], "b": "z"}, "a: x; a: y; b: z"),
    ],
)
def test_every_json_shape_of_an_error_becomes_a_line(body, said):
    assert reason(JSON, json.dumps(body).encode()) == said


def test_a_web_page_becomes_its_text():
    page = (
        b"<html><head><style>h1 { color: red }</style></head><body><h1>Server Error (500)</h1>&amp; more</body></html>"
    )
    assert reason(HTML, page) == "Server Error (500) & more"


def test_a_long_reason_is_cut_to_300_characters():
    assert len(reason(JSON, json.dumps({"detail": "x" * 5000}).encode())) == 300


def test_a_deeply_nested_body_is_still_a_line():
    assert len(reason(JSON, b"[" * 20_000)) == 300


@given(st.binary(max_size=400), st.sampled_from([JSON, HTML, "", "text/plain"]))
def test_whatever_arrives_the_reason_is_one_printable_line(body, kind):
    line = reason(kind, body)
    assert line.isprintable()
    assert len(line) <= 300


@pytest.mark.parametrize(
    ("status", "kind", "reading", "error"),
    [
        (200, JSON, True, None),
        (201, "", False, None),
        (204, "", False, None),
        (400, HTML, False, Refused),
        (404, "text/plain", False, NoRoute),
        (413, HTML, False, Refused),
        (200, HTML, False, Transient),
        (301, HTML, True, Refused),
        (302, HTML, False, Refused),
        (400, JSON, True, Refused),
        (400, JSON, False, Rejected),
        (401, JSON, True, Refused),
        (401, JSON, False, Refused),
        (403, JSON, True, Refused),
        (403, JSON, False, Refused),
        (404, JSON, True, Refused),
        (404, JSON, False, Rejected),
        (404, HTML, True, NoRoute),
        (404, HTML, False, NoRoute),
        (405, JSON, False, Rejected),
        (406, JSON, True, Refused),
        (409, JSON, False, Conflict),
        (409, JSON, True, Refused),
        (415, JSON, False, Rejected),
        (429, JSON, False, Transient),
        (500, HTML, False, Transient),
        (502, HTML, True, Transient),
        (599, "", True, Transient),
    ],
)
def test_a_status_means_one_kind_of_error(status, kind, reading, error):
    found = failure("GET x", status, kind, b"", reading=reading)
    assert type(found) is (error or type(None))


@given(st.integers(300, 599), st.sampled_from([JSON, HTML]))
def test_a_refused_read_never_rejects_anything(status, kind):
    assert isinstance(failure("GET x", status, kind, b"", reading=True), Unavailable)


@given(st.integers(300, 599))
def test_what_a_proxy_can_say_by_itself_never_rejects_an_order(status):
    assert isinstance(failure("POST x", status, HTML, b"", reading=False), Unavailable)


def test_errors_say_what_to_do():
    assert "owner of the provider organization" in str(failure("POST x", 403, JSON, b"{}", reading=False))
    assert "marketplace.url" in str(failure("GET x", 404, HTML, b"", reading=True))
    assert "the token does not see it" in str(failure("GET x", 404, JSON, b'{"detail":"No Order"}', reading=True))
    assert "503 Service Unavailable" in str(failure("GET x", 503, HTML, b"", reading=True))
