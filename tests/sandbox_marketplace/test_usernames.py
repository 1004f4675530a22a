"""Who names the users of an offering, and how."""

import pytest


def named(site, policy, *people, **options):
    """The usernames of people (first name, last name) under a policy, in the order they came."""
    found = site("2025", offering={"options": {"username_generation_policy": policy, **options}})
    found.world.remove_member(found.project, found.alice)
    for number, (first, last) in enumerate(people):
        found.world.add_member(found.project, found.world.create_user(f"u{number}", first, last))
    found.active()
    return [row["username"] for row in found.world.offering_users(found.offering)]


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ("waldur_username", ["u0", "u1", "u2"]),
        ("full_name", ["zoe_van_dijk_00", "zoe_van_dijk_01", "jose_nunez_00"]),
        ("anonymized", ["walduruser_00000", "walduruser_00001", "walduruser_00002"]),
        ("service_provider", ["", "", ""]),
        ("freeipa", ["", "", ""]),
        ("identity_claim", ["", "", ""]),
    ],
)
def test_a_policy_names_people_as_they_come(site, policy, names):
    assert named(site, policy, ("Zoë", "van  Dijk"), ("Zoe", "Van Dijk"), ("José", "Núñez")) == names


def test_the_prefix_of_anonymous_names_is_an_option(site):
    assert named(site, "anonymized", ("A", "B"), username_anonymized_prefix="hpc") == ["hpc00000"]


def test_a_change_of_any_option_blanks_what_the_provider_set_and_leaves_the_states(site):
    found = site("2025", offering={"options": {"username_generation_policy": "service_provider"}})
    found.active()
    row = found.world.offering_user(found.offering, found.alice)
    found.api.patch(f"marketplace-offering-users/{row['uuid']}/", {"username": "aadams"})
    found.world.set_options(found.offering, homedir_prefix="/data/")
    blank = found.world.offering_user(found.offering, found.alice)
    assert (blank["username"], blank["state"]) == ("", "OK")


def test_a_policy_that_names_people_makes_those_ok_who_waited(site):
    found = site("2025", offering={"options": {"username_generation_policy": "service_provider"}})
    found.active()
    found.world.set_options(found.offering, username_generation_policy="waldur_username")
    row = found.world.offering_user(found.offering, found.alice)
    assert (row["username"], row["state"]) == ("alice", "OK")
