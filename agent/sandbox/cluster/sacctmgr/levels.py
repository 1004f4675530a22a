"""Admin levels."""

from agent.sandbox.cluster.answer import Refused

LEVELS = {"none": "None", "operator": "Operator", "admin": "Administrator", "administrator": "Administrator"}


def level(text: str) -> str:
    """An admin level as it is shown. Raises ``Refused``."""
    if text.lower() not in LEVELS:
        raise Refused(f" Bad AdminLevel: {text}; the embedded cluster knows None, Operator and Admin\n")
    return LEVELS[text.lower()]
