"""One offering's feed, admitted, rendered and written, in a process that does nothing else.

Run as a program with the marketplace's URL, the offering and a folder; the token is in the environment. Prints the
seconds and the number of users in the file. The offering's users, which tell whose each record is, are read before the
clock starts, as any cycle reads them anyway.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from agent.core.admission.intake import admit_feeds
from agent.core.known import Known
from agent.core.model.directory import Feed
from agent.core.model.marketplace import OfferingUser
from agent.core.policy import AdmissionPolicy, OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Complete, Missing, Observed, OfferingSnapshot
from agent.marketplace.client import Client
from agent.marketplace.http import Http
from backends.glauth.server import GlauthDirectory

ADMISSION = AdmissionPolicy(uid_range=(1000, 2**30), gid_range=(1000, 2**30))
_BASE = """\
watchconfig = true

[ldap]
enabled = true
listen = "127.0.0.1:3893"
tls = false

[ldaps]
enabled = false

[backend]
datastore = "config"
baseDN = "dc=example,dc=org"
nameformat = "cn,uid"
groupformat = "ou,cn"

[behaviors]
LimitFailedBinds = false
"""


def publish(url: str, token: str, offering: str, folder: Path) -> dict[str, float]:
    """Nothing is proved: there is no GLAuth."""
    (folder / "base.toml").write_text(_BASE, encoding="utf-8")
    server = GlauthDirectory(
        file=folder / "glauth.cfg",
        base_file=folder / "base.toml",
        key_file=folder / "sentinel.key",
        last_good=folder / "last-good.toml",
        probe=None,
    )
    client, policy = Client(Http(url, token)), OfferingPolicy(uuid=offering, name="HPC", parent_account="root")
    users = client.offering_users(offering, ())
    began = time.monotonic()
    observed = _observed(offering, client.directory_feed(offering), users)
    admitted = admit_feeds([policy], observed, Known(), {}, ADMISSION)
    assert admitted is not None
    server.publish(admitted.directory)
    seconds = time.monotonic() - began
    return {"seconds": seconds, "users": len(server.current().users)}


def _observed(offering: str, feed: Feed, users: Sequence[OfferingUser]) -> Observed:
    """A cycle in which nothing else was asked for."""
    nothing = Missing("not read")
    return Observed(
        at=0.0,
        offerings={
            offering: OfferingSnapshot(
                offering=nothing,
                orders=nothing,
                resources=nothing,
                teams=nothing,
                users=Complete(tuple(users)),
                feed=Complete(feed),
            )
        },
        cluster=ClusterSnapshot(accounts=nothing, associations=nothing, partitions=nothing, facts=nothing),
    )


if __name__ == "__main__":
    address, uuid, where = sys.argv[1:]
    print(json.dumps(publish(address, os.environ["AGENT_BENCH_TOKEN"], uuid, Path(where))))
