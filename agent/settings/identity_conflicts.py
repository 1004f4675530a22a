"""What the table identity lacks for what the offerings ask of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Raw: TypeAlias = Mapping[str, object]
Location: TypeAlias = tuple[str | int, ...]


def identity_conflicts(data: Raw, offerings: Sequence[Raw]) -> Iterator[tuple[Location, str]]:
    """Each conflict as the key that is missing, and what to do."""
    table = data.get("identity", {})
    if not isinstance(table, dict):
        return
    reason = next(filter(None, (_asks(index, offering) for index, offering in enumerate(offerings))), "")
    if reason and not table.get("ldap_url"):
        yield ("identity", "ldap_url"), f'is needed with {reason}; write for instance "ldaps://ldap.example.org"'
    if table.get("ldap_url") and not table.get("base_dn"):
        yield ("identity", "base_dn"), 'is needed with ldap_url; write for instance "dc=example,dc=org"'
    if table.get("bind_dn") and not table.get("bind_password_file"):
        text = 'is needed with bind_dn; write for instance "/etc/agent/ldap-password"'
        yield ("identity", "bind_password_file"), text


def _asks(index: int, offering: Raw) -> str:
    """Why an offering needs a directory; "" when it does not."""
    if offering.get("identity_gate") == "ldap":
        return f'identity_gate = "ldap" of offerings[{index}]'
    username = offering.get("username")
    if isinstance(username, dict) and username.get("source") == "directory":
        return f'source = "directory" of offerings[{index}].username'
    return ""
