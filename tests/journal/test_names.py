"""Names: given once, never given to another."""


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


def test_usernames_are_kept_by_offering_and_follow_a_new_name(journal):
    journal.remember_usernames("o1", {"u": "alice", "v": "bob"})
    journal.remember_usernames("o2", {"u": "alice_o2"})
    journal.remember_usernames("o1", {"u": "alice2"})
    assert journal.known(1.0).usernames == {("o1", "u"): "alice2", ("o1", "v"): "bob", ("o2", "u"): "alice_o2"}


def test_a_uid_once_served_never_changes_and_is_never_given_away(journal):
    journal.remember_uids({"alice": 10_000})
    journal.remember_uids({"alice": 10_009, "bob": 10_000, "carol": 10_001})
    assert journal.known(1.0).uids == {"alice": 10_000, "carol": 10_001}


def test_names_with_quotes_and_newlines_are_data(journal):
    evil = "a'); drop table account; --\n\"|"
    journal.remember_associations([(evil, evil)], 1.0)
    journal.remember_accounts({"r": evil}, 1.0)
    known = journal.known(2.0)
    assert (known.associations, known.accounts) == ({(evil, evil)}, {"r": evil})
