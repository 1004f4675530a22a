"""What the demo plays on: a marketplace, a cluster, a GLAuth if there is one, and an agent's settings."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.sandbox.cluster.site import EmbeddedCluster
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.marketplace.world import World
from agent.sandbox.real.glauth import RealGlauth
from agent.sandbox.real.slurm import RealCluster
from agent.sandbox.settings_file import write_settings

BASE = """\
watchconfig = true
[ldap]
enabled = true
listen = "127.0.0.1:3893"
[ldaps]
enabled = false
[backend]
datastore = "config"
baseDN = "dc=example,dc=org"
nameformat = "cn,uid"
groupformat = "ou,cn"
"""


class Unprepared(Exception):
    """The demo cannot be played on this machine; the text says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The servers, and the settings that point at them."""

    world: World
    offering: str
    cluster: EmbeddedCluster | RealCluster
    glauth: RealGlauth | None
    glauth_file: Path
    settings: Path


@contextmanager
def stage(kind: str) -> Iterator[Stage]:
    """Everything started, and gone afterwards. Raises Unprepared."""
    with ExitStack() as stack:
        # /tmp, whatever TMPDIR says: a socket's path must be short, and the Slurm user must be able to enter it.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agent-demo-", dir="/tmp")))
        folder.chmod(0o755)
        server = stack.enter_context(MarketplaceServer())
        cluster = _cluster(kind, folder / "slurm")
        stack.enter_context(cluster)
        glauth = _glauth(folder / "glauth")
        if glauth is not None:
            stack.enter_context(glauth)
        offering = server.world.create_offering("Lab cluster")
        table, file = _glauth_table(glauth, folder / "glauth")
        settings = write_settings(folder / "agent", server.url, server.token, cluster, [offering], glauth=table)
        yield Stage(
            world=server.world,
            offering=offering,
            cluster=cluster,
            glauth=glauth,
            glauth_file=file,
            settings=settings,
        )


def _cluster(kind: str, folder: Path) -> EmbeddedCluster | RealCluster:
    folder.mkdir()
    folder.chmod(0o755)
    if kind == "embedded":
        return EmbeddedCluster(folder)
    if missing := RealCluster.missing():
        raise Unprepared(
            f"a real Slurm needs {', '.join(missing)}; as root, `make test` installs it from Debian's packages"
        )
    return RealCluster(folder)


def _glauth(folder: Path) -> RealGlauth | None:
    """A real GLAuth where its binary is found: in GLAUTH_BIN, or on the PATH."""
    folder.mkdir()
    binary = os.environ.get("GLAUTH_BIN") or shutil.which("glauth")
    return RealGlauth(Path(binary), folder) if binary and Path(binary).is_file() else None


def _glauth_table(glauth: RealGlauth | None, folder: Path) -> tuple[dict[str, Any], Path]:
    """Without a server the file is written and cannot be proved."""
    if glauth is not None:
        return {"file": str(glauth.file), "base": str(glauth.base_file), "probe_url": glauth.url}, glauth.file
    base = folder / "base.toml"
    base.write_text(BASE, encoding="utf-8")
    return {"file": str(folder / "glauth.cfg"), "base": str(base), "probe_url": ""}, folder / "glauth.cfg"
