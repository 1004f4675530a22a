"""What the engine needs from the world, as Protocols.

Reads raise ``Unavailable`` (nothing is known) or ``Incomplete`` (``rows`` holds what arrived). All functions are plain
and may be called from several threads, except where a writer lock says otherwise.
"""

from agent.ports.clock import Clock
from agent.ports.cluster import Cluster, Refusal
from agent.ports.commands import Answer, Approver, HookRunner
from agent.ports.directory import DirectoryServer
from agent.ports.journal import Journal
from agent.ports.marketplace import Marketplace
from agent.ports.people import Identities, NameSource

__all__ = [
    "Answer",
    "Approver",
    "Clock",
    "Cluster",
    "DirectoryServer",
    "HookRunner",
    "Identities",
    "Journal",
    "Marketplace",
    "NameSource",
    "Refusal",
]
