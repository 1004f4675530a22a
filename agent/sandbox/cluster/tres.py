"""TRES lists such as ``cpu=100,gres/gpu=5,mem=60000G``: read as Slurm reads them, shown as Slurm shows them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from agent.sandbox.cluster.answer import Refused

IDS = {
    "cpu": 1, "mem": 2, "energy": 3, "node": 4, "billing": 5, "fs/disk": 6, "vmem": 7, "pages": 8, "gres/gpu": 1001,
}  # fmt: skip
"""Every TRES of the cluster, in Slurm's order, with its id."""
UNITS = "KMGTP"
MEBI = UNITS.index("M")
CLEARED = 2**64 - 1
"""What -1 becomes: Slurm's "no limit"."""
ENTRY = re.compile(r"(-?\d*)(.?)")


class Read(NamedTuple):
    """What a list sets (None clears a limit), and what sacctmgr complains of while it goes on."""

    values: Mapping[str, int | None]
    complaints: str


def read(text: str) -> Read:
    """A list of limits; mem in MiB. A bad number is a complaint and counts as what came before the bad letter.

    Raises ``Refused`` (the complaint alone) for a TRES that is not tracked and for an empty list.
    """
    if not text:
        raise Refused
    values: dict[str, int | None] = {}
    complaints = ""
    for entry in filter(None, text.lower().split(",")):
        name, equals, amount = entry.partition("=")
        if not equals:
            raise Refused(f"sacctmgr: error: slurmdb_format_tres_str: no TRES id found for {name}\n")
        number, complaint = _amount(_known(name), amount)
        values[_known(name)] = None if number == CLEARED else number
        complaints += complaint
    return Read(values, complaints)


def _known(name: str) -> str:
    for known, number in IDS.items():
        if name in (known, str(number)):
            return known
    raise Refused(f"sacctmgr: error: slurmdb_format_tres_str: no TRES known by type {name}\n")


def _amount(name: str, text: str) -> tuple[int, str]:
    found = ENTRY.match(text)
    digits, unit = found.groups() if found else ("", "")
    number = int(digits) % 2**64 if digits.strip("-") else 0
    if not unit:
        return number, ""
    if unit.upper() not in UNITS:
        return number, f"sacctmgr: error: Invalid unit type '{unit}'. Possible options are '{UNITS}'\n"
    power = UNITS.index(unit.upper()) - (MEBI if name == "mem" else -1)
    return number * 1024 ** max(power, 0), ""


def shown(values: Mapping[str, int], *, convert: bool = True) -> str:
    """A list as Slurm prints it: sorted by name, memory with a unit (always M unless ``convert``)."""
    return ",".join(
        f"{name}={memory(values[name], convert=convert) if name == 'mem' else values[name]}" for name in sorted(values)
    )


def memory(mebibytes: int, *, convert: bool = True) -> str:
    """MiB with the largest unit Slurm finds: exact for multiples of half a unit, rounded to two decimals above them."""
    number, unit = float(mebibytes), MEBI
    while convert and number >= 1024 and int(number) % 512 == 0:
        number, unit = number / 1024, unit + 1
    letter = UNITS[unit] if unit < len(UNITS) else "?"
    return f"{int(number)}{letter}" if number == int(number) else f"{number:.2f}{letter}"


def by_id(values: Mapping[str, int | None]) -> str:
    """A list as ``load`` reports it, by TRES id; a cleared limit is the largest number."""
    numbers = sorted((IDS[name], CLEARED if value is None else value) for name, value in values.items())
    return ",".join(f"{number}={value}" for number, value in numbers)


def billing(values: Mapping[str, int], weights: str) -> int:
    """The billing of an allocation under ``TRESBillingWeights``, cut to a whole number; without weights the cpus."""
    if not weights:
        return values.get("cpu", 0)
    total = 0.0
    for entry in weights.lower().split(","):
        name, _, weight = entry.partition("=")
        total += values.get(name, 0) * _weight(name, weight)
    return int(total)


def _weight(name: str, text: str) -> float:
    unit = text[-1:].upper()
    if unit not in UNITS:
        return float(text)
    return float(text[:-1]) / 1024.0 ** (UNITS.index(unit) - (MEBI if name == "mem" else -1))
