"""Names and numbers: which may be served at all, whoever asks for them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from agent.core.policy import AdmissionPolicy

_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")
_LOWEST, _HIGHEST = 1000, 2**31 - 1
# nobody, the 16-bit "no such id", and the ids that systemd gives to dynamic users
_FORBIDDEN_IDS = frozenset({65_534, 65_535, *range(61_184, 65_520)})

USER_NAMES = frozenset(
    (
        *("root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data"),
        *("backup", "list", "irc", "nobody", "slurm", "munge", "sshd", "sssd", "glauth", "ldap", "dbus", "messagebus"),
        *("polkitd", "systemd-network", "systemd-resolve", "systemd-timesync", "admin", "administrator", "operator"),
        *("postgres", "mysql"),
    )
)
# Membership of these is power over the host: sudoers and devices go by the group's name.
GROUP_NAMES = frozenset(
    (
        *("root", "wheel", "sudo", "admin", "adm", "docker", "podman", "disk", "shadow", "kmem", "lxd", "lxc"),
        *("libvirt", "kvm", "slurm", "munge", "staff", "tty", "tape", "video", "render", "systemd-journal", "sssd"),
        *("ssh", "sshd", "ssl-cert", "daemon", "bin", "sys", "mail", "nogroup", "nobody", "users", "sasl", "netdev"),
        *("plugdev", "dialout", "ssh_keys", "sgx", "input", "audio", "cdrom", "floppy", "lpadmin", "wireshark"),
    )
)


def user_problem(name: str, uid: int, policy: AdmissionPolicy, offering: str = "") -> str:
    """Why nobody of the offering may be ``name`` with ``uid``; "" when somebody may. Without one: nobody of any."""
    if not _NAME.fullmatch(name):
        return "the name must be 1 to 32 of a-z, 0-9, _, . and -, beginning with a letter or _"
    if name in USER_NAMES or name in _lower(policy.reserved_names):
        return "the name belongs to the system, to this host or to the directory's own accounts"
    return _number_problem("uid", uid, policy.uids_of(offering), policy.reserved_uids)


def group_problem(name: str, gid: int, policy: AdmissionPolicy, offering: str = "") -> str:
    """Why no group may be ``name`` with ``gid``; "" when one may. A name of digits must be the gid."""
    if name.isdecimal() and name != str(gid):
        return f"the name is a number, and the gid is another, {gid}"
    if not name.isdecimal() and not _NAME.fullmatch(name):
        return "the group's name must be the gid, or 1 to 32 of a-z, 0-9, _, . and -, not a digit first"
    if name in GROUP_NAMES or name in _lower(policy.reserved_group_names):
        return "the group belongs to the system, to this host or to the directory's own accounts"
    return _number_problem("gid", gid, policy.gids_of(offering), policy.reserved_gids)


def shared_group_problem(policy: AdmissionPolicy) -> str:
    """Why the one group for all may not be served; "" when it may, or there is none.

    The ranges are for what the marketplace gives out; the site's own group may be outside of them.
    """
    if not policy.shared_group:
        return ""
    name, gid = policy.shared_group
    return group_problem(name, gid, replace(policy, gid_range=(_LOWEST, _HIGHEST)))


def _number_problem(word: str, number: int, ranges: Sequence[tuple[int, int]], reserved: frozenset[int]) -> str:
    allowed = [(max(low, _LOWEST), min(high, _HIGHEST)) for low, high in ranges]
    if not any(low <= number <= high for low, high in allowed):
        shown = " or ".join(f"{low}-{high}" for low, high in allowed)
        return f"its {word} {number} is not in {shown} ({word}_range in the settings)"
    if number in _FORBIDDEN_IDS:
        return f"its {word} {number} is one the operating system keeps for itself"
    if number in reserved:
        return f"its {word} {number} is in use by this host or by the directory's own accounts"
    return ""


@lru_cache(maxsize=4)
def _lower(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
