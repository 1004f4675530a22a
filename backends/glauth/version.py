"""Telling a GLAuth that is safe by itself from an older one, which says nothing useful when asked for its version."""

from backends.glauth.verify import Probe
from backends.ldap import INVALID_CREDENTIALS, Silence
from backends.ldap_empty_bind import empty_bind

_UNWILLING_TO_PERFORM = 53
_SECONDS = 5.0


def is_safe_version(probe: Probe, dn: str) -> bool | None:
    """Whether GLAuth refuses users without a password by itself, as it does from 2.5.1; None when it does not say.

    A bind as ``dn``, somebody whose password is not empty, with the empty password: from 2.5.1 it is not even looked at
    (unwilling to perform, 53), before it is wrong (invalid credentials, 49).
    """
    try:
        code = empty_bind(probe.address, dn, _SECONDS)
    except Silence:
        return None
    return {_UNWILLING_TO_PERFORM: True, INVALID_CREDENTIALS: False}.get(code)
