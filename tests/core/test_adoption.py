"""Taking accounts under management: what may not be, what would be written, and what follows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import CreateAccount, MoveAccount, RemoveAssociation, SetLimits
from agent.core.adoption import AdoptAccount, Consequences, Sight, adoption, candidates, consequences, imagined
from agent.core.model.cluster import Association, Qos
from agent.core.model.marketplace import OrderType, ResourceState
from agent.core.names import description, organization
from tests.fixtures.worlds import OFFERING, OTHER_OFFERING, World, account, offering_user, uuid_of


@pytest.fixture
def world() -> World:
    """The resource weather of ada and emmy; by hand somebody made account climate, with ada and frank in it."""
    made = World()
    made.resource("weather", project_name="Climate")
    made.member("weather", "ada", "emmy")
    made.accounts["climate"] = account("climate", organization="physics", description="the climate group")
    made.associations = [Association(account="climate", user="ada"), Association(account="climate", user="frank")]
    return made


def sight(world: World) -> Sight:
    return Sight(
        observed=world.observed(),
        policies=[world.policy],
        guard=world.guard,
        known=world.known,
        makers=world.makers(),
    )


def adopted(world: World, name: str = "climate", resource: str = "weather") -> AdoptAccount:
    found = adoption(sight(world), name, uuid_of(resource))
    assert isinstance(found, AdoptAccount), found
    return found


def follows(world: World, name: str = "climate", resource: str = "weather") -> Consequences:
    one = adopted(world, name, resource)
    seen = imagined(sight(world), [one])
    return consequences(seen, seen.plan(), one)


def refusal(world: World, name: str = "climate", resource: str = "weather") -> str:
    found = adoption(sight(world), name, uuid_of(resource))
    assert isinstance(found, str), found
    return found


def test_only_the_marker_is_written(world: World) -> None:
    one = adopted(world)
    marker = description(uuid_of("weather"), "climate weather")
    assert one.after == replace(one.before, organization=organization(OFFERING), description=marker)
    assert (one.before.organization, one.before.description) == ("physics", "the climate group")
    assert one.renames


def test_the_backend_id_is_told_only_when_it_differs(world: World) -> None:
    world.flag("weather", backend_id="climate")
    assert not adopted(world).renames


def test_offering_users_become_the_agents_own_and_others_stay_strangers(world: World) -> None:
    world.locally_added("climate", "emmy")
    found = follows(world)
    assert (found.own, found.strangers) == (("ada", "emmy"), ("frank",))
    assert (found.added, found.removed) == ((), ())


def test_members_who_are_missing_are_added_and_those_without_a_name_wait(world: World) -> None:
    world.member("weather", "kurt")
    world.users["kurt"] = offering_user("kurt", username="")
    found = follows(world)
    assert found.added == ("emmy",)
    why = "has no username yet; no table offerings.username says who names people"
    assert found.waiting == ((uuid_of("kurt"), why),)


def test_an_offering_user_who_is_no_member_would_be_removed_and_the_guard_holds_it_first(world: World) -> None:
    world.users["noah"] = offering_user("noah")
    world.locally_added("climate", "noah")
    found = follows(world)
    assert found.removed == ("noah",)
    assert [type(item.action) for item in found.held] == [RemoveAssociation]
    assert "noah" in found.own
    assert "noah" not in found.strangers


def test_an_account_the_journal_has_heard_of_gains_no_more_users(world: World) -> None:
    """Its marker was lost by hand: only what the agent made is the agent's, whatever the others are called."""
    world.remember(journaled=frozenset({"climate"}), associations=frozenset({("climate", "emmy")}))
    world.locally_added("climate", "emmy")
    assert follows(world).own == ("emmy",)
    assert follows(world).strangers == ("ada", "frank")


def test_a_restricted_resource_takes_everybody_out_and_it_is_said(world: World) -> None:
    world.flag("weather", restrict_member_access=True)
    found = follows(world)
    assert (found.removed, found.strangers) == (("ada", "frank"), ())


PEOPLE = st.frozensets(st.sampled_from(["ada", "emmy", "kurt", "noah", "mia"]))


@given(members=PEOPLE, named=PEOPLE, there=PEOPLE, made=PEOPLE, journaled=st.booleans())
def test_every_user_is_either_the_agents_own_or_left_alone_and_no_stranger_is_removed(
    members: frozenset[str], named: frozenset[str], there: frozenset[str], made: frozenset[str], journaled: bool
) -> None:
    world = World()
    world.resource("weather")
    world.member("weather", *members)
    world.users |= {person: offering_user(person) for person in named}
    world.accounts["climate"] = account("climate")
    world.associations = [Association(account="climate", user=user) for user in sorted(there)]
    if journaled:
        pairs = frozenset(("climate", user) for user in made & there)
        world.remember(journaled=frozenset({"climate"}), associations=pairs)
    found = follows(world)
    own = there & (made if journaled else members | named)
    assert set(found.own) == own
    assert set(found.strangers) == there - own
    assert set(found.added) == members - there
    assert set(found.removed) == own - members


def test_limits_are_shown_from_what_they_are_to_what_was_ordered(world: World) -> None:
    world.in_slurm("climate", grp_tres_mins={"cpu": 5, "gres/gpu": 7}, fairshare=3)
    (change,) = [action for action in follows(world).actions if isinstance(action, SetLimits)]
    assert change.before.grp_tres_mins == {"cpu": 5, "gres/gpu": 7}
    assert change.after.grp_tres_mins == {"cpu": 600, "gres/gpu": 7}
    assert change.after.fairshare == 3


def test_a_dedicated_qos_is_among_what_follows(world: World) -> None:
    world.rules(limits_on="qos")
    world.qos["normal"] = Qos(name="normal")
    assert [action.key for action in follows(world).actions] == [
        "add QOS climate",
        "add association climate/emmy",
        "set limits climate",
    ]


def test_with_a_tree_the_accounts_above_are_made_and_the_account_is_moved_below_them(world: World) -> None:
    world.rules(tree=("customer", "project"))
    world.flag("weather", customer_uuid=uuid_of("uni"), customer_slug="uni", project_slug="clim")
    actions = follows(world).actions
    made = [(one.account.name, one.account.parent) for one in actions if isinstance(one, CreateAccount)]
    assert made == [("uni", "waldur"), ("clim", "uni")]
    (move,) = [one for one in actions if isinstance(one, MoveAccount)]
    assert (move.before.parent, move.after.parent) == ("waldur", "clim")


def test_without_a_tree_the_account_stays_below_its_own_parent(world: World) -> None:
    world.in_slurm("climate", parent="root")
    assert not [one for one in follows(world).actions if isinstance(one, MoveAccount)]


def test_nothing_of_other_resources_is_among_what_follows(world: World) -> None:
    world.allocation("ocean", "mia")
    world.leaves("ocean", "mia")
    world.order("storm")
    assert {action.key for action in follows(world).actions} == {"add association climate/emmy", "set limits climate"}
    assert follows(world).held == ()


def test_an_open_create_order_is_carried_out_with_the_adopted_account(world: World) -> None:
    world.order("storm")
    world.accounts["storms"] = account("storms")
    found = follows(world, "storms", "storm")
    assert [action.kind for action in found.actions] == ["approve order", "set limits", "finish order"]


def test_an_adopted_account_is_adopted_again_without_any_change(world: World) -> None:
    one = adopted(world)
    world.accounts["climate"] = one.after
    again = adopted(world)
    assert again.before == again.after == one.after


def test_an_account_that_is_not_there_is_refused(world: World) -> None:
    assert refusal(world, "nowhere") == "there is no account nowhere in Slurm"


@pytest.mark.parametrize("name", ["root", "slurm", "waldur"])
def test_protected_accounts_and_parents_of_offerings_are_refused(world: World, name: str) -> None:
    world.accounts.setdefault(name, account(name))
    assert "protected" in refusal(world, name) or "parent account of an offering" in refusal(world, name)


def test_a_name_that_no_version_of_slurm_keeps_is_refused(world: World) -> None:
    world.accounts["climate.group"] = account("climate.group")
    assert "is no name that the agent manages" in refusal(world, "climate.group")


def test_markers_of_other_resources_offerings_and_projects_are_refused(world: World) -> None:
    world.accounts["climate"] = account("climate", "ocean")
    assert "carries the marker of another resource" in refusal(world)
    world.accounts["climate"] = account("climate", "weather", offering=OTHER_OFFERING)
    assert "carries the marker of another offering" in refusal(world)
    above = description(uuid_of("project"), "Climate", "project")
    world.accounts["climate"] = account("climate", organization=organization(OFFERING), description=above)
    assert "is the one of a project" in refusal(world)


def test_a_resource_has_one_account(world: World) -> None:
    world.accounts["first"] = account("first", "weather")
    assert refusal(world) == "resource weather has account first already"


def test_a_name_that_another_resource_has_or_had_is_refused(world: World) -> None:
    world.remember(used_by={"climate": uuid_of("old")})
    assert "was the one of another resource" in refusal(world)
    world.remember(used_by={})
    world.resource("ocean", backend_id="Climate")
    assert "is the backend_id of another resource: ocean" in refusal(world)


def test_an_account_with_accounts_below_it_is_refused_and_they_are_named(world: World) -> None:
    world.accounts["sub"] = account("sub", parent="climate")
    assert refusal(world) == "account climate has accounts below it: sub; move them"


@pytest.mark.parametrize("state", [ResourceState.TERMINATING, ResourceState.TERMINATED])
def test_a_resource_that_ends_takes_no_account(world: World, state: ResourceState) -> None:
    world.flag("weather", state=state)
    assert "is being terminated" in refusal(world)


def test_an_open_terminate_order_is_an_end_too(world: World) -> None:
    world.order("weather", OrderType.TERMINATE)
    assert "is being terminated" in refusal(world)


def found_candidates(world: World) -> list[tuple[str, str]]:
    return [(resource.name, name) for _, resource, name in candidates(sight(world))]


def test_a_candidate_is_named_like_the_backend_id_or_as_the_policy_would_name_it(world: World) -> None:
    assert found_candidates(world) == []
    world.flag("weather", backend_id="Climate")
    world.resource("ocean")
    world.accounts["ocean"] = account("ocean")
    assert found_candidates(world) == [("weather", "climate"), ("ocean", "ocean")]


def test_the_offerings_own_naming_finds_candidates_too(world: World) -> None:
    world.flag("weather", project_slug="climate")
    assert found_candidates(world) == []
    world.account_naming = "project_slug"
    assert found_candidates(world) == [("weather", "climate")]


def test_resources_with_an_account_and_accounts_with_a_marker_are_no_candidates(world: World) -> None:
    world.allocation("ocean")
    world.resource("storm", backend_id="lightning")
    world.accounts["lightning"] = account("lightning", "ocean", offering=OTHER_OFFERING)
    assert found_candidates(world) == []
