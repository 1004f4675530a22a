"""An account that administrators made by hand comes under management, and its resource's order is carried out with it."""

from tests.fixtures.site import IN_SLURM, Site


def made_by_hand(lab: Site, name: str, *users: str) -> None:
    text = ("description=the group", "organization=physics")
    assert lab.cluster.sacctmgr("-i", "add", "account", name, *text).returncode == 0
    for user in users:
        assert lab.cluster.sacctmgr("-i", "add", "user", user, f"account={name}").returncode == 0


def shown(lab: Site, name: str) -> str:
    words = ("show", "account", f"account={name}", "format=organization%40,descr%90")
    return lab.cluster.sacctmgr("-nP", *words).stdout.strip()


def test_an_account_made_by_hand_is_adopted_and_brought_to_what_is_ordered(make_site) -> None:
    lab = make_site()
    lab.order(lab.project("Ice", "ada"), "first")
    assert lab.sync().code == 0  # now ada is an offering user
    made_by_hand(lab, "climate", "ada", "frank")
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")
    words = ("adopt", "climate", "--resource", resource)

    asked = lab.agent(*words)
    assert asked.code == 2, asked.text
    assert f"  Organization  physics → waldur-{lab.offering}" in asked.text
    assert shown(lab, "climate") == "physics|the group"

    said = lab.agent(*words, "--yes")
    assert said.code == 0, said.text
    assert shown(lab, "climate") == f"waldur-{lab.offering}|waldur-{resource} climate weather"
    assert lab.users("climate") == {"ada", "frank"}
    assert lab.account(resource) == "climate"
    assert "there is nothing to adopt" in lab.agent(*words).text

    synced = lab.sync()
    assert synced.code == 0, synced.text
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.limits("climate") == IN_SLURM
    assert lab.users("climate") == {"ada", "emmy", "frank"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_an_account_named_as_the_order_would_name_its_own_is_found_by_a_scan(make_site) -> None:
    lab = make_site()
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    made_by_hand(lab, "climate-1-weather-1")
    said = lab.agent("adopt", "--scan")
    assert said.code == 0, said.text
    assert f"    agent adopt climate-1-weather-1 --resource {resource}" in said.text.splitlines()
    assert said.text.endswith("1 could be adopted, 0 not.\n")
    assert shown(lab, "climate-1-weather-1") == "physics|the group"
