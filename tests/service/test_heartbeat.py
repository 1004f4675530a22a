from agent.service.heartbeat import Heartbeat
from agent.service.lanes import Lane


class HandClock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def beats(clock: HandClock) -> Heartbeat:
    lanes = [Lane("converge", 120, lambda: None, 600), Lane("usage", 1800, lambda: None, 3600)]
    return Heartbeat(lanes, clock)


def test_a_run_within_its_deadline_is_not_stuck_and_one_beyond_it_is() -> None:
    clock = HandClock()
    heartbeat = beats(clock)
    heartbeat.enter("converge", "running")
    clock.now += 600
    assert heartbeat.stuck() == ()
    clock.now += 1
    assert heartbeat.stuck() == ("converge",)


def test_a_stuck_lane_that_ends_after_all_is_alive_again() -> None:
    clock = HandClock()
    heartbeat = beats(clock)
    heartbeat.enter("converge", "running")
    clock.now += 601
    heartbeat.enter("converge", "failed")
    assert heartbeat.stuck() == ()


def test_a_lane_that_is_not_started_when_due_is_stuck_too() -> None:
    clock = HandClock()
    heartbeat = beats(clock)
    heartbeat.enter("converge", "done")
    clock.now += 720
    assert heartbeat.stuck() == ()
    clock.now += 1
    assert heartbeat.stuck() == ("converge",)


def test_the_status_line_changes_with_the_lanes_states_only() -> None:
    clock = HandClock()
    heartbeat = beats(clock)
    heartbeat.enter("usage", "running")
    before = heartbeat.status()
    clock.now += 60
    assert heartbeat.status() == before == "converge: waiting; usage: running"
    assert heartbeat.running() == ("usage",)
