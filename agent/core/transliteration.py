# ruff: noqa: RUF001 - letters that look alike are the point here
"""Human names in plain ASCII: accents dropped, other letters spelled as their languages do in Latin script."""

import unicodedata
from collections.abc import Mapping

_LATIN = "ß ss æ ae œ oe ø o đ d ð d þ th ł l ı i ħ h ŋ ng"
_CYRILLIC = (
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch"
    " ы y э e ю yu я ya і i є ye ґ g ђ dj ј j љ lj њ nj ћ c џ dz ѕ dz"
)
_GREEK = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
_WORDS = " ".join((_LATIN, _CYRILLIC, _GREEK)).split()
_SPELLED: Mapping[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def plain(text: str) -> str:
    """The text in lower-case ASCII; a letter of a script that is not known here is left out."""
    lower = unicodedata.normalize("NFC", text).lower()
    return "".join(map(_letter, lower))


def _letter(letter: str) -> str:
    if letter in _SPELLED:
        return _SPELLED[letter]
    bases = unicodedata.normalize("NFKD", letter)
    return "".join(_SPELLED.get(base, base) for base in bases).encode("ascii", "ignore").decode().lower()
