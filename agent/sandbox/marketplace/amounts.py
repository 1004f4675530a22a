"""Amounts as the API takes and gives them: decimals with at most two places and twenty digits."""

from decimal import Decimal, InvalidOperation

_CENT = Decimal("0.01")
INVOICE_LIMIT = Decimal(10) ** 15


def parse(value: object) -> Decimal:
    """The amount; ValueError with the API's words when it is none."""
    amount = _number(value)
    places, digits = _precision(amount)
    if digits > 20:
        raise ValueError("Ensure that there are no more than 20 digits in total.")
    if places > 2:
        raise ValueError("Ensure that there are no more than 2 decimal places.")
    return amount.quantize(_CENT)


def _number(value: object) -> Decimal:
    text = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("A valid number is required.") from None
    if not amount.is_finite():
        raise ValueError("A valid number is required.")
    return amount


def _precision(amount: Decimal) -> tuple[int, int]:
    _sign, digits, exponent = amount.as_tuple()
    shift = int(exponent)
    return (0, len(digits) + shift) if shift >= 0 else (-shift, max(len(digits), -shift))
