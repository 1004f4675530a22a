"""How people are called: remembered, shown, proposed, or waiting with a reason."""

from dataclasses import replace

import pytest

from agent.core.known import Known
from agent.core.model.cluster import Association
from agent.core.model.marketplace import Offering, OfferingUser
from agent.core.model.people import Proposal
from agent.core.naming import Namer, Naming, asks_source
from agent.core.snapshot import Partial, value_or
from agent.core.usernames import claims
from tests.fixtures.worlds import OFFERING, OTHER_OFFERING, OUTAGE, World, offering_user, service_account, uuid_of

ALICE, BOB = uuid_of("alice"), uuid_of("bob")
REMEMBERED = {"usernames": {(OFFERING, ALICE): "alice"}, "holders": {"alice": ALICE}}
GONE_STATES = ("Requested deletion", "Deleting", "Error deleting", "Deleted")
MADE_STATES = ("Requested", "Creating", "Error creating", "Pending account linking")


def world_of(known: dict[str, object] | None = None, **people: OfferingUser) -> World:
    """A world with an offering that leaves its usernames to the provider."""
    world = World(users=people)
    world.remember(**(known or {}))
    return world


def namings(world: World) -> dict[str, Naming]:
    observed, sources = world.observed(), world.sources
    namer = Namer(world.known, claims(observed, world.known, sources.reserved, sources.local), sources, {})
    snapshot = observed.offerings[OFFERING]
    return namer.of(world.policy, value_or(snapshot.offering, None), value_or(snapshot.users, ()))


def alice(world: World) -> Naming:
    return namings(world)[ALICE]


def surname(_person: OfferingUser, _number: int) -> str:
    return "Ünal"


def counting(_person: OfferingUser, number: int) -> str:
    return f"hpc{number}"


def test_the_name_that_is_remembered_stays_whatever_the_marketplace_shows():
    renamed = alice(world_of(REMEMBERED, alice=offering_user("alice", username="anna")))
    assert (renamed.name, renamed.held, renamed.write) == ("alice", "alice", "")
    assert renamed.note == (
        f"user {ALICE[:8]} is 'anna' in the marketplace and stays alice here; to change the name:"
        " agent users release alice"
    )
    assert alice(world_of(REMEMBERED, alice=offering_user("alice"))) == Naming(name="alice", held="alice")


@pytest.mark.parametrize("state", ["", "OK", *MADE_STATES])
def test_a_name_that_the_server_blanked_is_put_back(state):
    found = alice(world_of(REMEMBERED, alice=offering_user("alice", username="", state=state)))
    assert found == Naming(name="alice", write="alice", back=True, held="alice")


def test_a_name_is_used_but_not_told_where_it_is_not_the_agent_s_to_tell():
    blank = offering_user("alice", username="")
    world = world_of(REMEMBERED, alice=blank)
    world.username_naming = "full_name"
    assert alice(world) == Naming(name="alice", held="alice")
    world.username_naming = "service_provider"
    assert alice(world).back
    world.sections["offering"] = OUTAGE
    assert alice(world) == Naming(name="alice", held="alice")
    validating = world_of(REMEMBERED, alice=replace(blank, state="Pending additional validation"))
    assert alice(validating) == Naming(name="alice", held="alice")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        *(({"state": state}, f"is in state {state}") for state in GONE_STATES),
        ({"restricted": True}, "is restricted at this offering"),
        ({"restricted": True, "state": "Deleting"}, "is restricted at this offering"),
    ],
)
def test_a_record_that_ends_access_counts_for_a_remembered_name_and_for_one_that_is_shown(fields, reason):
    ended = Naming(reason=reason, held="alice", ends=True)
    assert alice(world_of(REMEMBERED, alice=offering_user("alice", username="", **fields))) == ended
    assert alice(world_of(alice=offering_user("alice", **fields))) == ended


@pytest.mark.parametrize("ends", [{"restricted": True}, {"state": "Deleting"}])
def test_the_end_of_one_person_never_ends_a_name_that_another_holds(ends):
    world = world_of({"holders": {"sam": BOB}}, alice=offering_user("alice", username="sam", **ends))
    assert alice(world).held == ""


def test_a_name_that_was_given_to_another_since_is_not_remembered_any_more():
    known = {"usernames": {(OFFERING, ALICE): "sam"}, "holders": {"sam": BOB}}
    found = alice(world_of(known, alice=offering_user("alice", username="sam")))
    assert (found.name, found.refused, found.held) == ("", True, "")
    assert found.reason == f"has the username sam, which is that of somebody else ({BOB[:8]})"


@pytest.mark.parametrize(
    ("state", "naming"),
    [
        *((state, Naming(name="alice", held="alice")) for state in ("", "OK")),
        *(
            (state, Naming(reason=f"is in state {state}", held="alice"))
            for state in (*MADE_STATES, "Pending additional validation", "Whatever comes")
        ),
    ],
)
def test_a_name_that_is_shown_is_used_once_the_account_is_ok(state, naming):
    assert alice(world_of(alice=offering_user("alice", state=state))) == naming


def test_a_name_that_two_people_show_is_given_to_neither_and_left_where_it_is():
    people = {person: offering_user(person, username="sam") for person in ("alice", "bob")}
    said = Naming(reason="has the username sam, which is another person's too", refused=True, held="sam")
    assert namings(world_of(**people)) == {ALICE: said, BOB: said}


def test_a_name_that_a_service_account_shows_as_well_is_not_used():
    world = world_of(alice=offering_user("alice", username="svc"))
    world.services.append(service_account("svc"))
    assert alice(world).reason == "has the username svc, which is another person's too"


def test_who_names_people_is_said_where_nobody_does():
    world = world_of(alice=offering_user("alice", username=""))
    assert alice(world).reason == "has no username yet; no table offerings.username says who names people"
    world.username_naming = "full_name"
    world.named_by(alice="alice")
    assert alice(world) == Naming(reason="has no username yet; the marketplace names its users")


@pytest.mark.parametrize("state", ["Pending additional validation", "Whatever comes"])
def test_nobody_is_named_in_a_state_that_is_not_the_agent_s_to_end(state):
    world = world_of(alice=offering_user("alice", username="", state=state))
    world.named_by(alice="alice")
    assert alice(world) == Naming(reason=f"is in state {state}")


@pytest.mark.parametrize("state", ["", "OK", *MADE_STATES])
def test_a_name_that_is_proposed_is_used_and_told(state):
    world = world_of(alice=offering_user("alice", username="", state=state))
    world.named_by(alice="ada")
    assert alice(world) == Naming(name="ada", write="ada", held="ada")


def test_the_name_of_another_offering_is_used_again_and_no_source_is_needed():
    known = {"usernames": {(OTHER_OFFERING, ALICE): "ada"}, "holders": {"ada": ALICE}}
    world = world_of(known, alice=offering_user("alice", username=""))
    world.associations.append(Association(account="waldur", user="ada"))
    assert alice(world) == Naming(name="ada", write="ada", held="ada")
    world.sections["users"] = Partial(tuple(world.users.values()), "a page was lost")
    world.named_by(alice="alice")
    assert alice(world).name == "ada"


def test_a_name_that_another_person_has_by_now_does_not_hide_the_one_that_is_still_theirs():
    known = {"usernames": {(OTHER_OFFERING, ALICE): "sam"}, "holders": {"sam": BOB, "ada": ALICE}}
    assert alice(world_of(known, alice=offering_user("alice", username=""))).write == "ada"


def test_a_name_that_could_not_be_used_does_not_hide_the_one_that_can():
    known = {"holders": {"Alice": ALICE, "ada": ALICE}}
    assert alice(world_of(known, alice=offering_user("alice", username=""))).write == "ada"


def test_two_offerings_of_one_plan_give_a_person_one_name_whatever_their_sources_say():
    world = world_of(alice=offering_user("alice", username=""))
    world.named_by(alice="ada")
    other = replace(world.policy, uuid=OTHER_OFFERING)
    proposals = {**world.sources.proposals, (OTHER_OFFERING, ALICE): Proposal("lovelace")}
    observed, sources = world.observed(), replace(world.sources, proposals=proposals)
    offering = value_or(observed.offerings[OFFERING].offering, None)
    namer = Namer(world.known, claims(observed, world.known, (), ()), sources, {})
    found = [namer.of(policy, offering, world.users.values())[ALICE].write for policy in (world.policy, other)]
    assert found == ["ada", "ada"]


def test_nobody_gets_a_new_name_while_it_is_not_known_which_are_in_use():
    world = world_of(alice=offering_user("alice", username=""))
    world.named_by(alice="alice")
    world.sections["associations"] = OUTAGE
    assert alice(world) == Naming(reason="has no username yet: which names are in use is not known for sure: an outage")


def test_who_was_not_named_by_the_source_waits_and_reads_why():
    world = world_of(alice=offering_user("alice", username=""))
    world.named_by()
    assert alice(world) == Naming(reason="has no username yet")
    world.sources = replace(world.sources, away={OFFERING: "no answer in 10 s"})
    assert alice(world) == Naming(reason="has no username yet: no answer in 10 s")
    world.named_by(alice=Proposal(reason="two people match"))
    assert alice(world) == Naming(reason="has no username: two people match", refused=True)
    world.named_by(alice=Proposal(reason="not found", linked=False))
    assert alice(world) == Naming(reason="has no username: not found", linked=False)


def test_people_of_one_name_are_numbered_in_the_order_of_their_uuids():
    people = ("alice", "bob", "carol")
    world = world_of(**{person: offering_user(person, username="") for person in people})
    world.named_by(surname, **dict.fromkeys(people, "Ünal"))
    first, second, third = sorted(map(uuid_of, people))
    assert {person: one.write for person, one in namings(world).items()} == {
        first: "unal",
        second: "unal2",
        third: "unal3",
    }


def test_numbers_go_past_names_in_use_and_those_that_somebody_ever_held():
    world = world_of({"holders": {"hpc1": "who left"}}, alice=offering_user("alice", username=""))
    world.associations.append(Association(account="waldur", user="hpc2"))
    world.sources = replace(world.sources, local=frozenset({"hpc3"}), reserved=frozenset({"hpc4"}))
    world.named_by(counting, alice="hpc1")
    assert alice(world).write == "hpc5"


def test_a_template_s_name_is_as_long_as_the_settings_allow():
    world = world_of(alice=offering_user("alice", username=""))
    world.rules(username=replace(world.policy.username, longest=3))
    world.named_by(surname, alice="Ünal")
    assert alice(world).write == "una"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Alice", "it cannot be used on the cluster"),
        ("munge", "it is one of the system's"),
        ("sam", f"it is that of somebody else ({BOB[:8]})"),
        ("taken", "the name is in use on this cluster or host"),
        ("admin", "the name is in use on this cluster or host"),
    ],
)
def test_what_a_command_says_is_taken_as_it_is_or_not_at_all(name, why):
    world = world_of({"holders": {"sam": BOB}}, alice=offering_user("alice", username=""))
    world.associations.append(Association(account="waldur", user="taken"))
    world.sources = replace(world.sources, local=frozenset({"admin"}), reserved=frozenset({"munge"}))
    world.named_by(alice=name)
    assert alice(world) == Naming(reason=f"cannot be named {name!r}: {why}", refused=True)


@pytest.mark.parametrize(
    ("fields", "naming", "source", "known", "asked"),
    [
        ({}, "", "command", {}, True),
        ({}, "service_provider", "template", {}, True),
        ({"state": "Requested"}, "", "command", {}, True),
        ({"username": "alice"}, "", "command", {}, False),
        ({"restricted": True}, "", "command", {}, False),
        ({"state": "Deleting"}, "", "command", {}, False),
        ({"state": "Pending additional validation"}, "", "command", {}, False),
        ({}, "full_name", "command", {}, False),
        ({}, "", "", {}, False),
        ({}, "", "command", {(OFFERING, ALICE): "alice"}, False),
        ({}, "", "command", {(OTHER_OFFERING, ALICE): "alice"}, True),
    ],
)
def test_a_source_is_asked_only_for_people_it_may_name(fields, naming, source, known, asked):
    world = World()
    policy = replace(world.policy, username=replace(world.policy.username, source=source))
    offering = Offering(uuid=OFFERING, name="HPC", state="Active", customer_uuid="c", username_naming=naming)
    person = offering_user("alice", **{"username": "", **fields})
    assert asks_source(policy, offering, person, Known(usernames=known)) is asked
    assert not asks_source(policy, None, person, Known(usernames=known))
