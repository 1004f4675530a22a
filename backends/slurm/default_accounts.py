"""Making accounts the default of users who are in them, as the settings want it."""

from collections.abc import Mapping, Sequence

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.defaults import default_lines, load_defaults, many
from backends.slurm.membership import membership
from backends.slurm.names import association_objection
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, outcome, settle


def set_default_accounts(session: Session, accounts: Mapping[str, str]) -> tuple[Refusal, ...]:
    """User → the account that becomes his default. Who is not in it is refused alone; Slurm would refuse all."""
    objections = {user: association_objection(account, user) for user, account in accounts.items()}
    refusals = [Refusal(user, why) for user, why in objections.items() if why]
    good = [user for user, why in objections.items() if not why]
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = settle(good, lambda some: _attempt(session, {user: accounts[user] for user in some}))
        refusals += [Refusal(user, said) for user, said in refused]
    return tuple(refusals)


def _attempt(session: Session, wanted: Mapping[str, str]) -> Outcome[str]:
    there = membership(session, tuple(wanted))
    outside = [user for user, account in wanted.items() if account not in there.accounts.get(user, frozenset())]
    refused = tuple(
        (user, f"there is no association with {wanted[user]}, which was to be the default") for user in outside
    )
    moving = {
        user: account for user, account in wanted.items() if user not in outside and there.defaults.get(user) != account
    }
    if not moving:
        return Outcome((), "", refused)
    loaded = load_defaults(session, moving, there.partitions) if many(moving) else ""
    lines = () if many(moving) else default_lines(session.cluster, moving)
    now, said = _read_back(session, lines, tuple(moving))
    missing = (user for user, account in moving.items() if now.get(user) != account)
    return outcome("sacctmgr", missing, "; ".join(filter(None, (loaded, said))), refused)


def _read_back(session: Session, lines: Sequence[str], users: Sequence[str]) -> tuple[Mapping[str, str], str]:
    reads = commands.show_default_accounts(users)
    reply = change(session, "sacctmgr", lines, reads) if lines else ask_surely(session, "sacctmgr", reads)
    return readback.texts(reply.answers), reply.said
