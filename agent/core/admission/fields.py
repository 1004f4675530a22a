"""A user's shell, home and personal data, brought to what may be served."""

import re
import unicodedata
from posixpath import normpath

from agent.core.policy import AdmissionPolicy

LONGEST_TEXT = 64
LONGEST_MAIL = 254
_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,189}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shell(wanted: str, policy: AdmissionPolicy) -> str:
    """The shell, when it is an allowed one, else the default."""
    return wanted if wanted in policy.shells else policy.default_shell


def home(wanted: str, name: str, policy: AdmissionPolicy) -> str:
    """The home, when it is a plain path below the prefix that ends in the user's name, else ``prefix/name``.

    In 2024 a home was composed before the name was known and stayed ``/home/``.
    """
    prefix = policy.home_prefix.rstrip("/")
    plain = _PATH.fullmatch(wanted) and normpath(wanted) == wanted
    below = wanted.startswith(f"{prefix}/") and wanted.endswith(f"/{name}")
    return wanted if plain and below and len(wanted) <= LONGEST_MAIL else f"{prefix}/{name}"


def text(wanted: str, longest: int = LONGEST_TEXT) -> str:
    """The text in NFC, without what cannot be seen (controls, marks of direction, surrogates), cut to ``longest``."""
    if wanted.isascii() and wanted.isprintable():
        return wanted[:longest].strip()
    seen = "".join(sign for sign in wanted if unicodedata.category(sign) not in _UNSEEN)
    return unicodedata.normalize("NFC", seen)[:longest].strip()


def mail(wanted: str) -> str:
    """The address in lower case when it looks like one, else ""; GLAuth takes it as a name to bind with."""
    address = wanted.strip()
    return address.lower() if _MAIL.fullmatch(address) else ""
