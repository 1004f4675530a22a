"""The text for GLAuth: what it holds and how it breaks."""

import tomllib

import pytest

KEYS = ["ssh-ed25519 AAAA alice@laptop", "ssh-rsa BBBB alice@desk"]


def config(site, resource=None):
    family = f"provider-resources/{resource}" if resource else f"provider-offerings/{site.offering}"
    return site.api.client.get(f"marketplace-{family}/glauth_users_config/", headers={"Accept": "text/plain"})


def parsed(site, resource=None):
    return tomllib.loads(config(site, resource).text)


def join(site, username, **person):
    user = site.world.create_user(username, **person)
    site.world.add_member(site.project, user)
    return user


def test_a_user_has_a_uid_a_personal_group_and_its_unix_name_among_the_attributes(each):
    join(each, "carol", first_name="Carol", last_name="Clark", email="carol@uni.invalid", sshkeys=KEYS)
    each.active()
    answer = config(each)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = tomllib.loads(answer.text)
    carol = next(user for user in text["users"] if user["name"] == "carol")
    assert (carol["givenname"], carol["sn"], carol["mail"]) == ("Carol", "Clark", "carol@uni.invalid")
    assert carol["sshkeys"] == KEYS
    assert (carol["homeDir"], carol["loginShell"], carol["passsha256"]) == ("/home/carol", "/bin/bash", "")
    assert carol["customattributes"] == [{"preferredUsername": ["carol"]}]
    assert {"name": "carol", "gidnumber": carol["primarygroup"]} in text["groups"]
    assert carol["uidnumber"] > 20000


def test_the_unix_name_is_the_offering_users_and_the_record_keeps_the_marketplaces(site):
    found = site("2025", offering={"options": {"username_generation_policy": "service_provider"}})
    found.active()
    assert config(found).content == b""
    row = found.api.get("marketplace-offering-users/").json()[0]
    found.api.patch(f"marketplace-offering-users/{row['uuid']}/", {"username": "aadams"})
    user = parsed(found)["users"][0]
    assert (user["name"], user["customattributes"]) == ("alice", [{"preferredUsername": ["aadams"]}])
    assert user["homeDir"] == "/home/"


def test_nobody_is_an_empty_200_without_content_type(each):
    answer = config(each)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Content-Type" not in answer.headers


def test_without_the_feature_it_is_a_400_in_plain_text(site):
    bare = site("2025", offering={"users_enabled": False})
    answer = config(bare)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text.startswith("Offering Lab SLURM doesn't have feature service_provider_can_create_offering_user")


@pytest.mark.parametrize("name", ['Eve "Q"', "back\\slash"])
def test_a_quote_or_backslash_breaks_the_old_text_and_is_escaped_later(old, modern, name):
    for site in (old, modern):
        join(site, "eve", first_name=name)
        site.active()
    with pytest.raises(tomllib.TOMLDecodeError):
        parsed(old)
    assert name in {user["givenname"] for user in parsed(modern)["users"]}


def test_a_newline_breaks_the_text_in_both_dialects(each):
    join(each, "eve", first_name="two\nlines")
    each.active()
    with pytest.raises(tomllib.TOMLDecodeError):
        parsed(each)


def test_a_name_can_smuggle_in_a_user_in_2024(old):
    smuggled = 'Eve"\nsn = ""\n[[users]]\nname = "root2"\nuidnumber = 0\n[[users]]\nname = "x"\ngivenname="'
    join(old, "eve", first_name=smuggled)
    old.active()
    assert ("root2", 0) in {(user["name"], user.get("uidnumber")) for user in parsed(old)["users"]}


def test_disabled_came_in_2025_and_means_that_no_role_is_left(old, modern):
    for site in (old, modern):
        bob = join(site, "bob")
        site.active()
        site.world.remove_member(site.project, bob)
    assert all("disabled" not in user for user in parsed(old)["users"])
    assert {user["name"]: user["disabled"] for user in parsed(modern)["users"]} == {"alice": False, "bob": True}


def test_a_null_name_is_listed_as_none(each):
    each.active()
    each.world.rename_user(each.offering, each.alice, None)
    text = parsed(each)
    assert text["users"][0]["customattributes"] == [{"preferredUsername": ["None"]}]
    assert text["groups"][0]["name"] == "None"


def test_a_user_made_by_hand_breaks_the_old_server_and_is_skipped_later(old, modern):
    for site in (old, modern):
        body = {"user": f"/api/users/{site.alice}/", "offering": f"/x/{site.offering}/", "username": "alice"}
        assert site.api.post("marketplace-offering-users/", body).status_code == 201
    assert config(old).status_code == 500
    assert config(modern).content == b""


def test_project_groups_are_named_by_their_gid_and_listed_with_their_members_of_every_offering(each):
    each.active()
    gid = each.world.add_project_group(each.offering, each.project)
    foreign = each.world.add_project_group(each.world.create_offering("Other"), each.project)
    text = parsed(each)
    assert text["users"][0]["otherGroups"] == [gid, foreign]
    assert {"name": str(gid), "gidnumber": gid} in text["groups"]
    assert str(foreign) not in {group["name"] for group in text["groups"]}


def test_a_robot_account_is_a_user_without_a_person_and_two_keys_break_the_text(each):
    resource = each.active()
    each.world.add_robot_account(resource, "robo1", sshkeys=["ssh-ed25519 AAAA"])
    robot = next(user for user in parsed(each)["users"] if user["name"] == "robo1")
    assert not robot.keys() & {"mail", "otherGroups", "disabled"}
    assert robot["sshkeys"] == ["ssh-ed25519 AAAA"]
    each.world.add_robot_account(resource, "robo2", kind="two", sshkeys=["a", "b"])
    with pytest.raises(tomllib.TOMLDecodeError):
        parsed(each)


def test_a_robot_without_keys_has_one_empty_key_in_2024_and_none_later(old, modern):
    for site, keys in ((old, [""]), (modern, [])):
        site.world.add_robot_account(site.active(), "robo")
        assert next(user for user in parsed(site)["users"] if user["name"] == "robo")["sshkeys"] == keys


def test_a_shared_password_is_given_as_its_digest(site):
    found = site("2025", offering={"secrets": {"shared_user_password": "secret"}})
    found.active()
    digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    assert parsed(found)["users"][0]["passsha256"] == digest


def test_the_text_of_a_resource_holds_its_projects_users_only(each):
    resource = each.active()
    other = each.world.create_project(each.customer, "Other")
    each.world.add_member(other, each.world.create_user("dora"))
    order = each.world.order_create(other, each.offering, "second", {"cpu": 1})
    each.act(order, "approve_by_provider")
    each.act(order, "set_state_done")
    assert {user["name"] for user in parsed(each)["users"]} == {"alice", "dora"}
    assert {user["name"] for user in parsed(each, resource)["users"]} == {"alice"}
