from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from agent.settings import kinds

DURATION: TypeAdapter[int] = TypeAdapter(kinds.Duration)
ADDRESS: TypeAdapter[str] = TypeAdapter(kinds.Address)
TRES: TypeAdapter[str] = TypeAdapter(kinds.Tres)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(0, 0), (90, 90), ("90", 90), ("90s", 90), ("30m", 1800), ("1h", 3600), ("2d", 172_800), ("0d", 0)],
)
def test_a_duration_is_seconds_or_a_number_with_its_unit(written: object, seconds: int) -> None:
    assert DURATION.validate_python(written) == seconds


@pytest.mark.parametrize("written", [True, -1, 1.5, "", "m", "1.5h", "-1s", "1 h", "1H", "1h30m", "٣s", None, [1]])
def test_anything_else_is_no_duration(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a duration"):
        DURATION.validate_python(written)


@given(st.integers(min_value=0, max_value=10**8))
def test_a_duration_that_is_shown_means_the_same_again(seconds: int) -> None:
    assert DURATION.validate_python(DURATION.dump_python(seconds, mode="json")) == seconds


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:9317", ("127.0.0.1", 9317)),
        ("head.example.org:80", ("head.example.org", 80)),
        ("[::1]:9317", ("::1", 9317)),
        ("0.0.0.0:65535", ("0.0.0.0", 65_535)),
    ],
)
def test_an_address_splits_into_host_and_port(written: str, address: tuple[str, int]) -> None:
    assert ADDRESS.validate_python(written) == written
    assert kinds.split_address(written) == address


@pytest.mark.parametrize(
    "written", ["", ":80", "host", "host:", "host:0", "host:65536", "::1:80", "a b:80", "h:8o", "[x]:8"]
)
def test_anything_else_is_no_address(written: str) -> None:
    with pytest.raises(ValidationError, match="is not host:port"):
        ADDRESS.validate_python(written)


@given(st.text())
def test_a_text_is_split_or_refused_and_never_half_read(written: str) -> None:
    try:
        host, port = kinds.split_address(written)
    except ValueError:
        return
    assert written in {f"{host}:{port}", f"[{host}]:{port}"} or written.rpartition(":")[2].startswith("0")
    assert 0 < port < 65_536


@pytest.mark.parametrize("name", ["cpu", "mem", "node", "billing", "gres/gpu", "gres/gpu:a100", "license/matlab"])
def test_the_tres_that_slurm_can_limit_are_known(name: str) -> None:
    assert TRES.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "CPU", "cpus", "gres", "gres/", "gres/gpu,mem", "gres/gpu=4", "cpu\n"])
def test_anything_else_is_no_tres(name: str) -> None:
    with pytest.raises(ValidationError, match="is not a TRES of Slurm"):
        TRES.validate_python(name)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(kinds.Count, True), (kinds.Share, False), (kinds.Factor, True), (kinds.IdentityRange, [True, 5])],
)
def test_true_and_false_are_no_numbers(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError, match="is not a number"):
        TypeAdapter(kind).validate_python(value)
