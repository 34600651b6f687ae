"""Texts that break out of a policy or a URL, that nobody sees, or that look like letters, digits and separators."""

from urllib.parse import quote

from hypothesis import strategies as st

from assetwire.domain.signed_policy import RESERVED

BREAKING_OUT = [
    *('"', "'", "\\", "<", ">", "`", "|", "{", "}", "^", "#", "?", "&", "=", "%", "*", ":", ";", "/", "..", " "),
    *("\t", "\n", "\r\n", "\0", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\u200b", "\u00a0"),
]
LOOKING_ALIKE = [
    *("\u201c", "\uff02", "\uff07", "\uff3c", "\u2215", "\uff0f", "\u2044", "\u29f5", "\uff1f", "\uff06", "\uff05"),
    *("\u0430", "\u0435", "\uff10", "\u0660", "\u0130", "\u017f", "\u212a", "e\u0301"),
]
_LETTERS = st.sampled_from([*BREAKING_OUT, *LOOKING_ALIKE])
_PARAMETERS = st.sampled_from(sorted(RESERVED)).flatmap(
    lambda name: st.sampled_from([name, name.lower(), f"?{name}=x", f"&{name}=x", f"%26{name}%3Dx", f'","{name}":"'])
)
pieces = st.one_of(
    _LETTERS,
    _LETTERS.map(lambda text: quote(text, safe="")),
    _LETTERS.map(lambda text: quote(quote(text, safe=""), safe="")),
    _PARAMETERS,
    st.characters(exclude_categories=["Cs", "Ll", "Lu", "Nd"]),
)
"""As they are, percent-encoded once and twice; and the parameters that are CloudFront's own."""


def spoilt(text: str) -> st.SearchStrategy[str]:
    """A good text with something harmful before, behind or within it, or in its place."""
    within = st.builds(lambda at, piece: text[:at] + piece + text[at:], st.integers(0, len(text)), pieces)
    return within | pieces
