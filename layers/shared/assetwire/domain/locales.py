"""Locales: the language of a text, and which other text stands in for one that is not there."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import StringConstraints

Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
"""A language tag of RFC 5646, in its usual case: language, script, region."""
ANY_LANGUAGE = "x-default"
"""The tag of a text that stands for any language. Source: XMP specification part 1, 8.2.2.4."""
_Said = TypeVar("_Said")


def language_of(locale: str) -> str:
    """Return a locale's language without region or script: `de` of `de-AT`."""
    return locale.partition("-")[0]


def fallbacks(locale: str) -> tuple[str, ...]:
    """Return the tags under which a text for a locale may stand, the best first: `de-Latn-AT`, `de-Latn`, `de`.

    Source: RFC 4647, section 3.4, "Lookup".
    """
    parts = locale.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def said_in(texts: Mapping[str, _Said], locale: str) -> _Said | None:
    """Return what is said for a locale: under its own tag or the next wider one, else in another region's language."""
    for tag in fallbacks(locale):
        if tag in texts:
            return texts[tag]
    kin = sorted(tag for tag in texts if language_of(tag) == language_of(locale))
    return texts[kin[0]] if kin else None
