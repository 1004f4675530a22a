"""One offering's feed, admitted, rendered and written, in a process that does nothing else.

Run as a program with the marketplace's URL, the offering and a folder; the token is in the environment. Prints the
seconds and the number of users in the file.
"""

import json
import os
import sys
import time
from pathlib import Path

from agent.core.admission import admit
from agent.core.policy import AdmissionPolicy
from agent.marketplace.client import Client
from agent.marketplace.http import Http
from backends.glauth.server import GlauthDirectory

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
    client = Client(Http(url, token))
    began = time.monotonic()
    feed = client.directory_feed(offering)
    admitted = admit(
        [(offering, feed.directory)], AdmissionPolicy(uid_range=(1000, 2**30), gid_range=(1000, 2**30)), {}
    )
    server.publish(admitted.directory)
    seconds = time.monotonic() - began
    return {"seconds": seconds, "users": len(server.current().users)}


if __name__ == "__main__":
    address, uuid, where = sys.argv[1:]
    print(json.dumps(publish(address, os.environ["AGENT_BENCH_TOKEN"], uuid, Path(where))))
