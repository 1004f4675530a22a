"""Usernames by the offering's template: rendered from what the marketplace shows of a person, and nothing else."""

from collections.abc import Collection, Mapping, Sequence

from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.core.usernames import UsernameMaker
from agent.errors import ConfigError
from agent.templates import names_in, render

_MADE_OF: Mapping[str, str] = {
    "full_name": "full_name",
    "given_name": "full_name",
    "surname": "full_name",
    "first_letter": "full_name",
    "email": "email",
    "email_local": "email",
    "username": "username",
}
"""A name in the template → the attribute of the person that it is made of."""


def attributes_of(template: str, claims: Collection[str]) -> tuple[str, ...]:
    """What must be read of a person for the template; of ``claims`` all where it names any. Raises ConfigError."""
    names = names_in(template)
    found = {attribute for name, attribute in _MADE_OF.items() if name in names}
    return tuple(sorted({*found, *(claims if "claims" in names else ())}))


def render_for(template: str, claims: Collection[str], person: OfferingUser, number: int) -> str:
    """The template's text for a person. Raises ConfigError when it cannot be rendered, or needs what is not shown."""
    return render(template, {**_values(person.attributes), "claims": _claimed(person, claims), "number": number})


class TemplateNames:
    """Implements ``agent.ports.NameSource``; ``make`` gives a person's text for any number, from 1.

    The text is what the template says: the core makes a username of it, and counts where a name is taken.
    """

    def __init__(self, template: str, claims: Collection[str] = ()) -> None:
        self.make: UsernameMaker | None = self._text
        self._template = template
        self._claims = tuple(claims)
        self._needed = attributes_of(template, claims)

    def names(self, people: Sequence[OfferingUser]) -> Mapping[str, Proposal]:
        """Marketplace user → the text with number 1, or why there is none."""
        return {person.user_uuid: self._proposal(person) for person in people}

    def _text(self, person: OfferingUser, number: int) -> str:
        """The text for a person and a number, or nothing: one person never stops a plan."""
        try:
            return render_for(self._template, self._claims, person, number)
        except ConfigError:
            return ""

    def _proposal(self, person: OfferingUser) -> Proposal:
        try:
            text = render_for(self._template, self._claims, person, 1)
        except ConfigError as error:
            return Proposal(reason=self._hidden(person) or f"the template cannot be rendered: {error}")
        return Proposal(name=text) if text.strip() else Proposal(reason="the template gives nothing for this person")

    def _hidden(self, person: OfferingUser) -> str:
        hidden = [attribute for attribute in self._needed if attribute not in person.attributes]
        return f"the marketplace shows no {' and no '.join(hidden)} of this person" if hidden else ""


def _values(shown: Mapping[str, str]) -> dict[str, str]:
    values = {name: shown[name] for name in ("full_name", "email", "username") if name in shown}
    if "full_name" in values:
        *given, surname = values["full_name"].split() or [""]
        values |= {"given_name": " ".join(given), "surname": surname, "first_letter": " ".join(given)[:1]}
    if "email" in values:
        values["email_local"] = values["email"].partition("@")[0]
    return values


def _claimed(person: OfferingUser, claims: Collection[str]) -> Mapping[str, str]:
    return {claim: person.attributes[claim] for claim in claims if claim in person.attributes}
