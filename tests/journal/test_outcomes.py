"""What became of an order, an account and its users."""

from agent.core.actions import AddAssociation, FinishOrder, RemoveAssociation
from agent.core.model.marketplace import Order, OrderState, OrderType
from agent.journal.outcomes import Past, last_details, last_outcomes
from agent.journal.store import SqliteJournal

ADA, EMMY = (AddAssociation(offering="o", account="weather_1", user=user) for user in ("ada", "emmy"))
OTHER = AddAssociation(offering="o", account="weatherx1", user="ada")
ORDER = Order(uuid="f" * 32, type=OrderType.CREATE, state=OrderState.EXECUTING, resource_uuid="e" * 32)
FINISH = FinishOrder(offering="o", order=ORDER, account="weather_1")


def ran(journal: SqliteJournal, at: float, *results: tuple[AddAssociation | FinishOrder, str, str]) -> None:
    run = journal.begin("converge", at)
    journal.intend(run, [action for action, _, _ in results], at)
    journal.conclude_all(run, [(action.key, result, detail) for action, result, detail in results if result], at + 1)


def test_the_latest_comes_first_and_only_of_what_was_asked_for(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (ADA, "failed", "no such user"), (OTHER, "done", ""))
    ran(journal, 20.0, (ADA, "done", ""))
    assert last_outcomes(journal, ["weather_1"], 9) == [
        Past(at=21.0, what="add user ada to account weather_1", result="done", detail=""),
        Past(at=11.0, what="add user ada to account weather_1", result="failed", detail="no such user"),
    ]
    assert last_outcomes(journal, ["weather_1"], 1)[0].at == 21.0
    assert last_outcomes(journal, [], 9) == []


def test_an_order_is_found_by_its_uuid_and_a_name_that_only_ends_alike_is_not(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (FINISH, "waiting", "jobs run"), (EMMY, "done", ""))
    assert [past.detail for past in last_outcomes(journal, [ORDER.uuid], 9)] == ["jobs run"]
    assert last_outcomes(journal, ["1", "emmy"], 9) == []


def test_a_run_that_was_cut_off_leaves_an_intent_without_a_result(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (ADA, "", ""))
    assert [(past.at, past.result) for past in last_outcomes(journal, ["weather_1"], 9)] == [(10.0, "")]


def test_the_detail_is_that_of_the_last_run_and_empty_once_it_was_done(journal: SqliteJournal) -> None:
    ran(journal, 10.0, (FINISH, "failed", "not there"), (ADA, "failed", "no"))
    ran(journal, 20.0, (FINISH, "waiting", "jobs run"))
    ran(journal, 30.0, (ADA, "done", "in passing"))
    gone = RemoveAssociation(offering="o", account="a", user="u", why="left")
    assert last_details(journal, [FINISH.key, ADA.key, gone.key]) == {FINISH.key: "jobs run", ADA.key: ""}
