"""What the settings say about people is what the engine works with."""

import pwd
from pathlib import Path
from typing import Any

import pytest

from agent.composition import Observers
from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.core.policy import Hooks
from agent.errors import Unavailable
from agent.people_wiring import local_names, reserved_names
from agent.settings.settings import Settings
from backends.glauth.local import host_users
from tests.fixtures.composed import FIRST, SECOND, Composed

ADA = OfferingUser(uuid="o", user_uuid="u", attributes={"full_name": "Ada Lovelace", "email": "ada@x.org", "site": "n"})
SITE = {"ldap_url": "ldap://127.0.0.1:9", "base_dn": "dc=example,dc=org", "timeout": 1}


def test_without_a_table_nobody_names_people_and_no_directory_is_asked(composed: Composed) -> None:
    world = composed().world
    assert (world.name_sources, set(world.identities), world.hooks) == ({}, {"nss"}, Hooks())


def test_a_template_names_the_people_of_each_offering_that_has_one(composed: Composed) -> None:
    table = {"template": "{{ first_letter }}{{ surname }}{{ claims.site }}", "claims": ["user_site"], "longest": 8}
    world = composed(offering={"username": table}).world
    assert set(world.name_sources) == {FIRST, SECOND}
    source = world.name_sources[FIRST]
    assert source.names([ADA]) == {"u": Proposal(name="ALovelacen")}
    assert source.make is not None
    assert world.policies[0].username.longest == 8


def test_a_command_names_people_with_what_it_may_see_of_them(composed: Composed, tmp_path: Path) -> None:
    started: list[tuple[str, int]] = []
    command = tmp_path / "name-people"
    command.write_text(f'#!/bin/sh\ncat > {tmp_path}/people\necho \'{{"u": "ada"}}\'\n')
    command.chmod(0o755)
    table = {"source": "command", "command": [str(command)], "claims": ["email"]}

    watch = Observers(on_start=lambda program, changes: started.append((program, changes)))
    source = composed(watch, offering={"username": table}).world.name_sources[FIRST]
    assert source.names([ADA]) == {"u": Proposal(name="ada")}
    assert "Lovelace" not in (tmp_path / "people").read_text()
    assert (source.make, started) == (None, [("name-people", 0)])


def test_the_directory_of_the_site_is_asked_for_names_and_for_identities(composed: Composed) -> None:
    table = {"source": "directory", "match": ["mail", "email"]}
    world = composed(offering={"username": table, "identity_gate": "ldap"}, tables={"identity": SITE}).world
    assert world.policies[0].gate == "ldap"
    for ask in (lambda: world.name_sources[FIRST].names([ADA]), lambda: world.identities["ldap"].resolve(["ada"])):
        with pytest.raises(Unavailable, match=r"the directory ldap://127\.0\.0\.1:9 does not answer"):
            ask()


def test_the_name_service_of_this_host_is_asked_with_the_site_s_getent(composed: Composed, tmp_path: Path) -> None:
    root = composed().world.identities["nss"].resolve(["root"])
    assert root["root"].uid == pwd.getpwnam("root").pw_uid
    other = composed(tables={"identity": {"getent": str(tmp_path / "absent")}}).world
    with pytest.raises(Unavailable, match="absent cannot be started"):
        other.identities["nss"].resolve(["root"])


def test_the_site_s_hooks_are_run_by_the_world(composed: Composed, tmp_path: Path) -> None:
    world = composed(tables={"hooks": {"on_user_ready": ["/bin/sh", "-c", f"cat > {tmp_path}/event"]}}).world
    assert world.hook_runner is not None
    assert world.hook_runner.run(world.hooks.on_user_ready, {"username": "ada"}) == ""
    assert (tmp_path / "event").read_text() == '{"username": "ada"}'


def test_names_of_the_system_the_site_and_the_directory_are_reserved(composed: Composed) -> None:
    tables = {"identity": {"reserved_usernames": ["Support"]}, "guard": {"protected": ["admin2"]}}
    agent = composed(tables=tables)
    found = agent.world.reserved_names
    assert {"root", "daemon", "nobody", "slurm", "glauth", "admin2", "support"} <= found
    assert found == {name.lower() for name in found}
    assert "reader" not in found
    assert "reader" in reserved_names(agent.settings, {"reader", "root"})


def test_people_of_this_host_are_its_own_and_not_reserved(composed: Composed, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = composed().settings
    users = {"root": 0, "daemon": 1, "backup-agent": 999, "alice": 1000, "Bob": 2000}
    monkeypatch.setattr("agent.people_wiring.host_users", lambda: users)
    assert local_names() == {"alice", "Bob"}
    reserved = reserved_names(settings, {*users, "waldur-agent-probe"})
    assert {"backup-agent", "waldur-agent-probe"} <= reserved
    assert not {"alice", "bob"} & reserved


def test_the_users_of_a_host_are_those_of_its_own_file(tmp_path: Path) -> None:
    passwd = tmp_path / "passwd"
    passwd.write_text("root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n+::::::\n")
    assert host_users(passwd) == {"root": 0, "alice": 1000}
    with pytest.raises(Unavailable, match="it says which names are taken"):
        host_users(tmp_path / "absent")


def reading(composed: Composed, **settings: Any) -> tuple[str, str]:
    """Why the coordinators and the default accounts are missing: no command is there, or nobody asked."""
    seen = composed(**settings).world.cluster.observe()
    return getattr(seen.coordinators, "reason", ""), getattr(seen.default_accounts, "reason", "")


def test_coordinators_and_default_accounts_are_read_only_where_the_settings_have_a_use_for_them(
    composed: Composed,
) -> None:
    assert reading(composed) == ("not read", "not read")
    assert "sacctmgr" in reading(composed, offering={"coordinators": True})[0]
    assert reading(composed, offering={"coordinators": True})[1] == "not read"
    assert "sacctmgr" in reading(composed, offering={"default_account": "everybody"})[1]


def test_coordinators_that_the_agent_made_are_read_after_the_switch_was_turned_off(composed: Composed) -> None:
    composed().journal.remember_coordinators([("climate", "alice")], 1.0)
    assert "sacctmgr" in reading(composed)[0]
    composed().journal.forget_coordinators([("climate", "alice")])
    assert reading(composed)[0] == "not read"
