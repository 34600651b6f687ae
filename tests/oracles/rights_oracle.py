"""What a licence allows, from the words of its JSON: slow, obviously right, and without a line of the code under test.

A licence is the document that `docs/rights.md` describes; a moment is a number of seconds since 1970.
"""

from datetime import datetime
from typing import Any

EU = [
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
    *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
]
GROUPS = {
    "EU": EU,
    "EEA": [*EU, "IS", "LI", "NO"],
    "EFTA": ["CH", "IS", "LI", "NO"],
    "DACH": ["DE", "AT", "CH"],
    "BENELUX": ["BE", "NL", "LU"],
    "NORDICS": ["DK", "FI", "IS", "NO", "SE"],
    "GCC": ["AE", "BH", "KW", "OM", "QA", "SA"],
}
PLACES = sorted({code for codes in GROUPS.values() for code in codes} | {"GB", "US", "JP", "RE", "GL"})
"""Some of the world: every member of a group, and places that are in none."""
USAGES = ["web", "marketplace", "print", "social", "email", "pos", "internal"]


def answer(licence: dict[str, Any] | None, at: float, territory: str, usage: str) -> tuple[bool, str, float | None]:
    """Return whether it is allowed, why, and the moment at which an allowed answer ends."""
    if licence is None:
        return False, "no_rights", None
    if territory not in PLACES:
        return False, "unknown_territory", None
    if names(licence.get("excluded_territories", []), territory):
        return False, "territory_excluded", None
    if not names(licence.get("territories", []), territory):
        return False, "territory_not_licensed", None
    if usage not in licence.get("usages", []):
        return False, "usage_not_licensed", None
    releases = [licence.get("model_release"), licence.get("property_release")]
    if "none" in releases and usage != "internal":
        return False, "not_released", None
    return at_this_moment(licence, at)


def at_this_moment(licence: dict[str, Any], at: float) -> tuple[bool, str, float | None]:
    """Return the same, once the place and the usage are licensed."""
    windows = [(seconds(each.get("starts")), seconds(each.get("ends"))) for each in licence.get("windows", [])]
    if not windows:
        return False, "no_window", None
    if not is_open(windows, at):
        later = any(starts is not None and starts > at for starts, _ in windows)
        return False, "embargoed" if later else "expired", None
    ends = [end for _, end in windows if end is not None and end > at and not is_open(windows, end)]
    return True, "allowed", min(ends, default=None)


def names(words: list[str], territory: str) -> bool:
    """Tell whether codes, groups or `*` name a territory."""
    return any(word in {"*", territory} or territory in GROUPS.get(word, []) for word in words)


def is_open(windows: list[tuple[float | None, float | None]], at: float) -> bool:
    """Tell whether any window holds this moment: its start does, its end does not."""
    return any((starts is None or starts <= at) and (ends is None or at < ends) for starts, ends in windows)


def seconds(text: str | None) -> float | None:
    """Return the seconds since 1970 of a moment in ISO 8601."""
    return None if text is None else datetime.fromisoformat(text).timestamp()
