"""The names the site's directory has for people: one entry is a name, none may come, several are nobody's."""

from collections.abc import Iterable

import pytest

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.errors import Unavailable
from backends.identity import directory_names
from backends.identity.directory_names import DirectoryNames
from backends.identity.search import SiteDirectory
from backends.ldap import Address
from tests.fixtures.ldap_listener import BIND, entry, listening, operation, result


def person(number: int, **shown: str) -> OfferingUser:
    return OfferingUser(uuid=f"o{number}", user_uuid=f"u{number}", attributes=shown)


class Directory:
    """A listener whose entries are found when their mail stands in the search, as a real server would find them."""

    def __init__(self, *entries: dict[str, list[str]]) -> None:
        self.entries, self.searches = entries, list[bytes]()

    def __call__(self, request: bytes) -> Iterable[bytes]:
        if operation(request) == BIND:
            return [result(request, 0)]
        self.searches.append(request)
        asked = request.decode("utf-8", "ignore").casefold()
        found = [one for one in self.entries if any(mail.casefold() in asked for mail in one.get("mail", []))]
        return [*(entry(request, **one) for one in found), result(request, 0)]


def names(directory: Directory, *people: OfferingUser) -> dict[str, Proposal]:
    with listening(directory) as port:
        site = SiteDirectory(
            address=Address(url=f"ldap://127.0.0.1:{port}"), base="dc=x", dn="", password=lambda: "", seconds=5
        )
        return dict(DirectoryNames(site, "uid", ("mail", "email")).names(people))


def test_the_name_is_that_of_the_one_entry_with_the_person_s_mail():
    directory = Directory({"mail": ["ada@x.org"], "uid": ["ada"]}, {"mail": ["emmy@x.org"], "uid": ["noether"]})
    found = names(directory, person(1, email="ada@x.org"), person(2, email="EMMY@x.org"))
    assert found == {"u1": Proposal(name="ada"), "u2": Proposal(name="noether")}


def test_a_person_the_directory_has_never_heard_of_is_not_linked_yet():
    assert names(Directory(), person(1, email="ada@x.org")) == {
        "u1": Proposal(reason="the directory has no entry with this mail", linked=False)
    }


def test_a_person_whose_mail_is_not_shown_is_not_looked_for():
    directory = Directory()
    found = names(directory, person(1), person(2, full_name="Ada"))
    assert found["u1"] == found["u2"] == Proposal(reason="the marketplace shows no email of this person")
    assert directory.searches == []


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (
            [{"mail": ["ada@x.org"], "uid": ["ada"]}, {"mail": ["ada@x.org", "b@x.org"], "uid": ["bob"]}],
            "the directory has 2 entries with this mail",
        ),
        ([{"mail": ["ada@x.org"]}], "the directory's entry has no uid"),
        ([{"mail": ["ada@x.org"], "uid": ["ada", "ada2"]}], "the directory's entry has 2 uid"),
    ],
)
def test_an_entry_that_does_not_say_one_name_for_one_person_names_nobody(
    entries: list[dict[str, list[str]]], reason: str
):
    assert names(Directory(*entries), person(1, email="ada@x.org")) == {"u1": Proposal(reason=reason)}


def test_two_people_with_one_mail_are_both_named_by_hand():
    directory = Directory({"mail": ["ada@x.org"], "uid": ["ada"]})
    found = names(directory, person(1, email="ada@x.org"), person(2, email="Ada@x.org"))
    assert set(found.values()) == {Proposal(reason="2 people have the same email in the marketplace")}


def test_an_entry_with_two_mails_is_one_entry_whichever_search_finds_it():
    directory = Directory({"mail": ["a0000@x.org", "a0150@x.org"], "uid": ["ada"]})
    people = [person(number, email=f"a{number:04d}@x.org") for number in range(directory_names.AT_ONCE + 60)]
    found = names(directory, *people)
    assert len(directory.searches) == 2
    assert found["u0"] == found["u150"] == Proposal(name="ada")
    assert not found["u1"].linked


def test_what_is_special_in_a_filter_finds_nobody_else():
    directory = Directory({"mail": ["ada@x.org"], "uid": ["ada"]})
    found = names(directory, person(1, email="*"), person(2, email="x)(mail=ada@x.org"))
    assert [one.name for one in found.values()] == ["", ""]
    assert all(b"\x04\x01*" in one for one in directory.searches), "a star is a value to be equal to"


def test_a_search_that_is_not_whole_names_nobody():
    def limited(request: bytes) -> Iterable[bytes]:
        if operation(request) == BIND:
            return [result(request, 0)]
        return [entry(request, mail=["ada@x.org"], uid=["ada"]), result(request, 4)]

    with pytest.raises(Unavailable, match="sizeLimitExceeded"):
        names(limited, person(1, email="ada@x.org"))  # type: ignore[arg-type]  # a listener's answer is what counts
