"""A real SSSD with the configuration that is shipped, against a real GLAuth that serves what the agent published."""

import ctypes
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.sandbox.real.address import free_ports
from agent.sandbox.real.daemon import Daemon
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Probe
from tests.fixtures.certificates import self_signed
from tests.fixtures.real_parts import skip_loudly

pytestmark = pytest.mark.real_glauth

CONFIG = Path(__file__).parents[2] / "config"
SSSD, KEYS, GETENT = (shutil.which(name) for name in ("sssd", "sss_ssh_authorizedkeys", "getent"))
IN_USE = Path("/etc/sssd/sssd.conf")
CACHE = Path("/var/lib/sss")
SECRET = "only for this test"
GRANTED, DENIED = 0, 6
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBbLXqY7u9Y8k1t6M0jC2mIrqBJ0nW0cYF2m1mNnM1xg"


def user(name: str, uid: int, *, disabled: bool = False) -> DirectoryUser:
    return DirectoryUser(
        name=name,
        uidnumber=uid,
        primarygroup=uid,
        othergroups=(30_001,),
        loginshell="/usr/sbin/nologin" if disabled else "/bin/bash",
        homedir=f"/home/{name}",
        sshkeys=() if disabled else (f"{KEY} {name}@waldur",),
        disabled=disabled,
    )


PEOPLE = (user("adalov", 20_001), user("kurtgo", 20_002, disabled=True))
DIRECTORY = Directory(
    users=PEOPLE,
    groups=(
        DirectoryGroup(name="climate", gidnumber=30_001),
        *(DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in PEOPLE),
    ),
)


def possible() -> str:
    """Why SSSD cannot be tried here; "" when it can. One that a site uses is left alone."""
    if os.geteuid() != 0:
        return "SSSD is not tried: it needs root"
    if not all((SSSD, KEYS, GETENT)):
        return "SSSD is not here (missing: sssd); as root: apt install sssd-common sssd-ldap libnss-sss libpam-sss"
    return f"SSSD is not tried: this host uses it ({IN_USE})" if IN_USE.exists() else ""


@pytest.fixture
def sssd(glauth_binary: Path, tmp_path: Path) -> Iterator[GlauthDirectory]:
    """Both servers, each with the configuration that is shipped, but for addresses, certificate and password."""
    if reason := possible():
        skip_loudly(reason)
    plain, secure = free_ports("127.0.0.1", 2)
    certificate, key = self_signed(tmp_path, "IP:127.0.0.1")
    base = tmp_path / "base.toml"
    base.write_text(
        (CONFIG / "glauth-base.toml")
        .read_text()
        .replace("127.0.0.1:3893", f"127.0.0.1:{plain}")
        .replace("0.0.0.0:636", f"127.0.0.1:{secure}")
        .replace("/etc/glauth/glauth.crt", str(certificate))
        .replace("/etc/glauth/glauth.key", str(key))
        .replace("0" * 64, hashlib.sha256(SECRET.encode()).hexdigest())
    )
    file = tmp_path / "glauth.cfg"
    file.write_text(base.read_text())
    settings = tmp_path / "sssd.conf"
    settings.write_text(
        (CONFIG / "sssd.conf")
        .read_text()
        .replace("ldaps://ldap.example.org\n", f"ldaps://127.0.0.1:{secure}\n")
        .replace("/etc/ssl/certs/site-ca.pem", str(certificate))
        .replace("= PASSWORD", f"= {SECRET}")
    )
    settings.chmod(0o600)
    server = GlauthDirectory(
        file=file,
        base_file=base,
        key_file=tmp_path / "key",
        last_good=tmp_path / "last-good",
        probe=Probe(url=f"ldaps://127.0.0.1:{secure}", ca_file=certificate, patience=20),
    )
    _forget()
    glauth = Daemon("glauth", [glauth_binary, "-c", file], {}, tmp_path / "glauth.log")
    try:
        server.publish(DIRECTORY)
        asking = Daemon("sssd", [str(SSSD), "-i", "-c", settings], {}, tmp_path / "sssd.log")
        try:
            asking.wait_until(lambda: bool(known("passwd", "adalov")), 30)
            yield server
        finally:
            asking.end()
    finally:
        glauth.end()
        _forget()


def _forget() -> None:
    """What SSSD keeps between two runs."""
    for folder in (CACHE / "db", CACHE / "mc"):
        for kept in folder.glob("*"):
            kept.unlink()


def known(database: str, name: str) -> str:
    """The line that SSSD has for a name, "" for none."""
    asked = [str(GETENT), "-s", "sss", database, name]
    return subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60).stdout.strip()


def keys(name: str) -> str:
    """What sshd would be told."""
    asked = [str(KEYS), name]
    return subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60).stdout.strip()


class _Conversation(ctypes.Structure):
    _fields_ = (("conv", ctypes.c_void_p), ("data", ctypes.c_void_p))


def may_log_in(name: str, folder: Path) -> int:
    """What SSSD's module says to PAM of the account, as at the end of a login by key."""
    (folder / "pam").mkdir(exist_ok=True)
    (folder / "pam" / "test").write_text("account required pam_sss.so\n")
    pam, handle = ctypes.CDLL("libpam.so.0"), ctypes.c_void_p()
    place = str(folder / "pam").encode()
    talk = ctypes.byref(_Conversation(None, None))
    assert pam.pam_start_confdir(b"test", name.encode(), talk, place, ctypes.byref(handle)) == 0
    try:
        return int(pam.pam_acct_mgmt(handle, 0))
    finally:
        pam.pam_end(handle, 0)


def test_a_node_sees_people_groups_and_keys_and_refuses_who_is_disabled(sssd: GlauthDirectory, tmp_path: Path) -> None:
    assert known("passwd", "adalov") == "adalov:*:20001:20001:adalov:/home/adalov:/bin/bash"
    assert known("passwd", "20002").split(":")[-1] == "/usr/sbin/nologin"
    assert known("group", "climate").startswith("climate:*:30001:")
    assert set(known("initgroups", "adalov").split()) == {"adalov", "20001", "30001"}
    assert keys("adalov") == f"{KEY} adalov@waldur"
    assert keys("kurtgo") == ""
    assert may_log_in("adalov", tmp_path) == GRANTED
    assert may_log_in("kurtgo", tmp_path) == DENIED
    assert known("passwd", sssd.sentinel.name) == "", "the probe is below min_id"
    assert known("passwd", "sssd-search") == ""

    locked = Directory(users=(user("adalov", 20_001, disabled=True), PEOPLE[1]), groups=DIRECTORY.groups)
    sssd.publish(locked)
    assert keys("adalov") != "", "the cache has them still"
    assert may_log_in("adalov", tmp_path) == DENIED
