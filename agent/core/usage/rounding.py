"""Amounts: TRES-seconds to a component's units, two decimals, the most the marketplace takes."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def amount(tres_seconds: int, factor: int) -> Decimal:
    """TRES-seconds ÷ 60 ÷ factor, rounded half up to two decimals. The only rounding between Slurm and the bill."""
    return (Decimal(tres_seconds) / (60 * factor)).quantize(CENT, rounding=ROUND_HALF_UP)
