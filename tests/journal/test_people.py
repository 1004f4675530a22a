"""What the journal remembers of people: found by name, by account and by UUID, and by nothing else."""

from agent.core.actions import (
    AddAssociation,
    CreateAccount,
    RemoveAccount,
    RemoveAssociation,
    SetAssociation,
    SetUsername,
)
from agent.core.actions.base import Action
from agent.core.explain import Past, Stay
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Event
from agent.journal.people import history, told_events
from agent.journal.store import SqliteJournal

ADA, EMMY = (AddAssociation(offering="o", account="weather", user=user) for user in ("ada", "emmy"))
ADAM = AddAssociation(offering="o", account="weather", user="adam")
NAMED = SetUsername(offering="o", user=OfferingUser(uuid="f" * 32, user_uuid="e" * 32), name="ada")
LONG = Association(account="weather", user="ada", partition="long")
SET = SetAssociation(offering="o", before=LONG, after=LONG)
GONE = RemoveAccount(offering="o", account="weather", resource="r", users=("ada",), why="ordered")
LEFT = RemoveAssociation(offering="o", account="weather", user="ada", why="the role has expired")


def ran(journal: SqliteJournal, at: float, *results: tuple[Action, str, str]) -> None:
    run = journal.begin("converge", at)
    journal.intend(run, [action for action, _, _ in results], at)
    journal.conclude_all(run, [(action.key, result, detail) for action, result, detail in results if result], at + 1)


def keys(journal: SqliteJournal, users: set[str], accounts: set[str], uuids: set[str]) -> list[str]:
    return [past.key for past in history(journal, users, accounts, uuids, 99).outcomes]


def test_a_user_is_found_in_every_account_and_partition_and_by_uuid(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (ADA, "done", ""), (EMMY, "done", ""), (ADAM, "done", ""), (SET, "failed", "refused"))
    ran(journal, 20.0, (NAMED, "done", ""))
    assert keys(journal, {"ada"}, set(), set()) == [SET.key, ADA.key]
    assert keys(journal, {"ada"}, set(), {"f" * 32}) == [NAMED.key, SET.key, ADA.key]
    assert keys(journal, set(), {"weather"}, set()) == [SET.key, ADAM.key, EMMY.key, ADA.key]
    assert keys(journal, set(), {"weathe"}, set()) == []
    assert keys(journal, set(), set(), set()) == []


def test_an_outcome_tells_all_of_it_and_the_newest_come_first(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (ADA, "failed", "no such user"))
    ran(journal, 20.0, (ADA, "", ""))
    assert history(journal, {"ada"}, set(), set(), 99).outcomes == (
        Past(at=20.0, key=ADA.key, what=ADA.describe(), result=""),
        Past(at=11.0, key=ADA.key, what=ADA.describe(), result="failed", detail="no such user"),
    )
    assert len(history(journal, {"ada"}, set(), set(), 1).outcomes) == 1


def test_stays_say_since_when_and_until_when(journal: SqliteJournal) -> None:
    journal.remember_associations([("weather", "ada"), ("ocean", "ada"), ("ocean", "emmy")], 10.0)
    journal.forget_associations([("weather", "ada")], 20.0)
    assert sorted(history(journal, {"ada"}, set(), set(), 9).stays, key=lambda stay: stay.account) == [
        Stay(account="ocean", user="ada", made=10.0),
        Stay(account="weather", user="ada", made=10.0, removed=20.0),
    ]
    assert {stay.user for stay in history(journal, set(), {"ocean"}, set(), 9).stays} == {"ada", "emmy"}


def test_the_end_of_an_account_is_told_to_who_was_in_it(journal: SqliteJournal) -> None:
    journal.remember_associations([("weather", "ada")], 10.0)
    made = CreateAccount(offering="o", account=Account(name="weather", parent="root"), resource="r")
    ran(journal, 20.0, (made, "done", ""), (GONE, "done", ""), (LEFT, "done", ""))
    assert keys(journal, {"ada"}, set(), set()) == [LEFT.key, GONE.key]
    assert keys(journal, {"emmy"}, set(), set()) == []


def test_events_are_told_with_when_the_command_took_them(journal: SqliteJournal) -> None:
    event = Event(kind="user ready", about="ada", offering="o", facts={"uid": 7})
    other = Event(kind="user ready", about="emmy", offering="o")
    journal.note_events([event, other], 10.0)
    journal.told_event(event.key, "it failed", 20.0)
    ((first, noted, taken),) = told_events(journal, {"ada"})
    assert (first.facts, first.tries, first.trouble, noted, taken) == ({"uid": 7}, 1, "it failed", 10.0, None)
    journal.told_event(event.key, "", 30.0)
    ((_, _, taken),) = told_events(journal, {"ada"})
    assert taken == 30.0
