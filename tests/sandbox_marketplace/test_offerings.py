"""Offerings as their provider reads and annotates them."""

PATH = "marketplace-provider-offerings/{}/"


def test_an_offering_shows_its_provider_components_and_state(each):
    row = each.api.get(PATH.format(each.offering)).json()
    assert (row["state"], row["type"]) == ("Active", "Marketplace.Slurm")
    assert row["customer_uuid"] == each.world.provider
    assert {(part["type"], part["billing_type"]) for part in row["components"]} == {
        ("cpu", "limit"),
        ("gpu", "usage"),
        ("mem", "limit"),
    }


def test_unit_factors_and_partitions_came_in_2025(old, modern):
    before = old.api.get(PATH.format(old.offering)).json()
    assert "partitions" not in before
    assert all("unit_factor" not in component for component in before["components"])
    after = modern.api.get(PATH.format(modern.offering)).json()
    assert after["partitions"] == []
    assert {part["type"]: part["unit_factor"] for part in after["components"]} == {"cpu": 60, "gpu": 60, "mem": 61440}


def test_the_flag_for_users_is_secret_in_2024_and_an_option_later(old, modern):
    flag = "service_provider_can_create_offering_user"
    before = old.api.get(PATH.format(old.offering)).json()
    assert (before["secret_options"].get(flag), flag in before["plugin_options"]) == (True, False)
    after = modern.api.get(PATH.format(modern.offering)).json()
    assert (after["plugin_options"].get(flag), flag in after["secret_options"]) == (True, False)


def test_a_partition_shows_what_is_set_and_null_false_or_blank_for_the_rest(modern):
    partition = modern.world.add_partition(modern.offering, "gpu", max_time=1440, exclusive_user=True)
    shown = modern.api.get(PATH.format(modern.offering)).json()["partitions"][0]
    assert (shown["uuid"], shown["partition_name"], shown["max_time"]) == (partition, "gpu", 1440)
    assert (shown["exclusive_user"], shown["req_resv"], shown["qos"], shown["max_nodes"]) == (True, False, "", None)
    modern.world.update_partition(partition, max_time=None, max_nodes=2)
    shown = modern.api.get(PATH.format(modern.offering)).json()["partitions"][0]
    assert (shown["max_time"], shown["max_nodes"]) == (None, 2)
    modern.world.remove_partition(partition)
    assert modern.api.get(PATH.format(modern.offering)).json()["partitions"] == []


def test_metadata_is_replaced_whole_and_the_answer_is_a_bare_string(each):
    answer = each.api.post(f"{PATH.format(each.offering)}set_backend_metadata/", {"backend_metadata": {"nodes": 4}})
    assert answer.json() == "Offering backend metadata has been updated."
    assert each.world.offering(each.offering)["backend_metadata"] == {"nodes": 4}
    assert each.api.get(PATH.format(each.offering)).json()["backend_metadata"] == {"nodes": 4}
    assert each.api.post(f"{PATH.format(each.offering)}set_backend_metadata/").json() == {
        "backend_metadata": ["This field is required."]
    }


def test_offerings_are_filtered_by_state(each):
    paused = each.world.create_offering("Paused one")
    each.world.set_offering_state(paused, "Paused")
    found = each.api.get("marketplace-provider-offerings/", state="Paused", type="Marketplace.Slurm").json()
    assert [row["uuid"] for row in found] == [paused]


def test_plans_have_the_amounts_they_include(site):
    found = site(offering={"plans": {"Small": {"cpu": 10}, "Free": {}}})
    shown = found.api.get(PATH.format(found.offering)).json()["plans"]
    assert [(plan["name"], plan["quotas"]) for plan in shown] == [("Small", {"cpu": 10.0}), ("Free", {})]
    assert shown[0]["uuid"] == found.world.plan(found.offering, "Small")


def test_a_component_shows_its_maxima_and_since_2025_whether_it_is_prepaid(old, modern):
    for site, prepaid in ((old, None), (modern, True)):
        site.world.change_component(site.offering, "cpu", max_value=9, max_available_limit=90, is_prepaid=True)
        components = site.api.get(PATH.format(site.offering)).json()["components"]
        cpu = next(part for part in components if part["type"] == "cpu")
        assert (cpu["max_value"], cpu["max_available_limit"], cpu.get("is_prepaid")) == (9, 90, prepaid)


def unique(site, offering, **body):
    return site.api.post(f"{PATH.format(offering)}check_unique_backend_id/", body)


def test_a_backend_id_is_looked_for_among_all_resources_ever(modern):
    resource = modern.active()
    modern.api.post(f"marketplace-provider-resources/{resource}/set_backend_id/", {"backend_id": "hpc_one"})
    end = modern.world.order_terminate(resource)
    modern.act(end, "approve_by_provider")
    modern.act(end, "set_state_done")
    assert unique(modern, modern.offering, backend_id="hpc_one").json() == {"is_unique": False}
    assert unique(modern, modern.offering, backend_id="hpc_two").json() == {"is_unique": True}
    other = modern.world.create_offering("Other")
    for everywhere in (False, True):
        answer = unique(modern, other, backend_id="hpc_one", check_all_offerings=everywhere)
        assert answer.json() == {"is_unique": not everywhere}


def test_a_backend_id_to_look_for_has_to_be_given(modern):
    assert unique(modern, modern.offering).json() == {"backend_id": ["This field is required."]}
    assert unique(modern, modern.offering, backend_id="").status_code == 400
    assert unique(modern, "0" * 32, backend_id="x").status_code == 404


def test_a_server_of_2024_cannot_be_asked_for_a_backend_id(old):
    answer = unique(old, old.offering, backend_id="x")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")
