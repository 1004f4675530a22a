"""What to do about a record that is not served, by the words of the reason."""

_REMEDIES = (
    ("but it was", "give it the old number again in the marketplace; for somebody else: agent users release NAME"),
    ("_range in the settings", "mend the number in the marketplace, or widen the range in the table [glauth]"),
    ("operating system keeps", "give it another number in the marketplace"),
    ("in use by this host", "give it another number in the marketplace, or remove the local account that has it"),
    ("name belongs to the system", "give it another name in the marketplace"),
    ("group belongs to the system", "give the group another name in the marketplace"),
    ("the name must be", "give it another name in the marketplace"),
    ("group's name must be", "give the group another name in the marketplace"),
    ("the name is a number", "give the group another name in the marketplace"),
    ("group's name belongs to", "give one of the two groups another name in the marketplace"),
    ("has the name of a user", "give the group another name in the marketplace"),
    ("only the first counts", "remove one of the two records in the marketplace"),
    ("is none that may be served", "see why that group is not served, and mend it in the marketplace"),
    ("not known for sure", "see with agent plan why the offering's users cannot be read whole"),
    ("belongs to", "give one of the two another uid in the marketplace"),
)
OTHERWISE = "mend the record in the marketplace"


def remedy(reason: str) -> str:
    """What a person does about it; "" where the reason says it itself, after a semicolon."""
    if ";" in reason:
        return ""
    return next((text for words, text in _REMEDIES if words in reason), OTHERWISE)
