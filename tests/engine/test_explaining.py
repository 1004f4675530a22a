"""What an answer is made of: both sides, the journal, and who resolves; nothing is changed by asking."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.explain import History, Link, Mark, Step
from agent.core.model.people import Identity
from agent.engine.explaining import Answer, answers, look
from agent.engine.world import World
from agent.errors import Unavailable
from agent.journal.people import history
from tests.fixtures.memory_site import MemorySite, memory_site


@dataclass
class Names:
    """Implements ``agent.ports.Identities`` by a table."""

    uids: Mapping[str, int] = field(default_factory=dict)
    outage: str = ""
    asked: list[frozenset[str]] = field(default_factory=list)

    def resolve(self, names: Collection[str]) -> Mapping[str, Identity]:
        self.asked.append(frozenset(names))
        if self.outage:
            raise Unavailable(self.outage)
        return {name: Identity(name=name, uid=self.uids[name]) for name in names if name in self.uids}


@pytest.fixture
def lab(tmp_path: Path) -> Any:
    with memory_site(tmp_path) as made:
        made.in_use()
        yield made


def why(lab: MemorySite, name: str, nss: Names | None = None) -> tuple[Answer, ...]:
    def change(world: World) -> World:
        return replace(world, identities={"nss": nss} if nss else {})

    with lab.world_of(change) as (agent, world):
        return answers(
            world, look(world), name, lambda users, accounts, uuids: history(agent.journal, users, accounts, uuids, 99)
        )


def one(found: tuple[Answer, ...], step: Step) -> Link:
    (link,) = [link for answer in found for link in answer.links if link.step is step]
    return link


def test_asking_changes_nothing_anywhere(lab: MemorySite) -> None:
    before = dict(lab.memory.associations)
    lab.leave(str(lab.world.resources(lab.offering)[0]["project"]), "ada")
    lab.server.reset_counts()
    why(lab, "ada")
    assert lab.memory.associations == before
    assert lab.posts() == []
    with lab.world_of() as (agent, _):
        assert agent.journal.known(0.0).first_missing == {}


def test_an_answer_holds_what_the_journal_remembers(lab: MemorySite) -> None:
    (found,) = why(lab, "ada")
    assert [past.result for past in found.history.outcomes] == ["done"]
    assert [stay.account for stay in found.history.stays] == ["climate-1-weather-1"]
    assert one((found,), Step.LAST).mark is Mark.OK


def test_only_the_names_asked_about_are_resolved_and_all_of_theirs(lab: MemorySite) -> None:
    nss = Names(uids={"ada": 10_001})
    lab.world.rename_user(lab.offering, lab.people["ada"], "ada2")
    found = why(lab, "ada", nss)
    assert nss.asked == [frozenset({"ada", "ada2"})]
    assert one(found, Step.NSS).text == "resolves to uid 10001"


def test_a_name_that_is_not_safe_is_never_asked(lab: MemorySite) -> None:
    nss = Names()
    lab.world.rename_user(lab.offering, lab.people["ada"], "Ada; rm")
    why(lab, lab.people["ada"], nss)
    assert nss.asked == [frozenset({"ada"})]


def test_an_outage_of_the_name_service_is_not_a_no(lab: MemorySite) -> None:
    assert one(why(lab, "ada", Names(outage="getent hangs")), Step.NSS).text == "not known: getent hangs"


def test_nobody_is_asked_about_an_account(lab: MemorySite) -> None:
    nss = Names()
    (found,) = why(lab, "climate-1-weather-1", nss)
    assert nss.asked == []
    assert found.history != History()


def test_what_nothing_is_known_of_has_no_answer(lab: MemorySite) -> None:
    assert why(lab, "nobody") == ()
