"""What an offering's components may say and yet deserves a second look."""

from collections import Counter
from collections.abc import Iterator

from agent.core.policy import LimitKind
from agent.settings.component import ComponentSettings
from agent.settings.offering import OfferingSettings

_TOTALS = {LimitKind.GRP_TRES_MINS, LimitKind.GRP_WALL}


def component_advice(offering: OfferingSettings) -> Iterator[str]:
    """Sentences, each beginning with the key within the offering."""
    for type_, component in offering.components.items():
        for text in (*_factor(component), *_prepaid(component)):
            yield f"components.{type_}.{text}"
    yield from _billed_twice(offering)


def _factor(component: ComponentSettings) -> Iterator[str]:
    if component.factor is not None:
        return
    if component.limit.of_tres or component.limit is LimitKind.NONE:
        yield "factor: left to the marketplace, which must send a unit_factor (since 2025)"
    elif component.limit is LimitKind.GRP_WALL:
        yield "factor: left out, so that one unit is one minute, unless the marketplace sends a unit_factor"


def _prepaid(component: ComponentSettings) -> Iterator[str]:
    if component.prepaid and component.limit not in _TOTALS:
        yield f"prepaid: {component.limit} is no total, and is multiplied by the months all the same"


def _billed_twice(offering: OfferingSettings) -> Iterator[str]:
    bill = [component.tres for component in offering.components.values() if component.rule().billed]
    for tres in sorted(tres for tres, times in Counter(filter(None, bill)).items() if times > 1):
        yield f"components: more than one bills {tres}, so its usage is told more than once"
