"""What this host may run out of, and what to do about it: it passes, and no setting is at fault."""

import errno

SHORTAGES = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""What passes when somebody else gives back memory, processes or open files."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What passes when somebody makes room on the disk."""


def remedy_of(error: OSError, otherwise: str) -> str:
    """What to do about a shortage, or else what is to be done ``otherwise``."""
    if error.errno in SHORTAGES:
        return (
            "see what uses up the memory, the processes or the open files of this host, or of the unit"
            " (systemctl show agent -p TasksCurrent,TasksMax,MemoryCurrent,MemoryMax,LimitNOFILE)"
        )
    return otherwise
