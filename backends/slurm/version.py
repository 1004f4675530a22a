"""Slurm's versions, for what exists only from one on."""

import re

Version = tuple[int, int]


def parse_version(text: str) -> Version:
    """``22.05.8`` as (22, 5). Raises ``ValueError`` on anything else."""
    match = re.match(r"(\d+)\.(\d+)", text, re.ASCII)
    if match is None:
        raise ValueError(f"not a version of Slurm: {text!r}")
    return int(match[1]), int(match[2])


def show_version(version: Version) -> str:
    """(22, 5) as Slurm writes it: ``22.05``."""
    return f"{version[0]}.{version[1]:02d}"
