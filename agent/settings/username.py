"""The table that says who makes the usernames of an offering."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from agent.core.model.marketplace import OfferingUser
from agent.core.names import is_username
from agent.core.policy import UsernamePolicy
from agent.core.usernames import LONGEST, as_username
from agent.errors import ConfigError
from agent.settings import kinds, user_kinds
from agent.settings.table import Table
from agent.username_template import attributes_of, render_for

EXAMPLE = "{{ first_letter }}{{ surname }}"
_ADA = {"full_name": "Ada Lovelace", "email": "ada.lovelace@example.org", "username": "lovelace-17@idp.example.org"}
_EMMY = {"full_name": "Emmy Noether", "email": "noether@example.com", "username": "en42"}


class UsernameSettings(Table):
    """Who names the offering's people, where it leaves that to the provider. A name once given stays."""

    source: Literal["template", "command", "directory"] = Field(
        default="template",
        description="Who makes a name: the template below, a command of the site's own, or the directory of the table"
        " identity.",
    )
    longest: user_kinds.Length = Field(default=LONGEST, description="The most characters of a name.")
    claims: user_kinds.PersonalAttributes = Field(
        default=(),
        description="More attributes of a person to be read from the marketplace, as `user_…` of its offering users:"
        " the template has them as `claims.NAME`, the command gets them and nothing else. One that the marketplace"
        " hides is left out.",
        examples=[["organization"]],
    )
    template: str | None = Field(
        default=None,
        description="A Jinja2 template of full_name, given_name, surname (the last word of the full name),"
        " first_letter (of the given name), email, email_local, username (the marketplace's own), claims and number. It"
        " is brought to a-z, 0-9, _, . and -; a name that is taken gets the next number.",
        examples=[EXAMPLE],
    )
    command: kinds.Command = Field(
        default=(),
        description="The command that names people, by its whole path, and its arguments. It gets a JSON list of"
        ' `{"user_uuid": …, "attributes": {…}}` on stdin and has a minute to write an object of each user_uuid with'
        ' its name, with `{"reason": …}` where there is none, or with null for somebody it does not know yet. In the'
        " service it has no more rights than a command of hooks.",
    )
    attribute: user_kinds.LdapAttribute = Field(
        default="uid", description="The attribute of the directory that holds the name."
    )
    match: tuple[user_kinds.LdapAttribute, user_kinds.PersonalAttribute] | None = Field(
        default=None,
        description="How a person is found in the directory: its attribute, and that of the person in the marketplace"
        " which must be equal. Take one that the person cannot change.",
        examples=[["mail", "email"]],
    )

    @field_validator("template", mode="after")
    @classmethod
    def _gives_names(cls, template: str | None, info: ValidationInfo) -> str | None:
        if template is not None and {"claims", "longest"} <= info.data.keys():
            for number in (1, 2):
                _proved(template, info.data["claims"], info.data["longest"], number)
        return template

    def policy(self) -> UsernamePolicy:
        """Who names people, and what must be read of them for it."""
        return UsernamePolicy(source=self.source, attributes=self._attributes(), longest=self.longest)

    def _attributes(self) -> tuple[str, ...]:
        if self.source == "template":
            return attributes_of(self.template or "", self.claims)
        if self.source == "directory":
            return self.match[1:] if self.match else ()
        return self.claims


def names_people_apart(settings: UsernameSettings) -> bool:
    """Whether two people get two names from the template, by themselves or by the number."""
    with suppress(ConfigError):  # a template may refuse somebody
        texts = (
            _text(settings.template or "", settings.claims, who, number) for number, who in ((1, _ADA), (2, _EMMY))
        )
        return len(set(texts)) == 2
    return True


def _proved(template: str, claims: tuple[str, ...], longest: int, number: int) -> None:
    try:
        text = _text(template, claims, _ADA, number)
    except ConfigError as error:
        raise ValueError(str(error)) from error
    if not is_username(as_username(text, longest)):
        raise ValueError(f"gives {text[:40]!r}, of which no username can be made; write for instance {EXAMPLE}")


def _text(template: str, claims: tuple[str, ...], who: Mapping[str, str], number: int) -> str:
    shown = {**dict.fromkeys(claims, who["email"]), **who}
    return render_for(template, claims, OfferingUser(uuid="", user_uuid="", attributes=shown), number)
