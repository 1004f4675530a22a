"""The directory's part: everything between the settings and a GLAuth that serves what is published."""

from collections.abc import Sequence
from typing import TypeAlias

from agent.doctor import base_file, glauth_server, old_files, published_file, size, unix
from agent.doctor.finding import Check
from agent.doctor.published import Published

DirectoryCheck: TypeAlias = Check[Published]

DIRECTORY_CHECKS: Sequence[DirectoryCheck] = (
    Check("user", unix.user),
    Check("group", unix.group),
    Check("base file", base_file.usable),
    Check("SSSD", base_file.fit_for_sssd),
    Check("probe's key", published_file.key),
    Check("file", published_file.readable),
    Check("hard links", published_file.links),
    Check("folder", published_file.folder),
    Check("old files", old_files.held_open),
    Check("GLAuth", glauth_server.serves),
    Check("certificate", glauth_server.certificate),
    Check("restart", glauth_server.restart),
    Check("publishing", glauth_server.publishing),
    Check("size", size.look_ups),
)
"""In the order of a publication, so that the first one broken is the one to mend first."""
