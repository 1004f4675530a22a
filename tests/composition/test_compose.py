"""The composition root: what the settings say is what the engine works with."""

import threading
from pathlib import Path

import pytest

from agent.composition import Observers, compose, name_maker
from agent.core.model.marketplace import Resource, ResourceState
from agent.errors import ConfigError, Unavailable
from agent.ports import Answer
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.settings import load
from tests.fixtures.composed import FIRST, NOBODY, SECOND, Composed, Tools


def resource(**fields: str) -> Resource:
    return Resource(uuid=FIRST, name="Weather", slug="weather-1", state=ResourceState.OK, **fields)


def test_each_offering_has_its_rules_and_its_name_maker(composed: Composed) -> None:
    world = composed(offering={"account_name": "p_{{ project_slug }}"}).world
    assert [policy.uuid for policy in world.policies] == [FIRST, SECOND]
    assert world.makers[SECOND](resource(project_slug="climate")) == "p_climate"
    assert world.policies[0].components["mem"].factor == 61_440


def test_names_are_made_of_the_resource_its_project_and_its_customer() -> None:
    make = name_maker("{{ customer_slug }}/{{ project_name }}/{{ resource_slug }}/{{ resource_uuid[:4] }}")
    assert make(resource(customer_slug="uni", project_name="Climate")) == "uni/Climate/weather-1/1111"


def test_each_level_of_the_tree_has_its_name_maker(composed: Composed) -> None:
    makers = composed(offering={"customer_account": "c_{{ customer_slug }}"}).world.makers
    one = resource(project_slug="climate", customer_slug="uni")
    names = {whose: make(one) for whose, make in makers.items() if whose.startswith(FIRST)}
    assert names == {
        FIRST: "climate-weather-1",
        f"{FIRST}/customer": "c_uni",
        f"{FIRST}/project": "climate",
        f"{FIRST}/project_slug": "climate",
    }


def test_a_template_in_the_settings_leaves_no_choice_to_the_offering(composed: Composed) -> None:
    makers = composed(offering={"account_name": "{{ resource_slug }}"}).world.makers
    assert set(makers) == {f"{uuid}{whose}" for uuid in (FIRST, SECOND) for whose in ("", "/customer", "/project")}


def test_the_site_s_command_is_asked_about_an_order_and_counted(composed: Composed) -> None:
    started: list[tuple[str, int]] = []
    approver = composed(
        observers=Observers(on_start=lambda program, changes: started.append((program, changes)))
    ).world.approver
    assert approver is not None
    answer = approver.ask(["/bin/sh", "-c", 'read order; echo "$order"; exit 1'], {"order": FIRST})
    assert answer == Answer(approved=False, reason=f'{{"order": "{FIRST}"}}')
    assert started == [("sh", 0)]


def test_without_a_glauth_table_no_directory_is_touched(composed: Composed) -> None:
    world = composed().world
    assert world.directory is None
    assert world.admission is None


def test_the_names_in_the_glauth_base_are_kept_for_the_site(composed: Composed, tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(
        'watchconfig = true\n[ldap]\nenabled = true\nlisten = "127.0.0.1:3893"\n'
        '[ldaps]\nenabled = false\n[backend]\ndatastore = "config"\nbaseDN = "dc=example,dc=org"\nnameformat = "cn,uid"\ngroupformat = "ou,cn"\n'
        '[[groups]]\nname = "service"\ngidnumber = 900\n[[users]]\nname = "reader"\nuidnumber = 901\nprimarygroup = 900\n'
        f'passsha256 = "{"0" * 64}"\n'
    )
    world = composed(glauth={"file": str(tmp_path / "glauth.cfg"), "base": str(base), "probe_url": ""}).world
    assert world.admission is not None
    policy = world.admission()
    assert "reader" in policy.reserved_names
    assert {901} <= policy.reserved_uids
    assert {900} <= policy.reserved_gids
    good = base.read_text()
    base.write_text(good.replace('"reader"', '"writer"'))
    assert {"reader", "writer"} & world.admission().reserved_names == {"writer"}
    base.write_text("no TOML")
    assert "writer" in world.admission().reserved_names


def test_a_token_that_is_nowhere_is_said_before_anything_is_read(composed: Composed, tmp_path: Path) -> None:
    composed()
    (tmp_path / "agent" / "token").unlink()
    with pytest.raises(ConfigError, match="token"):
        compose(load(tmp_path / "agent" / "agent.toml", {}), {})


def test_a_token_of_systemd_s_that_the_marketplace_refuses_is_put_into_the_file_of_the_unit(
    composed: Composed, tmp_path: Path
) -> None:
    composed()
    file = tmp_path / "agent" / "agent.toml"
    with MarketplaceServer() as server:
        text = file.read_text().replace(NOBODY, server.url)
        file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("token_file")))
        (tmp_path / "token").write_text("an-old-token\n")
        environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
        agent = compose(load(file, environ), environ)
        try:
            with pytest.raises(Unavailable, match=r"into the file of LoadCredential=token: .*, then restart agent"):
                agent.world.marketplace.orders(FIRST)
        finally:
            agent.close()


def test_a_refused_configuration_leaves_no_journal_open(composed: Composed, tools: Tools, tmp_path: Path) -> None:
    tools.conf.write_text("SlurmctldHost=head\n")
    for _ in range(3):
        with pytest.raises(ConfigError):
            composed()
    opened = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.exists()]
    assert not [path for path in opened if path.is_relative_to(tmp_path)]


def test_the_token_is_in_no_representation_of_the_agent(composed: Composed) -> None:
    agent = composed()
    assert "secret-token" not in repr(agent)
    assert "secret-token" not in repr(agent.http)


def test_a_cluster_without_a_name_in_slurm_conf_is_refused_with_the_file(composed: Composed, tools: Tools) -> None:
    tools.conf.write_text("SlurmctldHost=head\n")
    with pytest.raises(ConfigError, match=str(tools.conf)):
        composed()


def test_a_missing_command_is_an_outage_of_slurm_that_names_its_path(composed: Composed, tools: Tools) -> None:
    snapshot = composed().world.cluster.observe()
    assert str(tools.bin / "sacctmgr") in getattr(snapshot.accounts, "reason", "")
    assert str(tools.bin / "scontrol") in getattr(snapshot.partitions, "reason", "")


def test_observers_are_told_of_each_request_even_when_no_reply_comes(composed: Composed) -> None:
    asked: list[tuple[str, str, int]] = []
    agent = composed(
        observers=Observers(on_request=lambda method, route, status: asked.append((method, route, status)))
    )
    with pytest.raises(Unavailable, match=NOBODY):
        agent.world.marketplace.orders(FIRST)
    assert {(method, status) for method, _, status in asked} == {("GET", 0)}
    assert not any(FIRST in route for _, route, _ in asked), "a route with an identifier in it would be a new series"


def test_one_lane_has_one_turn_at_a_time_whichever_agent_takes_it(composed: Composed) -> None:
    one, other = composed(), composed()
    with one.turn("converge"):
        with other.turn("usage", patience=0.1):
            pass
        with pytest.raises(Unavailable, match=r"converge\.lock"), other.turn("converge", patience=0.1):
            raise AssertionError("two cycles of one lane at once")
    with other.turn("converge", patience=0.1):
        pass


def test_the_stop_event_ends_a_sleep_and_forbids_new_batches(tmp_path: Path, composed: Composed) -> None:
    composed()
    stop = threading.Event()
    agent = compose(load(tmp_path / "agent" / "agent.toml", {}), {}, stop=stop)
    try:
        assert not agent.world.stopping()
        threading.Timer(0.05, stop.set).start()
        before = agent.world.clock.now()
        agent.world.clock.sleep(30)
        assert agent.world.clock.now() - before < 10
        assert agent.world.stopping()
    finally:
        agent.close()
