"""A person leaves: blocked, pending jobs cancelled, grace, removed, the deletion finished, the record disabled."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Job
from agent.core.model.directory import DirectoryUser
from agent.engine.world import World
from tests.fixtures.fuse import Fuse, Fused, Killed
from tests.fixtures.memory_cluster import nothing
from tests.fixtures.memory_people import Published
from tests.fixtures.memory_site import MemorySite, all_of, only_reading, results
from tests.fixtures.outages import slurm_goes_away, slurm_is_back

WEATHER = "climate-1-weather-1"
ADA = f"remove association {WEATHER}/ada"
GRACE = 600.0


def job(number: int, *, running: bool, user: str = "ada") -> Job:
    return Job(id=str(number), account=WEATHER, user=user, running=running)


def state(lab: MemorySite, person: str = "ada") -> str:
    return str(lab.world.offering_user(lab.offering, lab.people[person])["state"])


def blocked(lab: MemorySite, user: str = "ada") -> bool:
    return lab.memory.associations[WEATHER, user].max_submit_jobs == 0


def test_a_person_with_jobs_leaves_step_by_step(served: MemorySite, glauth: Published, project: str) -> None:
    lab = served
    lab.memory.queue = [job(1, running=True), job(2, running=False), job(3, running=False, user="emmy")]
    lab.leave(project, "ada")
    lab.world.request_deletion(lab.offering, lab.people["ada"])

    assert results(lab.cycle(glauth.serves)) == {ADA: "waiting"}
    assert [one.id for one in lab.memory.queue] == ["1", "3"], "what waited is cancelled, of this person alone"
    assert (blocked(lab), blocked(lab, "emmy"), state(lab)) == (True, False, "Requested deletion")

    lab.clock.at += GRACE - 1
    assert results(lab.cycle(glauth.serves)) == {ADA: "waiting"}
    assert [one.id for one in lab.memory.queue] == ["1", "3"]
    assert glauth.enabled() == {"ada", "emmy"}, "who still has a job may look after it"

    lab.clock.at += 1
    assert results(lab.cycle(glauth.serves)) == {ADA: "done"}
    assert [one.id for one in lab.memory.queue] == ["3"]
    assert (lab.memory.users(WEATHER), state(lab)) == ({"emmy"}, "Requested deletion")
    assert glauth.enabled() == {"ada", "emmy"}

    uid = ada_record(glauth).uidnumber
    cycle = lab.cycle(glauth.serves)
    assert set(results(cycle).values()) == {"done"}
    assert (state(lab), glauth.enabled()) == ("Deleted", {"emmy"})
    assert (ada_record(glauth).uidnumber, ada_record(glauth).sshkeys) == (uid, ()), "files keep their owner"
    assert lab.run(all_of(glauth.serves, only_reading))[0].plan.empty


def ada_record(glauth: Published) -> DirectoryUser:
    record = glauth.user("ada")
    assert record is not None
    return record


def test_a_requested_deletion_ends_access_at_once_whatever_the_roles(served: MemorySite, glauth: Published) -> None:
    lab = served
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    cycle = lab.cycle(glauth.serves)
    assert results(cycle) == {ADA: "done"}
    assert [outcome.action.describe() for outcome in cycle.outcomes] == [
        f"remove user ada from account {WEATHER}: the user is in state Requested deletion"
    ]
    lab.cycle(glauth.serves)
    assert state(lab) == "Deleted"


def test_an_erred_deletion_is_taken_up_again(served: MemorySite, glauth: Published) -> None:
    lab = served
    lab.world.put_user(lab.offering, lab.people["ada"], "Error deleting")
    lab.cycle(glauth.serves)
    lab.cycle(glauth.serves)
    assert (lab.memory.users(WEATHER), state(lab)) == ({"emmy"}, "Deleted")


def test_a_deletion_is_not_finished_while_an_association_cannot_be_removed(
    served: MemorySite, glauth: Published, project: str
) -> None:
    lab = served
    lab.leave(project, "ada")
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    lab.memory.refuses = {f"{WEATHER}/ada": "jobs are active"}
    for _ in range(3):
        assert results(lab.cycle(glauth.serves)) == {ADA: "failed"}
    assert (state(lab), glauth.enabled()) == ("Requested deletion", {"ada", "emmy"})


def test_a_deletion_is_not_finished_while_slurm_cannot_be_read(served: MemorySite, glauth: Published) -> None:
    lab = served
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    slurm_goes_away(lab.memory)
    for _ in range(2):
        lab.cycle(glauth.serves)
    assert (state(lab), lab.memory.users(WEATHER)) == ("Requested deletion", {"ada", "emmy"})
    slurm_is_back(lab.memory)
    lab.cycle(glauth.serves)
    lab.cycle(glauth.serves)
    assert (state(lab), lab.memory.users(WEATHER)) == ("Deleted", {"emmy"})


def test_a_deletion_that_the_marketplace_does_not_take_is_told_again(served: MemorySite, glauth: Published) -> None:
    lab = served
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    lab.cycle(glauth.serves)
    lab.server.faults.add("status", "set_deleted", value=500)
    cycle = lab.cycle(glauth.serves)
    assert [outcome.action.kind for outcome in cycle.failures] == ["delete offering user"]
    assert state(lab) == "Deleting"
    lab.server.faults.clear()
    lab.cycle(glauth.serves)
    assert state(lab) == "Deleted"


@pytest.mark.parametrize("waited", [0.0, GRACE - 1])
def test_a_person_who_is_put_back_in_the_middle_works_on(
    served: MemorySite, glauth: Published, project: str, waited: float
) -> None:
    lab = served
    lab.memory.queue = [job(1, running=True)]
    lab.leave(project, "ada")
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    lab.cycle(glauth.serves)
    lab.clock.at += waited
    lab.world.put_user(lab.offering, lab.people["ada"], "OK")
    lab.join(project, "ada")
    assert results(lab.cycle(glauth.serves)) == {f"set association {WEATHER}/ada": "done"}
    assert [one.id for one in lab.memory.queue] == ["1"]
    assert (blocked(lab), state(lab), glauth.enabled()) == (False, "OK", {"ada", "emmy"})
    lab.clock.at += GRACE
    assert lab.run(all_of(glauth.serves, only_reading))[0].plan.empty


def test_a_person_who_comes_back_after_all_has_the_same_name_and_uid(
    served: MemorySite, glauth: Published, project: str
) -> None:
    lab = served
    before = ada_record(glauth)
    lab.leave(project, "ada")
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    for _ in range(3):
        lab.cycle(glauth.serves)
    assert glauth.enabled() == {"emmy"}
    lab.world.put_user(lab.offering, lab.people["ada"], "OK")
    lab.join(project, "ada")
    lab.cycle(glauth.serves)
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert ada_record(glauth) == before


def test_an_expired_role_is_a_word_and_needs_no_second_look(
    served: MemorySite, glauth: Published, project: str
) -> None:
    lab = served
    lab.world.expire_member(project, lab.people["ada"], lab.clock.at + 60)
    assert lab.plan(glauth.serves).empty
    lab.clock.at += 61
    assert results(lab.cycle(glauth.serves))[ADA] == "done"
    assert lab.memory.users(WEATHER) == {"emmy"}


def test_a_role_that_vanished_needs_a_second_look(served: MemorySite, glauth: Published, project: str) -> None:
    lab = served
    lab.leave(project, "ada")
    for seconds in (0, 1799):
        lab.clock.at += seconds
        assert [item.action.key for item in lab.cycle(glauth.serves).plan.held] == [ADA]
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert glauth.enabled() == {"ada", "emmy"}, "nobody is locked out before the association is gone"
    lab.clock.at += 1
    lab.cycle(glauth.serves)
    assert lab.memory.users(WEATHER) == {"emmy"}
    lab.cycle(glauth.serves)
    assert glauth.enabled() == {"emmy"}


def test_a_restricted_person_leaves_and_comes_back_under_the_same_name(served: MemorySite, glauth: Published) -> None:
    lab = served
    lab.world.restrict_user(lab.offering, lab.people["ada"])
    assert results(lab.cycle(glauth.serves))[ADA] == "done"
    assert lab.memory.users(WEATHER) == {"emmy"}
    lab.world.restrict_user(lab.offering, lab.people["ada"], restricted=False)
    lab.cycle(glauth.serves)
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_a_person_of_two_projects_keeps_the_other_account(served: MemorySite, glauth: Published, project: str) -> None:
    lab = served
    other = lab.project("Energy", "ada")
    rain = lab.order(other, "rain")
    lab.cycle(glauth.serves)
    lab.leave(project, "ada")
    lab.cycle(glauth.serves, confirmed=True)
    assert (lab.memory.users(WEATHER), lab.memory.users(lab.account(rain))) == ({"emmy"}, {"ada"})
    lab.cycle(glauth.serves)
    assert glauth.enabled() == {"ada", "emmy"}


JOURNALED = ("intend", "replace", "block", "removed", "forget_associations", "unblock", "put_back", "conclude_all")


@pytest.mark.parametrize("effect", range(1, 10))
def test_a_leaving_that_is_cut_short_anywhere_ends_the_same(
    served: MemorySite, glauth: Published, project: str, effect: int
) -> None:
    lab = served
    lab.memory.queue = [job(2, running=False)]
    lab.leave(project, "ada")
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    fuse = Fuse(effect)
    lab.memory.before = fuse.burn

    def dying(world: World) -> World:
        return replace(glauth.serves(world), journal=Fused(world.journal, JOURNALED, fuse))

    with pytest.raises(Killed):
        lab.cycle(dying)
    lab.memory.before = nothing
    for _ in range(3):
        lab.cycle(glauth.serves)
    assert (lab.memory.users(WEATHER), state(lab), glauth.enabled()) == ({"emmy"}, "Deleted", {"emmy"})
    assert lab.run(all_of(glauth.serves, only_reading))[0].plan.empty
