"""The commands in this process: the same answers as the launchers give, and the same rule for writers."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import Unavailable
from agent.process import Processes
from agent.sandbox.cluster.inprocess import InProcess
from agent.sandbox.cluster.site import EmbeddedCluster
from agent.writer_lock import WriterLock
from tests.conformance.play import Stage
from tests.conformance.test_conformance import SCRIPTS


def environment(site):
    return {"SLURM_CONF": str(site.conf), "TZ": "UTC"}


@pytest.fixture
def lock(tmp_path):
    lock = WriterLock(tmp_path / "lock")
    with lock.acquire(1):
        yield lock


class WithoutProcesses:
    """An embedded cluster whose commands run in this process."""

    def __init__(self, site):
        self._site = site

    def __getattr__(self, name):
        return getattr(self._site, name)

    def run(self, program, *words, stdin=None):
        return InProcess(environment(self._site)).read([str(self._site.bin / program), *words], stdin or "")


@pytest.mark.parametrize("script", SCRIPTS[::6], ids=lambda script: script.about.replace(" ", "-"))
def test_both_ways_answer_the_same(script, tmp_path):
    as_processes, in_process = EmbeddedCluster(tmp_path / "a"), EmbeddedCluster(tmp_path / "b")
    answers = [
        Stage(site, tmp_path).play(script.steps).replace(str(site.folder), "")
        for site in (as_processes, WithoutProcesses(in_process))
    ]
    assert answers[0] == answers[1]


def test_a_zone_of_this_process_changes_no_time(site, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        question = ["sacct", "-a", "-n", "-P", "-S", "2026-10-01", "-E", "2026-10-02", "--format=Start,End,ElapsedRaw"]
        site.record_job("one", "alice", start=1790812800.0, end=1790816400.0, tres={"cpu": 1})
        answer = InProcess(environment(site)).read([str(site.bin / "sacct"), *question[1:]])
        assert answer.stdout == site.run(*question).stdout == "2026-10-01T00:00:00|2026-10-01T01:00:00|3600\n"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_another_zone_is_refused(site):
    with pytest.raises(ValueError, match="run in UTC, not in Europe/Oslo"):
        InProcess({**environment(site), "TZ": "Europe/Oslo"}).read([str(site.bin / "squeue")])


def test_every_command_is_counted_with_its_changes(site, lock):
    started = []
    processes = InProcess(environment(site), lambda *start: started.append(start)).including({"COLUMNS": "80"})
    processes.read([str(site.bin / "squeue")])
    processes.write([str(site.bin / "sacctmgr"), "-i", "add", "account", "new"], lock=lock, changes=3, deadline=5)
    assert started == [("squeue", 0), ("sacctmgr", 3)]


def test_a_session_is_read_from_standard_input(site, lock):
    written = InProcess(environment(site)).write(
        [str(site.bin / "sacctmgr"), "-inPQ"], "add account new\nshow account new\n", lock=lock, changes=1, deadline=5
    )
    assert written.returncode == 0
    assert written.stdout.endswith("sacctmgr: show account new\nnew|new|new\nsacctmgr: \n")


def test_nothing_is_written_without_the_lock(site, tmp_path):
    with pytest.raises(RuntimeError, match="not held"):
        InProcess(environment(site)).write(
            [str(site.bin / "sacctmgr"), "-i", "add", "account", "new"],
            lock=WriterLock(tmp_path / "other"), changes=1, deadline=5,
        )  # fmt: skip
    assert site.sacctmgr("-nP", "show", "account", "new").stdout == ""


def test_a_writer_past_its_deadline_keeps_the_lock_and_finishes(site, tmp_path):
    site.hang("sacctmgr", 1.0, times=1)
    path, processes = tmp_path / "lock", InProcess(environment(site))
    add = [str(site.bin / "sacctmgr"), "-i", "add", "account"]
    lock = WriterLock(path)
    with lock.acquire(1):
        with pytest.raises(Unavailable, match=r"still runs after 0\.1 s; it is left to finish"):
            processes.write([*add, "late"], lock=lock, changes=1, deadline=0.1)
        with pytest.raises(Unavailable, match="still writes since its deadline passed"):
            processes.write([*add, "second"], lock=lock, changes=1, deadline=5)
    with pytest.raises(Unavailable, match="another writer holds"), WriterLock(path).acquire(0.1):
        pass
    with WriterLock(path).acquire(5):
        assert site.sacctmgr("-nP", "show", "account", "late,second", "format=account").stdout == "late\n"


def test_a_reader_past_its_time_is_left_and_the_next_one_answers(site):
    site.hang("sacctmgr", 2.0, times=1)
    processes = InProcess(environment(site))
    question = [str(site.bin / "sacctmgr"), "-nP", "show", "cluster", "format=cluster"]
    with pytest.raises(Unavailable, match=r"did not answer within 0\.1 s"):
        processes.read(question, timeout=0.1)
    assert processes.read(question).stdout == "lab\n"


def test_a_command_that_was_taken_away_cannot_be_started(site):
    site.gone("squeue")
    with pytest.raises(Unavailable, match="squeue cannot be started: No such file or directory"):
        InProcess(environment(site)).read([str(site.bin / "squeue")])


def test_a_refusal_is_an_answer(site):
    site.refuse("sacctmgr", "sacctmgr: error: no connection")
    answer = InProcess(environment(site)).read([str(site.bin / "sacctmgr"), "-nP", "show", "tres"])
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", "sacctmgr: error: no connection\n")


def test_programs_that_are_none_of_the_clusters_are_started_as_ever(site):
    finished = InProcess({"A": "1"}).read(["/usr/bin/env"])
    assert finished == Processes({"A": "1"}).read(["/usr/bin/env"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.sampled_from(["show", "account", "one", "where", "name=", "format=Account", "'", "-n", "x=,"]), max_size=5
    )
)
def test_whatever_is_asked_is_answered_the_same(site, words):
    argv = [str(site.bin / "sacctmgr"), "-nP", *words]
    assert InProcess(environment(site)).read(argv) == Processes(environment(site)).read(argv)
