"""The ``--offering`` option."""

import pytest
import typer

from agent.cli.offerings import chosen
from agent.core.policy import OfferingPolicy

FIRST, SECOND = (
    OfferingPolicy(uuid=letter * 32, name=letter, parent_account="root", components={}) for letter in ("a", "b")
)
DASHED = "-".join(("B" * 8, "b" * 4, "b" * 4, "b" * 4, "b" * 12))


def test_without_the_option_it_is_every_offering() -> None:
    assert chosen([FIRST, SECOND], []) == (FIRST, SECOND)


def test_a_uuid_may_have_dashes_and_capitals_and_the_order_is_that_of_the_settings() -> None:
    assert chosen([FIRST, SECOND], [DASHED]) == (SECOND,)
    assert chosen([FIRST, SECOND], [DASHED, FIRST.uuid, FIRST.uuid]) == (FIRST, SECOND)


def test_an_unknown_offering_is_wrong_usage_that_lists_the_known_ones() -> None:
    with pytest.raises(typer.BadParameter, match=f"nobody is no offering of the settings; there are {FIRST.uuid}"):
        chosen([FIRST], [FIRST.uuid, "nobody"])
