"""The directory of 2026: the tree, as the marketplace's own client reads it, and the text that goes with it."""

import tomllib
from uuid import UUID

import pytest
from waldur_api_client import AuthenticatedClient
from waldur_api_client.api.marketplace_provider_offerings import marketplace_provider_offerings_glauth_tree_retrieve

KEY = "ssh-ed25519 AAAA alice@laptop"


@pytest.fixture
def new(site):
    found = site("2026")
    found.active()
    return found


def path(site, source):
    return f"marketplace-provider-offerings/{site.offering}/{source}/"


def tree(site):
    """The tree as a person of the provider is shown it, by the official client."""
    with AuthenticatedClient(base_url=site.server.url, token=site.server.token, prefix="Token") as client:
        return marketplace_provider_offerings_glauth_tree_retrieve.sync(uuid=UUID(site.offering), client=client)


def text(site):
    return site.api.client.get(path(site, "glauth_users_config"), headers={"Accept": "text/plain"}).text


def test_the_official_client_reads_the_tree(new):
    gid = new.world.add_project_group(new.offering, new.project)
    new.world.add_project_group(new.world.create_offering("Other"), new.project)
    found = tree(new)
    (alice,) = found.users
    assert (found.offering.uuid, found.offering.name) == (new.offering, "Lab SLURM")
    assert (alice.username, alice.givenname, alice.sn, alice.disabled) == ("alice", "Alice", "Adams", False)
    assert (alice.home_dir, alice.login_shell, alice.ssh_keys) == ("/home/alice", "/bin/bash", [])
    assert [(one.gid, one.group_name, one.kind.value) for one in alice.memberships] == [(gid, str(gid), "project")]
    assert [(one.gid, one.name, one.kind.value, one.scope.type_.value, one.members) for one in found.groups] == [
        (gid, str(gid), "project", "project", ["alice"]),
        (alice.personal_group, "alice", "personal", "user", ["alice"]),
    ]


def test_members_of_groups_have_their_marketplace_names_and_users_their_unix_names(new):
    new.world.rename_user(new.offering, new.alice, "aadams")
    new.world.add_project_group(new.offering, new.project)
    found = tree(new)
    assert ([user.username for user in found.users], found.groups[0].members) == (["aadams"], ["alice"])


def test_a_robot_account_is_in_a_list_of_its_own(new):
    new.world.add_robot_account(new.world.resources(new.offering)[0]["uuid"], "robo", sshkeys=[KEY, KEY])
    (robot,) = tree(new).robot_accounts
    assert (robot.username, robot.ssh_keys, robot.home_dir) == ("robo", [KEY, KEY], "/home/robo")


def test_who_has_no_uid_is_in_the_tree_and_not_in_the_text(site):
    new = site("2026")
    body = {"user": f"/api/users/{new.alice}/", "offering": f"/x/{new.offering}/", "username": "alice"}
    assert new.api.post("marketplace-offering-users/", body).status_code == 201
    assert [(user.username, user.uidnumber) for user in tree(new).users] == [("alice", None)]
    assert text(new) == "users = []\n"


def test_who_has_no_name_is_in_neither(new):
    new.world.rename_user(new.offering, new.alice, None)
    assert (tree(new).users, text(new)) == ([], "users = []\n")


def test_the_text_without_users_puts_their_empty_list_into_the_last_group(site):
    new = site("2026")
    gid = new.world.add_project_group(new.offering, new.project)
    assert tomllib.loads(text(new)) == {"groups": [{"name": str(gid), "gidnumber": gid, "users": []}]}


def test_the_text_is_valid_whatever_a_name_holds(new):
    hostile = 'x"\\\n[[users]]\nname = "root2"\n\x00'
    new.world.rename_person(new.alice, first_name=hostile)
    (alice,) = tomllib.loads(text(new))["users"]
    assert (alice["name"], alice["givenname"]) == ("alice", hostile)
    assert alice["customattributes"] == {"preferredUsername": ["alice"]}
    assert text(new).startswith("[[groups]]\n")


def test_more_attributes_come_with_options(new):
    new.world.rename_user(new.offering, new.alice, "aadams")
    new.world.set_options(new.offering, emit_display_name=True, emit_waldur_username=True)
    new.world.rename_user(new.offering, new.alice, "aadams")  # a change of options blanks the names
    (alice,) = tomllib.loads(text(new))["users"]
    assert alice["customattributes"] == {
        "preferredUsername": ["aadams"],
        "displayName": ["Alice Adams"],
        "waldurUsername": ["alice"],
    }


def test_without_the_feature_the_tree_is_a_400_in_json(site):
    bare = site("2026", offering={"users_enabled": False})
    answer = bare.api.get(path(bare, "glauth_tree"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")
    assert answer.json().startswith("Offering Lab SLURM doesn't have feature")


def test_who_does_not_provide_the_offering_does_not_see_its_tree(new):
    stranger = new.as_user(new.world.token(new.alice))
    answer = stranger.get(path(new, "glauth_tree"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")


def test_earlier_servers_have_no_tree(each):
    answer = each.api.get(path(each, "glauth_tree"))
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (404, "text/html")
