"""The tables of the journal, as the steps that made them: a file of an older version takes the steps it lacks."""

_RUNS_NAMES_REMOVALS_AND_WHAT_WAS_TOLD = """
create table run (id integer primary key, lane text not null, started real not null, ended real, outcome text);
create table intent (
    run integer not null references run, key text not null, offering text not null, what text not null,
    value text not null, at real not null, result text, detail text, done real, primary key (run, key));
create table account (resource text primary key, name text not null unique, at real not null);
create table association (account text not null, user text not null, made real not null, removed real,
    primary key (account, user));
create table username (offering text not null, user text not null, name text not null, primary key (offering, user));
create table uid (name text primary key, uid integer not null unique);
create table blocked (key text primary key, at real not null);
create table missing (key text primary key, since real not null);
create table removal (at real not null, offering text not null, key text not null, by_order integer not null);
create index removal_at on removal (at);
create table released (checksum text primary key, at real not null);
create table usage (month text not null, resource text not null, component text not null, user text not null,
    amount text not null, at real not null, primary key (month, resource, component, user)) without rowid;
create table metadata (subject text primary key, checksum text not null, at real not null);
"""

_WHAT_IS_TO_BE_PUT_BACK_PERIODS_AND_APPROVALS = """
create table replaced (key text not null, field text not null, before text not null, at real not null,
    primary key (key, field)) without rowid;
create table aside (account text not null, user text not null, value text not null, own integer not null,
    at real not null, primary key (account, user)) without rowid;
create table reset (account text primary key, period text not null, at real not null);
create table asked (subject text primary key, at real not null, times integer not null);
"""

_WHOSE_NAMES_ARE_COORDINATORS_AND_EVENTS = """
create table holder (name text primary key, user text not null, at real) without rowid;
create table let_go (name text primary key, user text not null, at real not null) without rowid;
create table coordinator (account text not null, user text not null, at real not null,
    primary key (account, user)) without rowid;
create table event (key text primary key, kind text not null, about text not null, offering text not null,
    facts text not null, noted real not null, told real, tries integer not null default 0,
    tried real not null default 0, trouble text not null default '');
create index event_waiting on event (noted) where told is null;
insert or ignore into holder select name, user, null from username where name <> '' order by offering, user;
"""

_WHOM_A_UID_IS_FOR_FEEDS_AND_QUARANTINE = """
alter table uid add column gid integer;
alter table uid add column person text not null default '';
create table feed (offering text primary key, content text not null, at real not null) without rowid;
create table quarantine (kind text not null, name text not null, offering text not null, reason text not null,
    since real not null, primary key (kind, name, offering)) without rowid;
"""

_WHICH_GROUP_A_GID_IS_FOR = """
create table group_gid (gid integer primary key, name text not null);
"""

STEPS = (
    _RUNS_NAMES_REMOVALS_AND_WHAT_WAS_TOLD,
    _WHAT_IS_TO_BE_PUT_BACK_PERIODS_AND_APPROVALS,
    _WHOSE_NAMES_ARE_COORDINATORS_AND_EVENTS,
    _WHOM_A_UID_IS_FOR_FEEDS_AND_QUARANTINE,
    _WHICH_GROUP_A_GID_IS_FOR,
)
"""Step n makes version n of version n - 1. A step that was released is never changed."""

VERSION = len(STEPS)


def statements(version: int) -> list[str]:
    """What makes the present version of an older one; 0 is an empty file."""
    return [text for step in STEPS[version:] for text in step.split(";") if text.strip()]
