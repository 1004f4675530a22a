"""A name is released and its uid is not lost: whoever was renamed keeps it, and nobody is held up by another's."""

from agent.engine.explaining import look
from agent.engine.releasing import propose, release
from tests.fixtures.memory_people import Published
from tests.fixtures.memory_site import MemorySite, all_of, only_reading

WEATHER = "climate-1-weather-1"
HOUR = 3600.0


def released(lab: MemorySite, glauth: Published, name: str) -> None:
    with lab.world_of(glauth.serves) as (_, world):
        release(world, propose(look(world), name), force=True)


def uids(lab: MemorySite) -> dict[str, int]:
    with lab.world_of() as (agent, _):
        return dict(agent.journal.known(0.0).uids)


def uid(glauth: Published, name: str) -> int:
    user = glauth.user(name)
    assert user is not None
    return user.uidnumber


def remember(lab: MemorySite, uid: int) -> None:
    """The name ada was served with the uid when only the name was known."""
    with lab.world_of() as (agent, _):
        agent.journal.remember_uids({"ada": uid}, {"ada": uid}, {"ada": "name ada"})


def test_a_renamed_person_is_served_under_the_new_name_with_the_uid_of_before(
    served: MemorySite, glauth: Published
) -> None:
    before = uid(glauth, "ada")
    served.world.rename_user(served.offering, served.people["ada"], "ada2")
    served.run(glauth.serves)
    assert glauth.enabled() == {"ada", "emmy"}, "the old name stays until a person releases it"
    released(served, glauth, "ada")
    served.run(glauth.serves)
    assert "ada" in glauth.enabled(), "the person can still log in"
    served.run(glauth.serves)
    assert uid(glauth, "ada2") == before
    assert served.memory.users(WEATHER) >= {"ada2"}
    for _ in range(3):
        served.clock.at += HOUR
        served.run(glauth.serves)
    assert (glauth.enabled(), uid(glauth, "ada2")) == ({"ada2", "emmy"}, before)
    assert served.memory.users(WEATHER) == {"ada2", "emmy"}
    assert uids(served) == {"ada2": before, "emmy": uid(glauth, "emmy")}
    assert served.run(all_of(glauth.serves, only_reading))[0].plan.empty


def test_a_person_who_is_held_up_by_an_account_with_another_uid_is_served_once_the_name_is_released(
    lab: MemorySite, glauth: Published
) -> None:
    remember(lab, 10_000)
    lab.in_use()
    lab.run(glauth.serves)
    assert glauth.enabled() == {"emmy"}
    released(lab, glauth, "ada")
    for _ in range(2):
        lab.run(glauth.serves)
    assert glauth.enabled() == {"ada", "emmy"}
    assert uids(lab)["ada"] == uid(glauth, "ada") != 10_000
    assert uids(lab)["ada (once 10000)"] == 10_000


def test_a_person_of_whom_only_the_name_was_known_keeps_the_uid_when_the_name_is_released(
    lab: MemorySite, glauth: Published
) -> None:
    lab.in_use()
    before = lab.world.offering_user(lab.offering, lab.people["ada"])["uidnumber"]
    remember(lab, before)
    released(lab, glauth, "ada")
    assert uids(lab) == {"ada": before}
    lab.world.rename_user(lab.offering, lab.people["ada"], "ada2")
    for _ in range(2):
        lab.run(glauth.serves)
    assert uid(glauth, "ada2") == before
    with lab.world_of() as (agent, _):
        assert agent.journal.known(0.0).persons["ada2"] == lab.people["ada"]
