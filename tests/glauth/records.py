"""A small directory: one who works, one who is disabled, and their groups."""

from collections.abc import Mapping
from typing import Any

import tomli_w

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser

ALICE = DirectoryUser(
    name="alice",
    uidnumber=10_001,
    primarygroup=10_001,
    othergroups=(20_001,),
    givenname='A"li\\ce 😀',
    sn="Größe",
    mail="alice@uni.example",
    loginshell="/bin/bash",
    homedir="/home/alice",
    sshkeys=("ssh-ed25519 AAAA alice@waldur", "ssh-rsa BBBB alice@waldur"),
)
GONE = DirectoryUser(
    name="gone",
    uidnumber=10_002,
    primarygroup=10_002,
    loginshell="/usr/sbin/nologin",
    homedir="/home/gone",
    disabled=True,
)
GROUPS = tuple(
    DirectoryGroup(name=name, gidnumber=gid) for name, gid in (("alice", 10_001), ("gone", 10_002), ("20001", 20_001))
)
DIRECTORY = Directory(users=(ALICE, GONE), groups=GROUPS)


def written(tables: Mapping[str, Any]) -> str:
    """A base file of these tables, each user and group under a header of its own, as a person writes them."""
    records = [(kind, record) for kind in ("groups", "users") for record in tables.get(kind, [])]
    rest = {key: value for key, value in tables.items() if key not in {"users", "groups"}}
    return tomli_w.dumps(rest) + "".join(f"\n[[{kind}]]\n{tomli_w.dumps(record)}" for kind, record in records)
