"""Names of accounts are given once; associations and coordinators that we made are known as ours."""


def test_the_account_of_a_resource_is_the_first_one_chosen(journal):
    journal.remember_accounts({"r1": "alloc"}, 1.0)
    journal.remember_accounts({"r1": "other"}, 2.0)
    known = journal.known(3.0)
    assert (known.accounts, known.used_by) == ({"r1": "alloc"}, {"alloc": "r1"})


def test_the_name_of_an_account_never_changes_hands(journal):
    journal.remember_accounts({"r1": "alloc"}, 1.0)
    journal.remember_accounts({"r2": "alloc"}, 2.0)
    assert journal.known(3.0).used_by == {"alloc": "r1"}


def test_an_association_that_is_gone_leaves_its_account_known(journal):
    journal.remember_associations([("alloc", "alice"), ("alloc", "bob")], 1.0)
    journal.forget_associations([("alloc", "alice"), ("alloc", "never made")], 2.0)
    known = journal.known(3.0)
    assert (known.associations, known.journaled) == ({("alloc", "bob")}, {"alloc"})
    journal.forget_associations([("alloc", "bob")], 3.0)
    assert (journal.known(4.0).associations, journal.known(4.0).journaled) == (frozenset(), {"alloc"})


def test_an_association_made_again_is_ours_again(journal):
    for _ in range(2):
        journal.remember_associations([("alloc", "alice")], 1.0)
        journal.forget_associations([("alloc", "alice")], 2.0)
        journal.remember_associations([("alloc", "alice")], 3.0)
    assert journal.known(4.0).associations == {("alloc", "alice")}


def test_who_was_made_a_coordinator_is_known_until_it_is_over(journal):
    journal.remember_coordinators([("alloc", "alice"), ("alloc", "bob"), ("other", "alice")], 1.0)
    journal.remember_coordinators([("alloc", "alice")], 2.0)
    assert journal.known(3.0).coordinators == {("alloc", "alice"), ("alloc", "bob"), ("other", "alice")}
    journal.forget_coordinators([("alloc", "alice"), ("alloc", "nobody")])
    assert journal.known(4.0).coordinators == {("alloc", "bob"), ("other", "alice")}


def test_names_with_quotes_and_newlines_are_data(journal):
    evil = "a'); drop table account; --\n\"|"
    journal.remember_associations([(evil, evil)], 1.0)
    journal.remember_accounts({"r": evil}, 1.0)
    known = journal.known(2.0)
    assert (known.associations, known.accounts) == ({(evil, evil)}, {"r": evil})
