"""Taking users out of accounts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.defaults import default_lines, load_defaults, many, new_defaults
from backends.slurm.membership import Membership, Pair, membership
from backends.slurm.names import association_objection
from backends.slurm.pace import Pace
from backends.slurm.products import removal_commands
from backends.slurm.session import Session, change
from backends.slurm.settle import Outcome, Refused, outcome, settle

ACTIVE_JOB = re.compile(r"JobID = (\S+) .*?\bA = (\S+) .*?\bU = ([^\s;]+)")
FEW = 20
"""So many pairs go at once, whatever the number of partitions."""
BUSY = "jobs are active, cancel them or wait until they end"


def remove_associations(session: Session, associations: Sequence[Pair]) -> tuple[Refusal, ...]:
    """Remove (account, user) associations, of every partition.

    A user's default account is moved before, to one he stays in. A running job holds only its own user's removal; the
    refusal then names the jobs.
    """
    good, refusals = _screened(associations)
    if good:
        with session.lock.acquire(session.write_deadline):
            there = membership(session, [user for _, user in good]) if len(good) > FEW else None
            pace = Pace()
            refused: list[tuple[Pair, str]] = []
            for portion in portions(good, there.several if there else {}, pace):
                with pace.measured():
                    refused += _removed(session, portion, there)
                there = None  # for the next portion it would be too old
        refusals += [Refusal("/".join(pair), said) for pair, said in refused]
    return tuple(refusals)


def portions(pairs: Iterable[Pair], several: Mapping[Pair, int], pace: Pace) -> Iterator[list[Pair]]:
    """All pairs in portions of about as many associations as the pace says.

    Those of one user stay together: where he stays is decided once. ``several``: how many associations a pair has that
    has not just one.
    """
    portion: list[Pair] = []
    for _, of_user in groupby(sorted(pairs, key=itemgetter(1, 0)), key=itemgetter(1)):
        if sum(several.get(pair, 1) for pair in portion) >= pace.size:
            yield portion
            portion = []
        portion += of_user
    if portion:
        yield portion


def _screened(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Refusal]]:
    objections = {pair: association_objection(*pair) for pair in dict.fromkeys(pairs)}
    good = [pair for pair, why in objections.items() if not why]
    return good, [Refusal("/".join(pair), why) for pair, why in objections.items() if why]


def _removed(session: Session, pairs: Sequence[Pair], there: Membership | None) -> Refused[Pair]:
    """Users whom Slurm names as busy are refused at once; only what is left then is found by halving."""
    done = _attempt_associations(session, pairs, there)
    busy = busy_jobs(done.said)
    named = tuple((pair, f"{BUSY}: {', '.join(busy[pair])}") for pair in done.missing if pair in busy)
    rest = [pair for pair in done.missing if pair not in busy]
    return (*named, *settle(rest, lambda some: _attempt_associations(session, some)))


def busy_jobs(said: str) -> dict[Pair, list[str]]:
    """The active jobs that Slurm names in a refusal, by (account, user)."""
    jobs: dict[Pair, list[str]] = {}
    for job, account, user in ACTIVE_JOB.findall(said):
        jobs.setdefault((account, user), []).append(job)
    return jobs


def _attempt_associations(session: Session, pairs: Sequence[Pair], known: Membership | None = None) -> Outcome[Pair]:
    there = known or membership(session, [user for _, user in pairs])
    present = [pair for pair in pairs if pair[0] in there.accounts.get(pair[1], ())]
    if not present:
        return Outcome((), "")
    defaults = new_defaults(present, there)
    if by_load := many(defaults):
        load_defaults(session, defaults, there.partitions)
    moving = () if by_load else default_lines(session.cluster, defaults)
    lines = (*moving, *removal_commands(session.cluster, present, there))
    reads = commands.show_associations_of(session.cluster, [account for account, _ in present])
    reply = change(session, "sacctmgr", lines, reads)
    left = {(row.account, row.user) for row in readback.association_rows(reply.answers, session.cluster)}
    return outcome("sacctmgr", (pair for pair in present if pair in left), reply.said)
