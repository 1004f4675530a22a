import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.marketplace.address import api_root, is_loopback

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
HOST = st.builds(
    lambda labels, top: ".".join([*labels, top]),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["fi", "ai", "ca", "ee", "api", "pi"]),
)
PREFIX = st.lists(LABEL.filter(lambda label: label != "api"), max_size=2)


@given(HOST, PREFIX, st.sampled_from(["", "/", "/api", "/api/", "//api//"]))
def test_every_way_to_write_an_address_gives_one_root(host, prefix, tail):
    path = "".join(f"/{part}" for part in prefix)
    assert api_root(f"https://{host}{path}{tail}") == f"https://{host}{path}/api/"


@given(HOST, st.integers(1, 65535))
def test_a_root_is_its_own_root(host, port):
    root = api_root(f"https://{host}:{port}")
    assert root == f"https://{host}:{port}/api/"
    assert api_root(root) == root


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost/api/", "http://[::1]:80/", "http://127.9.9.9/"]
)
def test_plain_http_is_allowed_to_this_very_host(url):
    assert api_root(url).endswith("/api/")
    assert is_loopback(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://waldur.example.org/", "in clear"),
        ("http://localhost.example.org/", "in clear"),
        ("http://127.0.0.1.example.org/", "in clear"),
        ("waldur.example.org", "not a web address"),
        ("ftp://waldur.example.org", "not a web address"),
        ("https:///api/", "not a web address"),
        ("https://waldur.example.org/api/?a=b", "'?' or '#'"),
        ("https://waldur.example.org:port/", "not an address"),
        ("https://[::1/", "not an address"),
        ("", "not a web address"),
    ],
)
def test_an_unusable_address_is_refused_with_what_to_write(url, said):
    with pytest.raises(ConfigError, match="https://") as caught:
        api_root(url)
    assert said in str(caught.value)


def test_a_password_in_the_address_is_refused_and_not_shown():
    with pytest.raises(ConfigError) as caught:
        api_root("https://agent:hunter2@waldur.example.org/")
    assert "hunter2" not in str(caught.value)
