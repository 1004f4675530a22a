"""What the agent remembers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from agent.core.actions import Action
from agent.core.admission import RefusedRecord
from agent.core.known import Known, SetAside
from agent.core.model.directory import Feed, Quarantined
from agent.core.model.people import Event


class Journal(Protocol):
    """What cannot be read back from any system. Every call is one transaction; safe from several threads."""

    def known(self, now: float) -> Known:
        """All that the core needs to know, as it stands."""
        ...

    def begin(self, lane: str, at: float) -> int:
        """A new run; the number the other calls refer to."""
        ...

    def end(self, run: int, at: float, outcome: str) -> None:
        """The run is over; ``outcome`` is one word and perhaps a reason."""
        ...

    def intend(self, run: int, actions: Sequence[Action], at: float) -> None:
        """What is about to be done, written before it is."""
        ...

    def conclude_all(self, run: int, results: Sequence[tuple[str, str, str]], at: float) -> None:
        """What became of many intended actions: key, result, detail."""
        ...

    def remember_accounts(self, accounts: Mapping[str, str], at: float) -> None:
        """Resource → the account chosen for it, before it is made; a name is never given to another resource."""
        ...

    def replace(self, values: Mapping[str, Mapping[str, str]], at: float) -> None:
        """``account`` or ``account/user`` → field → the value that is about to be replaced for a time.

        The first value stays until it is put back.
        """
        ...

    def put_back(self, fields: Iterable[tuple[str, str]]) -> None:
        """These (key, field) have their own value again."""
        ...

    def set_aside(self, associations: Sequence[SetAside], at: float) -> None:
        """Associations that a restriction is about to take away. The first entry of a pair stays."""
        ...

    def taken_up(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These set-aside associations are back, or will never be."""
        ...

    def remember_resets(self, periods: Mapping[str, str], at: float) -> None:
        """Account → the period whose usage it counts from now on."""
        ...

    def remember_associations(self, made: Sequence[tuple[str, str]], at: float) -> None:
        """The (account, user) associations the agent is about to make."""
        ...

    def forget_associations(self, removed: Sequence[tuple[str, str]], at: float) -> None:
        """Associations that are gone from Slurm."""
        ...

    def remember_usernames(self, offering: str, names: Mapping[str, str]) -> None:
        """Marketplace user → username, as the offering has them now."""
        ...

    def hold_usernames(self, names: Mapping[str, str], at: float) -> None:
        """Name → the marketplace user it is for, before it is given; what is there already stays."""
        ...

    def release_username(self, name: str, at: float, *, strange: bool = False) -> None:
        """A person says that nobody has this name any more: whoever is given it next has it.

        ``strange``: where only the name is known of whom its uid was for, that is surely not the holder.
        """
        ...

    def remember_coordinators(self, pairs: Sequence[tuple[str, str]], at: float) -> None:
        """The (account, user) pairs the agent is about to make coordinators."""
        ...

    def forget_coordinators(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These coordinate no longer."""
        ...

    def events(self) -> tuple[Event, ...]:
        """The events that were noted and that no command has taken yet, oldest first."""
        ...

    def noted(self) -> frozenset[str]:
        """The keys of all events ever noted."""
        ...

    def note_events(self, events: Sequence[Event], at: float) -> None:
        """Things that happened; one that was noted before stays as it is."""
        ...

    def forget_events(self, keys: Sequence[str]) -> None:
        """These may be noted anew."""
        ...

    def told_event(self, key: str, trouble: str, at: float) -> None:
        """The command took the event (``trouble`` is ""), or did not and is tried again."""
        ...

    def remember_uids(
        self, uids: Mapping[str, int], gids: Mapping[str, int] = ..., persons: Mapping[str, str] = ...
    ) -> None:
        """Name → uid, gid of the own group, and whose it is, of every record served; an entry is never changed."""
        ...

    def remember_groups(self, groups: Mapping[int, str]) -> None:
        """Gid → name of groups of several users that are served; what is there already stays."""
        ...

    def remember_feed(self, offering: str, feed: Feed, at: float) -> None:
        """The offering's feed, read whole: the last good one from now on."""
        ...

    def is_last_feed(self, offering: str, feed: Feed) -> bool:
        """Whether this is the offering's last good feed already."""
        ...

    def last_feed(self, offering: str) -> Feed | None:
        """The offering's last feed that was read whole; None when there was none."""
        ...

    def remember_quarantine(self, refused: Collection[RefusedRecord], at: float) -> None:
        """All records that are not served now; one that was refused before keeps its date."""
        ...

    def quarantined(self) -> tuple[Quarantined, ...]:
        """The records that are not served, the longest refused first."""
        ...

    def block(self, keys: Sequence[str], at: float) -> None:
        """``account`` or ``account/user`` is about to be blocked by the agent."""
        ...

    def unblock(self, keys: Sequence[str]) -> None:
        """The agent's block is taken back, or what was blocked is gone."""
        ...

    def missing(self, keys: Sequence[str], at: float) -> None:
        """The keys of all absences in this cycle's complete sections: new ones are dated, the others forgotten."""
        ...

    def removed(self, offering: str, keys: Sequence[str], by_order: bool, at: float) -> None:
        """Objects that were removed, for the guard's budgets."""
        ...

    def release(self, checksum: str, at: float) -> None:
        """A person let these held actions go."""
        ...

    def used_release(self, checksum: str) -> None:
        """The release was used; it counts once."""
        ...

    def told_usage(self, month: str) -> Mapping[str, Mapping[tuple[str, str], Decimal]]:
        """Resource → (component, username or "") → the amount the marketplace was told for that month."""
        ...

    def tell_usage(self, month: str, resource: str, amounts: Mapping[tuple[str, str], Decimal], at: float) -> None:
        """The marketplace has taken these amounts."""
        ...

    def asked(self, order: str) -> tuple[float, int]:
        """When the approval command was last asked about an order, and how often; (0.0, 0) if never."""
        ...

    def ask(self, order: str, at: float) -> None:
        """The approval command is about to be asked about an order."""
        ...

    def told_metadata(self, subject: str) -> tuple[float, str]:
        """When the metadata of an offering or resource was last written, and its checksum; (0.0, "") if never."""
        ...

    def tell_metadata(self, subject: str, checksum: str, at: float) -> None:
        """The marketplace has taken this metadata."""
        ...
