"""A person's chain, link by link: where it holds, where it breaks, and what is not known."""

from dataclasses import replace

import pytest

from agent.core.admission import RefusedRecord
from agent.core.explain import History, Link, Mark, Past, Stay, Step, explain, find, verdict
from agent.core.model.cluster import Account, Association
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.marketplace import AccountKind, OfferingUser, ServiceAccount
from agent.core.model.people import Identity
from agent.core.snapshot import Complete, Missing, Partial, Section
from tests.core.explain.asking import NOTHING, one, sight, why
from tests.fixtures.worlds import GENEROUS, NOW, OTHER_OFFERING, OUTAGE, World, account, offering_user, uuid_of


@pytest.fixture
def world() -> World:
    """ada and emmy are in weather, as they should be."""
    made = World()
    made.allocation("weather", "ada", "emmy", project_name="Climate")
    return made


def test_who_has_access_as_it_should_be_has_a_chain_that_holds(world: World) -> None:
    links = why(world, "ada", History(stays=(Stay(account="weather", user="ada", made=NOW),)))
    assert verdict(links) is Mark.OK
    assert [(link.step, link.mark) for link in links] == [
        (Step.OFFERING_USER, Mark.OK),
        (Step.USERNAME, Mark.OK),
        (Step.RECORD, Mark.NONE),
        (Step.LDAP, Mark.NONE),
        (Step.NSS, Mark.NONE),
        (Step.ROLE, Mark.OK),
        (Step.ASSOCIATION, Mark.OK),
        (Step.LIMITS, Mark.OK),
        (Step.LAST, Mark.NONE),
    ]
    assert one(links, Step.ROLE).text == "PROJECT.MEMBER in project Climate"
    assert one(links, Step.ASSOCIATION).text == "ada is in it since 2027-01-15 08:00 UTC"
    assert one(links, Step.LIMITS).text == "account weather: GrpTRESMins=cpu=600"
    assert {link.account for link in links} == {"", "weather"}


def test_a_person_is_found_by_uuid_offering_user_and_attribute(world: World) -> None:
    world.users["ada"] = offering_user("ada", attributes={"email": "Ada@example.org", "full_name": "Ada Lovelace"})
    for text in (
        uuid_of("ada"),
        uuid_of("ada")[:8].upper(),
        uuid_of("offering user ada"),
        "ada@EXAMPLE.org",
        "ada lovelace",
    ):
        (found,) = find(sight(world), text)
        assert (found.uuid, found.name) == (uuid_of("ada"), "ada")
    assert find(sight(world), uuid_of("ada")[:7]) == ()


def test_who_has_just_got_a_role_waits_for_the_next_sync(world: World) -> None:
    world.member("weather", "zoe")
    link = one(why(world, "zoe"), Step.ASSOCIATION)
    assert (link.mark, link.text) == (Mark.WAITING, "the next sync adds it")


def test_without_an_offering_user_the_marketplace_is_waited_for(world: World) -> None:
    world.member("weather", "zoe")
    del world.users["zoe"]
    links = why(world, uuid_of("zoe"))
    assert one(links, Step.OFFERING_USER).mark is Mark.WAITING
    assert one(links, Step.ASSOCIATION).text == "not yet: has no offering user yet"
    assert verdict(links) is Mark.WAITING


def test_without_a_username_the_reason_is_that_of_the_plan(world: World) -> None:
    world.member("weather", "zoe")
    world.users["zoe"] = offering_user("zoe", username="")
    links = why(world, uuid_of("zoe"))
    assert one(links, Step.USERNAME).mark is Mark.WAITING
    assert one(links, Step.USERNAME).text.startswith("has no username yet")
    assert one(links, Step.ASSOCIATION).text == f"not yet: {one(links, Step.USERNAME).text}"


def test_a_blanked_name_is_put_back_and_the_person_stays_in(world: World) -> None:
    world.users["ada"] = offering_user("ada", username="")
    links = why(world, "ada")
    assert (one(links, Step.USERNAME).mark, one(links, Step.USERNAME).text) == (
        Mark.WAITING,
        "ada is put back by the next sync",
    )
    assert one(links, Step.ASSOCIATION).mark is Mark.OK


def test_a_name_that_two_people_have_is_told_for_both(world: World) -> None:
    world.member("weather", "zoe")
    world.users["zoe"] = offering_user("zoe", username="ada")
    world.remember(holders={"ada": uuid_of("ada")})
    seen = sight(world)
    mine, other = (explain(seen, subject, NOTHING) for subject in find(seen, "ada"))
    assert one(mine, Step.USERNAME).mark is Mark.OK
    assert one(other, Step.USERNAME).mark is Mark.BROKEN
    assert (
        one(other, Step.USERNAME).text == f"has the username ada, which is that of somebody else ({uuid_of('ada')[:8]})"
    )
    assert "give this person another name" in one(other, Step.USERNAME).remedy


@pytest.mark.parametrize("name", ["Bad Name", "Grüße", "a\nb", "x" * 33])
def test_a_name_that_cannot_be_used_is_broken_and_says_what_a_name_may_be(world: World, name: str) -> None:
    world.member("weather", "zoe")
    world.users["zoe"] = offering_user("zoe", username=name)
    link = one(why(world, uuid_of("zoe")), Step.USERNAME)
    assert link.mark is Mark.BROKEN
    assert "cannot be used on the cluster" in link.text
    assert "change the name in the marketplace" in link.remedy


def test_a_reserved_name_is_broken(world: World) -> None:
    world.member("weather", "operator")
    link = one(why(world, "operator", reserved=frozenset({"operator"})), Step.USERNAME)
    assert (link.mark, link.text) == (Mark.BROKEN, "has the username operator, which is one of the system's")


def test_a_renamed_person_keeps_the_name_and_hears_how_to_change_it(world: World) -> None:
    world.users["ada"] = offering_user("ada", username="ada2")
    world.remember(holders={"ada": uuid_of("ada")})
    link = one(why(world, "ada2"), Step.USERNAME)
    assert (link.mark, link.text) == (Mark.OK, "ada")
    assert "agent users release ada" in link.remedy


def test_a_restricted_person_is_shut_out_until_somebody_lifts_it(world: World) -> None:
    world.users["ada"] = offering_user("ada", restricted=True)
    links = why(world, "ada")
    assert one(links, Step.OFFERING_USER).mark is Mark.BROKEN
    assert one(links, Step.OFFERING_USER).remedy == "lift the restriction in the marketplace"
    assert one(links, Step.ASSOCIATION).mark is Mark.WAITING
    assert one(links, Step.ASSOCIATION).text.startswith("leaves: the user is restricted at this offering")


@pytest.mark.parametrize(
    ("state", "mark"),
    [("OK", Mark.OK), ("Creating", Mark.WAITING), ("Error creating", Mark.BROKEN), ("Deleted", Mark.BROKEN)],
)
def test_an_offering_user_stands_as_its_state_says(world: World, state: str, mark: Mark) -> None:
    world.users["ada"] = offering_user("ada", state=state)
    assert one(why(world, "ada"), Step.OFFERING_USER).mark is mark


def test_an_expired_role_is_broken_and_the_association_leaves(world: World) -> None:
    world.leaves("weather", "ada")
    world.member("weather", "ada", expires=NOW - 60)
    links = why(world, "ada")
    assert one(links, Step.ROLE).mark is Mark.BROKEN
    assert one(links, Step.ROLE).text == "PROJECT.MEMBER in project Climate expired on 2027-01-15 07:59 UTC"
    assert one(links, Step.ASSOCIATION).text == "leaves: the role PROJECT.MEMBER has expired"


def test_a_role_that_gives_no_access_names_those_that_do(world: World) -> None:
    world.rules(roles=frozenset({"PROJECT.ADMIN"}))
    link = one(why(world, "ada"), Step.ROLE)
    assert (link.mark, link.text) == (
        Mark.BROKEN,
        "PROJECT.MEMBER in project Climate gives no access here, only PROJECT.ADMIN (offerings.roles)",
    )


def test_an_absence_that_the_guard_holds_says_so(world: World) -> None:
    world.leaves("weather", "ada")
    links = why(world, "ada")
    association = one(links, Step.ASSOCIATION)
    assert association.mark is Mark.WAITING
    assert association.text.startswith("held: remove user ada from account weather: the project's team does not list")
    assert association.remedy == ""


def test_who_left_is_told_when_and_why(world: World) -> None:
    world.leaves("weather", "ada")
    world.associations = [it for it in world.associations if it.user != "ada"]
    world.remember(associations=world.known.associations - {("weather", "ada")})
    past = Past(
        at=NOW - 60,
        key="remove association weather/ada",
        what="remove user ada from account weather: left",
        result="done",
    )
    stay = Stay(account="weather", user="ada", made=NOW - 900, removed=NOW - 60)
    links = why(world, "ada", History(outcomes=(past,), stays=(stay,)))
    assert links[0].mark is Mark.BROKEN
    assert links[0].text == "none in a project that has a resource of offering HPC"
    gone = one(links, Step.ASSOCIATION)
    assert (gone.mark, gone.text) == (
        Mark.NONE,
        "none any more: 2027-01-15 07:59 UTC remove user ada from account weather: left",
    )


def test_who_left_one_account_and_is_well_in_another_is_well(world: World) -> None:
    world.allocation("ocean", "ada")
    world.leaves("weather", "ada")
    world.associations = [it for it in world.associations if (it.account, it.user) != ("weather", "ada")]
    world.remember(associations=world.known.associations - {("weather", "ada")})
    links = why(world, "ada", History(stays=(Stay(account="weather", user="ada", made=NOW - 900, removed=NOW - 60),)))
    assert verdict(links) is Mark.OK
    marks = {link.account: link.mark for link in links if link.step is Step.ASSOCIATION}
    assert marks == {"ocean": Mark.OK, "weather": Mark.NONE}
    (gone,) = [link for link in links if link.step is Step.ASSOCIATION and link.account == "weather"]
    assert gone.text == "none any more since 2027-01-15 07:59 UTC; the journal does not say why"


def test_who_has_access_at_one_offering_need_not_have_any_at_another(world: World) -> None:
    other = World(policy=replace(world.policy, uuid=OTHER_OFFERING, name="GPU"))
    other.users["ada"] = offering_user("ada")
    observed = world.observed()
    both = replace(observed, offerings={**observed.offerings, **other.observed().offerings})
    seen = replace(sight(world, policies=[world.policy, other.policy]), observed=both)
    here, there = (explain(seen, subject, NOTHING) for subject in find(seen, "ada"))
    assert verdict((*here, *there)) is Mark.OK
    assert (there[0].mark, there[0].text) == (Mark.NONE, "none in a project that has a resource of offering GPU")
    world.leaves("weather", "ada")
    gone = replace(seen, observed=replace(both, offerings={**world.observed().offerings, **other.observed().offerings}))
    assert explain(gone, find(gone, "ada")[1], NOTHING)[0].mark is Mark.BROKEN


def test_of_a_team_that_was_not_read_nothing_is_denied(world: World) -> None:
    world.leaves("weather", "ada")
    world.sections["teams"] = OUTAGE
    links = why(world, "ada")
    assert one(links, Step.ROLE).mark is Mark.UNKNOWN
    assert one(links, Step.ASSOCIATION).mark is Mark.OK
    assert verdict(links) is Mark.UNKNOWN


def test_half_a_team_says_yes_and_never_no(world: World) -> None:
    world.sections["teams"] = Partial(tuple(it for it in world.roles if it.user_uuid == uuid_of("emmy")), "half of it")
    assert one(why(world, "emmy"), Step.ROLE).mark is Mark.OK
    role = one(why(world, "ada"), Step.ROLE)
    assert (role.mark, role.text) == (Mark.UNKNOWN, "not known: half of it")


def test_when_slurm_is_away_the_association_is_not_known(world: World) -> None:
    world.sections |= {"accounts": OUTAGE, "associations": OUTAGE}
    links = why(world, "ada")
    assert one(links, Step.ROLE).mark is Mark.OK
    assert one(links, Step.ASSOCIATION).mark is Mark.UNKNOWN
    assert one(links, Step.LIMITS).text == "not known: an outage"


def test_when_offering_users_are_not_read_the_journal_says_who_it_was(world: World) -> None:
    world.sections["users"] = OUTAGE
    links = why(world, "ada")
    assert one(links, Step.OFFERING_USER).mark is Mark.UNKNOWN
    assert one(links, Step.USERNAME).text == "ada, as the journal remembers"


def test_a_stranger_is_an_administrators_and_all_is_well(world: World) -> None:
    world.locally_added("weather", "root2")
    links = why(world, "root2")
    assert verdict(links) is Mark.OK
    assert one(links, Step.USERNAME).text == "no person of the marketplace has root2: an administrator added it"
    assert one(links, Step.ASSOCIATION).text == "root2 was added by an administrator, not by the agent: left alone"


def test_a_stranger_of_an_unread_marketplace_may_be_somebody(world: World) -> None:
    world.locally_added("weather", "root2")
    world.sections["users"] = OUTAGE
    assert one(why(world, "root2"), Step.USERNAME).mark is Mark.UNKNOWN


def test_a_released_name_is_nobodys_since(world: World) -> None:
    world.remember(let_go={"old": NOW - 60})
    link = one(why(world, "old"), Step.USERNAME)
    assert (link.mark, link.text) == (Mark.NONE, "old was released on 2027-01-15 07:59 UTC; nobody has it")


def test_restricted_access_of_a_resource_is_named(world: World) -> None:
    world.guard = GENEROUS
    world.flag("weather", restrict_member_access=True)
    assert one(why(world, "ada"), Step.ASSOCIATION).text == "leaves: access of members is restricted"
    world.associations = []
    link = one(why(world, "ada"), Step.ASSOCIATION)
    assert (link.mark, link.text) == (Mark.BROKEN, "none: access of members is restricted")


def test_a_pause_stops_everybody_and_a_block_of_the_agent_is_told_from_one_by_hand(world: World) -> None:
    world.by_hand("weather", "ada", max_submit_jobs=0)
    link = one(why(world, "ada"), Step.LIMITS)
    assert (link.mark, link.text) == (
        Mark.BROKEN,
        "no job starts: somebody set MaxSubmitJobs=0 on user ada in account weather",
    )
    world.flag("weather", paused=True)
    assert one(why(world, "ada"), Step.LIMITS).text == "the resource is paused: no job starts"


def test_what_the_next_sync_sets_is_waited_for(world: World) -> None:
    world.in_slurm("weather", grp_tres_mins={"cpu": 60})
    link = one(why(world, "ada"), Step.LIMITS)
    assert (link.mark, link.text) == (
        Mark.WAITING,
        "the next sync would set account weather: GrpTRESMins cpu 60 → 600",
    )


def test_a_failure_that_is_tried_again_is_broken_and_one_that_is_over_is_history(world: World) -> None:
    world.member("weather", "zoe")
    past = Past(at=NOW, key="add association weather/zoe", what="add user zoe", result="failed", detail="refused")
    link = one(why(world, "zoe", History(outcomes=(past,))), Step.LAST)
    assert (link.mark, link.text) == (Mark.BROKEN, "2027-01-15 08:00 UTC failed: add user zoe: refused")
    world.associations.append(Association(account="weather", user="zoe"))
    assert one(why(world, "zoe", History(outcomes=(past,))), Step.LAST).mark is Mark.NONE


def test_a_service_account_is_explained_like_a_person(world: World) -> None:
    robot = ServiceAccount(
        kind=AccountKind.PROJECT_SERVICE,
        uuid=uuid_of("robot"),
        username="robot",
        state="OK",
        project_uuid=uuid_of("project of weather"),
    )
    world.services = [robot]
    links = why(world, "robot")
    assert one(links, Step.SERVICE).text == "project service account, OK"
    assert one(links, Step.ROLE).text == "works in project Climate"
    world.services = [replace(robot, state="Closed")]
    assert one(why(world, "robot"), Step.SERVICE).mark is Mark.BROKEN


def test_a_service_account_with_a_persons_name_is_broken(world: World) -> None:
    world.remember(holders={"ada": uuid_of("ada")})
    robot = ServiceAccount(
        kind=AccountKind.ROBOT, uuid=uuid_of("robot"), username="ada", resource_uuid=uuid_of("weather")
    )
    world.services = [robot]
    seen = sight(world)
    _, service = find(seen, "ada")
    link = one(explain(seen, service, NOTHING), Step.USERNAME)
    assert (link.mark, link.text) == (Mark.BROKEN, f"ada is the username of user {uuid_of('ada')[:8]}")


ADA = DirectoryUser(name="ada", uidnumber=10_001, primarygroup=10_001)


def record(world: World, *users: DirectoryUser, name: str = "ada", **fields: object) -> Link:
    return one(why(world, name, directory=Complete(Directory(users=users)), **fields), Step.RECORD)


def test_a_published_record_shows_its_uid(world: World) -> None:
    assert record(world, ADA).text == "uid 10001, published"
    assert record(world, replace(ADA, disabled=True)).mark is Mark.BROKEN


def test_a_record_that_is_not_there_is_the_feeds_or_is_not_known(world: World) -> None:
    assert (record(world).mark, record(world).text) == (
        Mark.WAITING,
        "none: the marketplace's feed does not list the name yet",
    )
    world.sections["feed"] = OUTAGE
    assert record(world).mark is Mark.UNKNOWN
    assert one(why(world, "ada", directory=Missing("no file")), Step.RECORD).text == "not known: no file"


def test_a_record_that_may_not_be_served_says_why(world: World) -> None:
    plan = replace(world.plan(), refused=(RefusedRecord(name="ada", reason="its uid 5 is not in 10000-2000000000"),))
    link = record(world, plan=plan)
    assert (link.mark, link.text) == (Mark.BROKEN, "is not served: its uid 5 is not in 10000-2000000000")


def resolved(world: World, which: str, section: Section[object], **known: object) -> Link:
    world.remember(**known)
    return one(why(world, "ada", identities={which: section}), Step.LDAP if which == "ldap" else Step.NSS)


@pytest.mark.parametrize("which", ["nss", "ldap"])
def test_a_name_that_resolves_to_its_uid_is_well_and_another_uid_is_not(world: World, which: str) -> None:
    there = Complete({"ada": Identity(name="ada", uid=10_001)})
    assert resolved(world, which, there).text == "resolves to uid 10001"
    assert resolved(world, which, there, uids={"ada": 10_001}).mark is Mark.OK
    link = resolved(world, which, there, uids={"ada": 10_002})
    assert (link.mark, link.text) == (Mark.BROKEN, "resolves to uid 10001, and uid 10002 is expected")


@pytest.mark.parametrize("which", ["nss", "ldap"])
def test_a_name_that_does_not_resolve_matters_where_the_gate_waits_for_it(world: World, which: str) -> None:
    assert resolved(world, which, Complete({})).mark is Mark.NONE
    assert resolved(world, which, Missing("no answer")).mark is Mark.NONE
    world.rules(gate=which)
    assert resolved(world, which, Complete({})).mark is Mark.WAITING
    unknown = resolved(world, which, Missing("no answer"))
    assert (unknown.mark, unknown.text) == (Mark.UNKNOWN, "not known: no answer")


def test_who_has_a_role_in_a_resource_whose_account_is_not_made_waits_for_it() -> None:
    world = World()
    world.order("weather")
    world.member("weather", "ada")
    assert one(why(world, "ada"), Step.ASSOCIATION).text == "the next sync adds it"


def test_an_account_of_somebody_else_that_a_person_is_in_is_told_and_left_alone(world: World) -> None:
    world.accounts["physics"] = Account(name="physics", parent="root")
    world.locally_added("physics", "ada")
    links = why(world, "ada")
    assert verdict(links) is Mark.OK
    (foreign,) = [link for link in links if link.account == "physics" and link.step is Step.ASSOCIATION]
    assert foreign.text == "ada was added by an administrator, not by the agent: left alone"


def test_the_default_account_of_the_offering_is_one_of_the_persons(world: World) -> None:
    world.accounts["everyone"] = account("everyone")
    world.rules(default_account="everyone")
    links = why(world, "ada")
    roles = {link.account: link.text for link in links if link.step is Step.ROLE}
    assert roles["everyone"] == "the default account of offering HPC"


def test_a_person_nobody_knows_any_more_is_told_of_by_the_journal(world: World) -> None:
    world.leaves("weather", "ada")
    world.users = {}
    links = why(world, "ada")
    assert one(links, Step.OFFERING_USER).text == "there is none"
    assert one(links, Step.USERNAME).text == "ada, which stays this person's"


def test_offering_users_that_are_listed_twice_are_one_person(world: World) -> None:
    double = OfferingUser(uuid=uuid_of("again"), user_uuid=uuid_of("ada"), username="ada", state="OK")
    world.sections["users"] = Complete((*world.users.values(), double))
    assert len(find(sight(world), "ada")) == 1
