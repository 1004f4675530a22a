"""What members are beyond users of an account: coordinators, with a default account, partitions and QOS of their own."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association, Qos
from agent.core.snapshot import Missing
from tests.engine.conftest import MakeLab
from tests.fixtures.fuse import Killed
from tests.fixtures.memory_site import MemorySite, instead_of, only_reading, results

WEATHER = "climate-1-weather-1"
MANAGER = "PROJECT.MANAGER"


def coordinated(make_lab: MakeLab) -> tuple[MemorySite, str]:
    """A site where ada manages the project and emmy is a member: (site, project)."""
    lab = make_lab(coordinators=True)
    project = lab.project("Climate", "emmy")
    lab.join(project, "ada", role=MANAGER)
    lab.order(project, "weather")
    lab.cycle()
    lab.run()
    return lab, project


def made(lab: MemorySite) -> frozenset[tuple[str, str]]:
    """The coordinators that the journal takes for the agent's own."""
    with lab.world_of() as (_, world):
        return world.journal.known(lab.clock.now()).coordinators


def at_rest(lab: MemorySite) -> bool:
    lab.run()
    return lab.run(only_reading)[0].plan.empty


def test_managers_coordinate_their_account_and_others_do_not(make_lab: MakeLab) -> None:
    lab, _ = coordinated(make_lab)
    assert lab.memory.coordinators == {(WEATHER, "ada")} == made(lab)
    assert at_rest(lab)


def test_without_the_switch_nobody_is_made_a_coordinator(lab: MemorySite, project: str) -> None:
    lab.join(project, "ada", role=MANAGER)
    assert lab.cycle().outcomes == ()
    assert lab.memory.coordinators == set()


def test_a_manager_whose_role_has_expired_coordinates_no_longer(make_lab: MakeLab) -> None:
    lab, project = coordinated(make_lab)
    lab.world.expire_member(project, lab.people["ada"], lab.clock.at + 60)
    lab.clock.at += 61
    cycle = lab.cycle()
    assert [(outcome.action.kind, outcome.result) for outcome in cycle.outcomes] == [
        ("remove coordinator", "done"),
        ("remove association", "done"),
    ]
    assert (lab.memory.coordinators, lab.memory.users(WEATHER), made(lab)) == (set(), {"emmy"}, frozenset())
    assert at_rest(lab)


def test_a_manager_who_is_only_a_member_now_is_held_and_then_coordinates_no_longer(make_lab: MakeLab) -> None:
    lab, project = coordinated(make_lab)
    lab.leave(project, "ada")
    lab.join(project, "ada")
    assert [item.action.key for item in lab.cycle().plan.held] == [f"remove coordinator {WEATHER}/ada"]
    assert lab.memory.coordinators == {(WEATHER, "ada")}
    lab.clock.at += 1800
    lab.cycle()
    assert (lab.memory.coordinators, lab.memory.users(WEATHER)) == (set(), {"ada", "emmy"})
    assert at_rest(lab)


def test_a_look_without_coordinators_does_not_forget_since_when_one_is_missing(make_lab: MakeLab) -> None:
    lab, project = coordinated(make_lab)
    lab.leave(project, "ada")
    lab.join(project, "ada")
    lab.cycle()
    lab.clock.at += 900
    real = lab.memory.observe
    lab.memory.observe = lambda: replace(real(), coordinators=Missing("slurmdbd is busy"))  # type: ignore[method-assign]
    lab.cycle()
    del lab.memory.observe
    assert lab.memory.coordinators == {(WEATHER, "ada")}
    lab.clock.at += 900
    lab.cycle()
    assert lab.memory.coordinators == set()


def test_a_coordinator_whom_somebody_else_made_stays(make_lab: MakeLab) -> None:
    lab, project = coordinated(make_lab)
    lab.memory.coordinators.add((WEATHER, "emmy"))
    lab.clock.at += 4000
    assert lab.cycle(confirmed=True).outcomes == ()
    assert lab.memory.coordinators == {(WEATHER, "ada"), (WEATHER, "emmy")}
    lab.world.expire_member(project, lab.people["ada"], lab.clock.at - 1)
    lab.cycle()
    assert lab.memory.coordinators == {(WEATHER, "emmy")}


def test_a_coordinator_who_vanished_and_was_made_by_somebody_else_is_theirs(make_lab: MakeLab) -> None:
    lab, project = coordinated(make_lab)
    lab.leave(project, "ada")
    lab.join(project, "ada")
    lab.memory.coordinators.clear()
    lab.cycle()
    assert made(lab) == frozenset()
    lab.memory.coordinators.add((WEATHER, "ada"))
    lab.clock.at += 4000
    assert lab.cycle(confirmed=True).outcomes == ()
    assert lab.memory.coordinators == {(WEATHER, "ada")}


def test_a_coordinator_who_vanished_and_is_still_a_manager_is_made_again(make_lab: MakeLab) -> None:
    lab, _ = coordinated(make_lab)
    lab.memory.coordinators.clear()
    lab.cycle()
    assert lab.memory.coordinators == {(WEATHER, "ada")} == made(lab)


def test_a_manager_who_cannot_join_is_made_no_coordinator(make_lab: MakeLab) -> None:
    lab = make_lab(coordinators=True)
    project = lab.project("Climate", "emmy")
    lab.join(project, "ada", role=MANAGER)
    lab.order(project, "weather")
    lab.memory.refuses = {f"{WEATHER}/ada": "no such uid"}
    cycle = lab.cycle()
    assert [outcome.action.key for outcome in cycle.failures] == [f"add association {WEATHER}/ada"]
    assert (lab.memory.coordinators, made(lab)) == (set(), frozenset())
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.memory.coordinators == {(WEATHER, "ada")}


def test_a_coordinator_made_right_before_a_crash_is_the_agents_own(make_lab: MakeLab) -> None:
    lab = make_lab(coordinators=True)
    project = lab.project("Climate")
    lab.join(project, "ada", role=MANAGER)
    lab.order(project, "weather")

    def killed(pairs: Sequence[tuple[str, str]]) -> None:
        lab.memory.add_coordinators(pairs)
        raise Killed

    with pytest.raises(Killed):
        lab.cycle(instead_of("cluster", add_coordinators=killed))
    assert lab.memory.coordinators == {(WEATHER, "ada")} == made(lab)


def defaulted(make_lab: MakeLab) -> tuple[MemorySite, str]:
    """A site whose users have the account ``idle`` as their default: (site, project)."""
    lab = make_lab(default_account="idle")
    lab.memory.accounts["idle"] = Account(name="idle", parent="root", organization="site")
    project, _ = lab.in_use()
    for _ in range(2):
        lab.cycle()
    return lab, project


def test_members_join_the_default_account_and_have_it_as_their_default(make_lab: MakeLab) -> None:
    lab, _ = defaulted(make_lab)
    assert lab.memory.users("idle") == {"ada", "emmy"}
    assert lab.memory.default_accounts == {"ada": "idle", "emmy": "idle"}
    assert at_rest(lab)


def test_a_default_that_the_site_chose_stays(make_lab: MakeLab) -> None:
    lab = make_lab(default_account="idle")
    for name in ("idle", "physics"):
        lab.memory.accounts[name] = Account(name=name, parent="root", organization="site")
    lab.memory.associations["physics", "ada"] = Association(account="physics", user="ada")
    lab.memory.default_accounts["ada"] = "physics"
    lab.in_use()
    for _ in range(2):
        lab.cycle()
    assert lab.memory.default_accounts == {"ada": "physics", "emmy": "idle"}
    assert lab.memory.users("idle") == {"ada", "emmy"}
    assert at_rest(lab)


def test_who_leaves_the_last_account_leaves_the_default_account_last(make_lab: MakeLab) -> None:
    lab, project = defaulted(make_lab)
    lab.leave(project, "ada")
    assert results(lab.cycle(confirmed=True)) == {f"remove association {WEATHER}/ada": "done"}
    assert lab.memory.users("idle") == {"ada", "emmy"}
    lab.cycle(confirmed=True)
    assert lab.memory.users("idle") == {"emmy"}
    assert at_rest(lab)


def test_a_default_account_that_does_not_exist_is_told_and_stops_nothing(make_lab: MakeLab) -> None:
    lab = make_lab(default_account="idle")
    lab.in_use()
    notices = lab.plan().notices
    assert "offering HPC 1: its default_account idle does not exist; make it: sacctmgr add account idle" in notices
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_the_users_of_the_default_account_whom_the_site_put_there_stay(make_lab: MakeLab) -> None:
    lab, project = defaulted(make_lab)
    lab.memory.associations["idle", "kurt"] = Association(account="idle", user="kurt")
    for person in ("ada", "emmy"):
        lab.leave(project, person)
    for _ in range(2):
        lab.cycle(confirmed=True)
    assert lab.memory.users("idle") == {"kurt"}


def test_a_member_is_associated_once_for_each_partition_and_leaves_all_of_them(make_lab: MakeLab) -> None:
    lab = make_lab(user_partitions=["cpu", "gpu"])
    project, _ = lab.in_use()
    assert set(lab.memory.associations) == {
        (WEATHER, f"{user}@{partition}") for user in ("ada", "emmy") for partition in ("cpu", "gpu")
    }
    assert at_rest(lab)
    lab.leave(project, "ada")
    lab.cycle(confirmed=True)
    assert set(lab.memory.associations) == {(WEATHER, "emmy@cpu"), (WEATHER, "emmy@gpu")}
    assert at_rest(lab)


def test_a_member_of_partitions_comes_back_to_all_of_them_after_a_restriction(make_lab: MakeLab) -> None:
    lab = make_lab(user_partitions=["cpu", "gpu"])
    _, weather = lab.in_use()
    before = dict(lab.memory.associations)
    lab.world.set_flags(weather, restrict_member_access=True)
    lab.cycle()
    assert lab.memory.associations == {}
    lab.world.set_flags(weather, restrict_member_access=False)
    for _ in range(2):
        lab.cycle()
    assert lab.memory.associations == before
    assert at_rest(lab)


def test_a_partition_that_is_missing_is_added_and_the_others_stay(make_lab: MakeLab) -> None:
    lab = make_lab(user_partitions=["cpu", "gpu"])
    lab.in_use()
    del lab.memory.associations[WEATHER, "ada@gpu"]
    lab.cycle()
    assert (WEATHER, "ada@gpu") in lab.memory.associations
    assert at_rest(lab)


def test_a_member_has_the_qos_of_the_settings(make_lab: MakeLab) -> None:
    lab = make_lab(user_qos=["long", "short"], user_default_qos="short")
    for name in ("long", "short"):
        lab.memory.qos[name] = Qos(name=name)
    lab.in_use()
    ada = lab.memory.associations[WEATHER, "ada"]
    assert (ada.qos, ada.default_qos) == (("long", "short"), "short")
    assert at_rest(lab)
    lab.memory.associations[WEATHER, "ada"] = replace(ada, qos=("long",), default_qos="long")
    lab.cycle()
    assert lab.memory.associations[WEATHER, "ada"] == ada
