"""GLAuth itself: whether it serves the file, which version it is, and how it is reached."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.core.moments import day
from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published
from agent.settings.directory import GlauthSettings
from agent.settings.glauth_advice import reloads
from backends.glauth.hold import RESUME

DAYS_LEFT = 14
"""Below so many days a certificate is worth a line."""
_SECONDS = 10


def serves(published: Published) -> Iterator[Finding]:
    """Whether GLAuth serves this very file, and whether it is a version that refuses what has no password."""
    if not published.file.exists() or not published.key_file.exists():
        yield Finding(mark=Mark.NONE, about="GLAuth", text="nothing is published yet that it could serve")
        return
    stands = published.server.verify()
    if stands.proved is None:
        yield Finding(
            mark=Mark.DOUBTFUL,
            about="GLAuth",
            text="glauth.probe_url is empty, so nobody notices when it does not serve what was written",
            remedy='write probe_url = "ldap://127.0.0.1:3893", or where it listens',
        )
        return
    if stands.proved:
        text = f"serves {stands.file}: {stands.users} users, {stands.groups} groups"
        yield Finding(mark=Mark.OK, about="GLAuth", text=text)
    else:
        yield Finding(
            mark=Mark.BROKEN,
            about="GLAuth",
            text=f"does not serve {stands.file}: {stands.reason}",
            remedy="see that it runs with this file and may read it, then restart it",
        )
    yield _version(stands.safe_version)


def _version(safe: bool | None) -> Finding:
    if safe is None:
        return Finding(mark=Mark.NONE, about="version", text="could not be asked")
    if safe:
        return Finding(mark=Mark.OK, about="version", text="2.5.1 or newer")
    return Finding(
        mark=Mark.DOUBTFUL,
        about="version",
        text="older than 2.5.1: it takes any password for a user without one, and lets disabled ones in with theirs;"
        " the agent publishes no such user",
        remedy="install GLAuth 2.5.1 or newer; until then keep others' users out of the base file",
    )


def certificate(published: Published) -> Iterator[Finding]:
    """Whether the certificate of ldaps:// is trusted, names the server, and stays valid for a while."""
    glauth = published.glauth
    if urlsplit(glauth.probe_url).scheme != "ldaps":
        text = "GLAuth is not asked over ldaps://, so the certificate that SSSD sees was not looked at"
        yield Finding(mark=Mark.NONE, about="certificate", text=text)
        return
    try:
        until = _valid_until(glauth)
    except ssl.SSLCertVerificationError as error:
        yield Finding(
            mark=Mark.BROKEN,
            about="certificate",
            text=f"{glauth.probe_url}: {error.verify_message}",
            remedy="set glauth.ca_file to the authority that signed it, or glauth.server_name to the name in it",
        )
        return
    except ValueError as error:  # a host or a name that no server can have
        yield Finding(
            mark=Mark.BROKEN,
            about="certificate",
            text=f"{glauth.probe_url}: {error}",
            remedy="mend glauth.server_name, or the host in glauth.probe_url",
        )
        return
    except OSError as error:
        yield Finding(
            mark=Mark.BROKEN,
            about="certificate",
            text=f"{glauth.probe_url}: {error}",
            remedy="see that GLAuth runs and listens there, and that the file of glauth.ca_file can be read",
        )
        return
    if until - time.time() < DAYS_LEFT * 86_400:
        remedy = "renew it, and restart GLAuth: it does not read a new one by itself"
        yield Finding(mark=Mark.DOUBTFUL, about="certificate", text=f"ends on {day(until)}", remedy=remedy)
    else:
        yield Finding(mark=Mark.OK, about="certificate", text=f"trusted, good until {day(until)}")


def _valid_until(glauth: GlauthSettings) -> float:
    """UTC seconds at which the server's certificate ends. Raises OSError, of which SSLError is one, and ValueError."""
    address = urlsplit(glauth.probe_url)
    host = address.hostname or ""
    name = glauth.server_name or host
    for one in (host, name):
        one.encode("idna")  # refuses what is no name before a connection is made for it
    trust = ssl.create_default_context(cafile=glauth.ca_file)
    with (
        socket.create_connection((host, address.port or 636), timeout=_SECONDS) as plain,
        trust.wrap_socket(plain, server_hostname=name) as secured,
    ):
        shown = secured.getpeercert() or {}
    return float(ssl.cert_time_to_seconds(str(shown["notAfter"])))


def restart(published: Published) -> Iterator[Finding]:
    """Whether GLAuth can be restarted when it stops following the file."""
    command = published.glauth.restart
    if not command:
        yield Finding(
            mark=Mark.DOUBTFUL,
            about="restart",
            text="glauth.restart is empty: when GLAuth stops following the file, a person has to restart it",
            remedy='write restart = ["/usr/bin/systemctl", "restart", "glauth"], and let the agent do that',
        )
    elif word := reloads(command):
        yield Finding(
            mark=Mark.DOUBTFUL,
            about="restart",
            text=f"{' '.join(command)}: {word} is no restart; GLAuth cannot reload, and SIGHUP ends it",
            remedy="write restart in its place in glauth.restart",
        )
    elif os.access(command[0], os.X_OK):
        yield Finding(mark=Mark.OK, about="restart", text=" ".join(command))
    else:
        text = f"{command[0]} is not there or cannot be run"
        yield Finding(mark=Mark.BROKEN, about="restart", text=text, remedy="mend glauth.restart in the settings")


def publishing(published: Published) -> Iterator[Finding]:
    """Whether anything is published at all."""
    held_back = published.server.status().held_back
    if not held_back:
        yield Finding(mark=Mark.OK, about="publishing", text="goes on")
        return
    yield Finding(mark=Mark.BROKEN, about="publishing", text=held_back, remedy=_remedy(held_back))


def _remedy(held_back: str) -> str:
    """A person's roll-back waits for a person; what GLAuth did not serve is tried again without one, or at once."""
    if RESUME in held_back:
        return f"see agent glauth render --diff, then: {RESUME}"
    return (
        "see what GLAuth's log says of that file, whether it has the certificates that the base names, and whether a"
        f" process holds an old file open (lsof +L1); then: {RESUME}"
    )
