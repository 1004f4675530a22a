"""The whole GLAuth file as text: a pure function of base, directory and the sentinel's key.

No record can bind: ``passsha256 = "!"`` is no digest, so that no password fits on any version, whereas GLAuth before
2.5.1 takes *every* password for a user without a hash, disabled or not.
"""

import hashlib
import tomllib
from collections.abc import Mapping

import tomli_w

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.errors import ConfigError
from backends.glauth.parse import MARKER, NO_PASSWORD, in_order, read
from backends.glauth.sentinel import Sentinel, sentinel_password

_USERS = "\n[[users]]\n"
_GROUPS = "\n[[groups]]\n"
_PASSWORD = "\npasssha256 = "  # noqa: S105 - the key of one


def render(base: str, directory: Directory, sentinel: Sentinel, key: bytes) -> bytes:
    """The file: base, groups by gid, users by uid, and last the sentinel, whose password the ``key`` makes.

    Raises ConfigError when reading the result back does not give base and directory again.
    """
    before = _before_password(base, in_order(directory), sentinel)
    digest = hashlib.sha256(sentinel_password(key, before).encode()).hexdigest()
    content = before + f'{_PASSWORD}"{digest}"\n'.encode()
    _compare(base, directory, content)
    return content


def password_of(content: bytes, key: bytes) -> str:
    """The sentinel's password in a rendered file. Raises ValueError when nothing in it can be one."""
    # A string never holds a newline as such, and the password is the last line of the last record.
    return sentinel_password(key, content[: content.rindex(_PASSWORD.encode())])


def users_in(content: bytes) -> int:
    """How many users a rendered file has, the site's own and the sentinel with them."""
    return content.count(_USERS.encode())


def _before_password(base: str, directory: Directory, sentinel: Sentinel) -> bytes:
    groups = (DirectoryGroup(name=sentinel.name, gidnumber=sentinel.number), *directory.groups)
    blocks = [_group(group) for group in groups] + [_user(user) for user in directory.users]
    return f"{base.rstrip()}\n\n{MARKER}\n{''.join(blocks)}{_sentinel_user(sentinel)}".encode()


def _sentinel_user(sentinel: Sentinel) -> str:
    """The probe's record, but for its password. It may search, which is how what is served can be looked through."""
    fields = {
        "name": sentinel.name,
        "uidnumber": sentinel.number,
        "primarygroup": sentinel.number,
        "loginshell": "/usr/sbin/nologin",
        "homedir": "/nonexistent",
        "capabilities": [{"action": "search", "object": "*"}],
    }
    return _table(_USERS, fields).rstrip()


def _group(group: DirectoryGroup) -> str:
    return _table(_GROUPS, {"name": group.name, "gidnumber": group.gidnumber})


def _user(user: DirectoryUser) -> str:
    fields = {
        "name": user.name,
        "uidnumber": user.uidnumber,
        "primarygroup": user.primarygroup,
        "othergroups": list(user.othergroups),
        "givenname": user.givenname,
        "sn": user.sn,
        "mail": user.mail,
        "loginshell": user.loginshell,
        "homedir": user.homedir,
        "sshkeys": list(user.sshkeys),
        "disabled": user.disabled,
        "passsha256": NO_PASSWORD,
    }
    return _table(_USERS, fields)


def _table(header: str, fields: Mapping[str, object]) -> str:
    # One table a record: an inline array, which tomli_w prefers, cannot be joined to a base with tables of its own.
    return header + tomli_w.dumps(fields)


def _compare(base: str, directory: Directory, content: bytes) -> None:
    try:
        found, own = read(content)
        same = own == tomllib.loads(base) and found == in_order(directory)
    except ValueError as error:
        raise ConfigError(f"the GLAuth file would not be valid: {error}; check the base file") from error
    if not same:
        raise ConfigError("the GLAuth file would not say what was meant when read back; check the end of the base file")
