"""A real GLAuth on loopback."""

import hashlib
import secrets
import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from ldap3 import ALL_ATTRIBUTES, NONE, SUBTREE, Connection, Server
from ldap3.utils.conv import escape_filter_chars

from agent.sandbox.real.address import free_ports
from agent.sandbox.real.daemon import Daemon

HOST = "127.0.0.1"
BASE_DN = "dc=example,dc=org"
_READER = "reader"
_START_SECONDS = 20.0
_BASE = """\
watchconfig = true

[ldap]
enabled = true
listen = "{host}:{port}"
tls = false

[ldaps]
enabled = false

[backend]
datastore = "config"
baseDN = "{base_dn}"
nameformat = "cn,uid"
groupformat = "ou,cn"

[behaviors]
LimitFailedBinds = false

[[groups]]
name = "service"
gidnumber = 9001

[[users]]
name = "{reader}"
uidnumber = 9001
primarygroup = 9001
passsha256 = "{digest}"
capabilities = [{{ action = "search", object = "*" }}]
"""


class RealGlauth:
    """A GLAuth server with the files it lives from, in ``folder``; a context manager.

    It starts with the base file alone, as ``file``, and one account of its own, which may search.
    """

    def __init__(self, binary: Path, folder: Path) -> None:
        self.base_file, self.file, self.log = folder / "base.toml", folder / "glauth.cfg", folder / "glauth.log"
        self._binary = binary
        self._port = free_ports(HOST, 1)[0]
        self._password = secrets.token_hex(16)
        self._daemon: Daemon | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ldap://{HOST}:{self._port}"

    def __enter__(self) -> Self:
        self.base_file.write_text(self._base())
        shutil.copy(self.base_file, self.file)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it with ``file`` as it is and wait until it listens. Raises RuntimeError with the end of its log."""
        self._daemon = Daemon("glauth", [self._binary, "-c", self.file], {}, self.log)
        try:
            self._daemon.wait_until(self._listens, _START_SECONDS)
        except RuntimeError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; ``start`` starts it again on the same port."""
        if self._daemon is not None:
            self._daemon.end()
            self._daemon = None

    def lookup(self, name: str) -> Mapping[str, Sequence[str]]:
        """The attributes of the user of that name; nothing when there is none. Raises what ldap3 raises."""
        return self._search(f"(&(objectClass=posixAccount)(uid={escape_filter_chars(name)}))")

    def lookup_group(self, name: str) -> Mapping[str, Sequence[str]]:
        """The attributes of the group of that name; nothing when there is none. Raises what ldap3 raises."""
        return self._search(f"(&(objectClass=posixGroup)(cn={escape_filter_chars(name)}))")

    def names(self) -> frozenset[str]:
        """The name of every user that is served, in one full dump. Raises what ldap3 raises."""
        return frozenset(
            name for entry in self._entries("(objectClass=posixAccount)", ["uid"]) for name in entry["uid"]
        )

    def _search(self, wanted: str) -> Mapping[str, Sequence[str]]:
        entries = self._entries(wanted, ALL_ATTRIBUTES)
        return entries[0] if entries else {}

    def _entries(self, wanted: str, attributes: str | list[str]) -> Sequence[Mapping[str, Sequence[str]]]:
        server = Server(self.url, get_info=NONE)
        with Connection(server, f"cn={_READER},{BASE_DN}", self._password, raise_exceptions=True) as connection:
            connection.search(BASE_DN, wanted, SUBTREE, attributes=attributes)
            return [entry["attributes"] for entry in connection.response or ()]

    def _base(self) -> str:
        digest = hashlib.sha256(self._password.encode()).hexdigest()
        return _BASE.format(host=HOST, port=self._port, base_dn=BASE_DN, reader=_READER, digest=digest)

    def _listens(self) -> bool:
        try:
            socket.create_connection((HOST, self._port), timeout=1).close()
        except OSError:
            return False
        return True
