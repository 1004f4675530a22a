"""Which account is a resource's: the marker first, then memory, then backend_id, then the name policy."""

from agent.core.known import Known
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Resource, ResourceState
from agent.core.names import organization
from agent.core.place import Place, Places, is_ours, names_in_use
from tests.fixtures.worlds import OFFERING, OTHER_OFFERING, account, name_of, uuid_of


def resource(name: str = "alloc", backend_id: str = "") -> Resource:
    return Resource(uuid=uuid_of(name), name=name, slug=name, state=ResourceState.OK, backend_id=backend_id)


def place(one: Resource, *accounts: Account, known: Known | None = None, others: tuple[Resource, ...] = ()) -> Place:
    known, there = known or Known(), {found.name: found for found in accounts}
    used_by = names_in_use([OFFERING, OTHER_OFFERING], there, (one, *others), known)
    return Places(OFFERING, there, known, name_of, used_by).of(one)


def test_the_account_with_the_marker_is_the_resource_s_whatever_else_is_said():
    known = Known(accounts={uuid_of("alloc"): "remembered"})
    one = resource(backend_id="told")
    assert place(one, account("marked", "alloc"), known=known) == Place(name="marked", ours=True)


def test_without_a_marker_the_journal_comes_before_backend_id_and_policy():
    known = Known(accounts={uuid_of("alloc"): "remembered"})
    assert place(resource(backend_id="told"), known=known) == Place(name="remembered")


def test_without_a_journal_backend_id_comes_before_the_policy_in_lower_case():
    assert place(resource(backend_id="Told_One")) == Place(name="told_one")


def test_else_the_name_policy_decides():
    assert place(resource()) == Place(name="alloc")


def test_of_two_accounts_with_one_marker_the_first_by_name_counts():
    assert place(resource(), account("b", "alloc"), account("a", "alloc")) == Place(name="a", ours=True)


def test_an_account_that_stands_without_our_marker_is_refused():
    found = place(resource(), Account(name="alloc", parent="root"))
    assert found == Place(name="alloc", refused="account alloc exists already and belongs to somebody else")


def test_a_backend_id_that_points_to_another_resource_s_account_does_not_give_it_away():
    found = place(resource(backend_id="theirs"), account("theirs", "other"))
    assert (found.ours, bool(found.refused)) == (False, True)


def test_a_backend_id_that_is_no_account_name_is_refused():
    assert place(resource(backend_id="a b")).refused == "'a b' cannot be the name of a Slurm account"


def test_a_name_another_resource_is_said_to_have_is_passed_over():
    assert place(resource(), others=(resource("other", backend_id="ALLOC"),)) == Place(name="alloc-2")


def test_a_name_with_the_marker_of_another_offering_s_resource_is_passed_over():
    assert place(resource(), account("alloc", "x", offering=OTHER_OFFERING)) == Place(name="alloc-2")


def test_a_name_given_out_in_this_run_is_not_given_to_a_second_offering():
    used_by: dict[str, str] = {}
    first, second = resource("same"), Resource(uuid="b" * 32, name="same", slug="same", state=ResourceState.OK)
    assert Places(OFFERING, {}, Known(), name_of, used_by).of(first) == Place(name="same")
    assert Places(OTHER_OFFERING, {}, Known(), name_of, used_by).of(second) == Place(name="same-2")


def test_a_marker_needs_both_the_offering_and_a_resource():
    assert is_ours(account("a", "alloc"), OFFERING)
    assert not is_ours(account("a", "alloc"), OTHER_OFFERING)
    assert not is_ours(Account(name="a", parent="", organization=organization(OFFERING), description="mine"), OFFERING)
