"""One journal, many threads, and a second process's connection beside it."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from agent.core.actions import AddAssociation
from agent.journal.store import SqliteJournal


def test_threads_that_write_at_once_lose_nothing(journal):
    run = journal.begin("converge", 0.0)
    actions = [AddAssociation(offering="o", account="a", user=f"u{number}") for number in range(40)]
    journal.intend(run, actions, 0.0)

    def write(number: int) -> None:
        journal.conclude_all(run, [(actions[number].key, "done", "")], float(number))
        journal.remember_associations([("a", f"u{number}")], 1.0)
        journal.tell_usage("2026-11", "r", {("cpu", f"u{number}"): Decimal(number)}, 1.0)
        journal.known(1.0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert len(journal.known(2.0).associations) == 40
    assert journal.told_usage("2026-11")["r"] == {("cpu", f"u{number}"): Decimal(number) for number in range(40)}
    with journal.transaction() as db:
        assert db.execute("select count(*) from intent where result='done'").fetchone() == (40,)


def test_runs_begun_at_once_have_numbers_of_their_own(journal):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda at: journal.begin("usage", float(at)), range(30)))
    assert sorted(numbers) == list(range(1, 31))


def test_two_connections_to_one_file_see_each_other_s_commits(journal, path):
    other = SqliteJournal(path)
    with ThreadPoolExecutor(2) as pool:
        writers = [
            pool.submit(lambda one=one, name=name: [one.block([f"{name}{n}"], 1.0) for n in range(20)])
            for one, name in ((journal, "a"), (other, "b"))
        ]
        for writer in writers:
            writer.result()
    assert journal.known(2.0) == other.known(2.0)
    assert len(other.known(2.0).blocked) == 40
    other.close()
