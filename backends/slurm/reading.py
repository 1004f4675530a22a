"""Everything Slurm shows: one ``sacctmgr``, one ``scontrol``, one for each of ``people`` that is asked for.

An outage is a Missing section.
"""

from collections.abc import Sequence
from dataclasses import replace

from agent.core.snapshot import NOT_READ, ClusterSnapshot, Missing
from agent.errors import Unavailable
from backends.slurm import accounting, controller, people
from backends.slurm.session import Reply, Session, ask


def observe(session: Session) -> ClusterSnapshot:
    """Accounts, associations, people, partitions and the controller's own facts."""
    books = observe_accounting(session)
    reply = _asked(session, "scontrol", controller.COMMANDS)
    return replace(
        books,
        partitions=reply if isinstance(reply, Missing) else controller.partitions(reply),
        facts=reply if isinstance(reply, Missing) else controller.facts(reply),
    )


def observe_accounting(session: Session) -> ClusterSnapshot:
    """Accounts, associations, QOS and people; the other sections are Missing."""
    reply = _asked(session, "sacctmgr", accounting.commands(session.cluster))
    accounts = reply if isinstance(reply, Missing) else accounting.accounts(reply, session.cluster)
    return ClusterSnapshot(
        accounts=accounts,
        associations=reply if isinstance(reply, Missing) else accounting.associations(reply, session.cluster),
        qos=reply if isinstance(reply, Missing) else accounting.qos(reply),
        partitions=NOT_READ,
        facts=NOT_READ,
        coordinators=people.coordinators(session, accounts) if session.coordinators else NOT_READ,
        default_accounts=people.default_accounts(session) if session.default_accounts else NOT_READ,
    )


def _asked(session: Session, program: str, commands: Sequence[str]) -> Reply | Missing:
    try:
        return ask(session, program, commands)
    except Unavailable as error:
        return Missing(str(error))
