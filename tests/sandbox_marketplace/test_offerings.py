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
