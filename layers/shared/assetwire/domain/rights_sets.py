"""Rights as sets of moments × territories × usages: whether one narrows another, and what several allow together."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from assetwire.domain.rights import MOST_WINDOWS, Release, Rights, Usage, Window
from assetwire.domain.territories import TERRITORIES, WORLDWIDE, expanded

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
START_OF_TIME = datetime.min.replace(tzinfo=UTC)
Span = tuple[datetime, datetime]
"""From a moment, included, to another, excluded."""


def narrows(old: Rights | None, new: Rights | None, *, at: datetime) -> bool:
    """Tell whether anything that `old` allows at this moment or later is denied by `new`, or bound to more conditions.

    Rights are a product of moments × territories × usages, so each factor is compared by itself.
    """
    if old is None or not usages(old) or not territories(old):
        return False
    before = [(max(starts, at), ends) for starts, ends in spans(old.windows) if ends > at]
    if not before:
        return False
    if new is None or not usages(old) <= usages(new) or not territories(old) <= territories(new):
        return True
    if not set(new.constraints) <= set(old.constraints):
        return True
    kept = spans(new.windows)
    return any(not any(a <= starts and ends <= b for a, b in kept) for starts, ends in before)


def strictest(rights: Sequence[Rights | None]) -> Rights:
    """Return what all of these rights allow together: nothing, where one is missing or there are none."""
    known = [each for each in rights if each is not None]
    if not known or len(known) < len(rights):
        return Rights()
    open_in = spans(known[0].windows)
    for each in known[1:]:
        open_in = _overlaps(open_in, spans(each.windows))
    everywhere = frozenset.intersection(*map(territories, known))
    return Rights(
        holder=_common(each.holder for each in known),
        licence_id=_common(each.licence_id for each in known),
        windows=tuple(map(_window, open_in[:MOST_WINDOWS])),
        territories=(WORLDWIDE,) if everywhere == TERRITORIES else tuple(everywhere),
        usages=tuple(frozenset.intersection(*(frozenset(each.usages) for each in known))),
        constraints=tuple({constraint for each in known for constraint in each.constraints}),
        model_release=_strictest_release(each.model_release for each in known),
        property_release=_strictest_release(each.property_release for each in known),
    )


def the_same(one: Rights | None, other: Rights) -> bool:
    """Tell whether two rights say the same, in whatever order their windows stand."""
    if one is None or set(one.windows) != set(other.windows):
        return False
    return one.model_copy(update={"windows": ()}) == other.model_copy(update={"windows": ()})


def spans(windows: Iterable[Window]) -> list[Span]:
    """Merge windows that touch or overlap, in order of time."""
    merged: list[Span] = []
    for starts, ends in sorted((w.starts or START_OF_TIME, w.ends or END_OF_TIME) for w in windows):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def territories(rights: Rights) -> frozenset[str]:
    """Return the codes of all territories that are licensed and not excluded."""
    return expanded(rights.territories) - expanded(rights.excluded_territories)


def usages(rights: Rights) -> frozenset[Usage]:
    """Return the usages that are licensed, and admitted by the releases."""
    return frozenset(usage for usage in rights.usages if is_released(rights, usage))


def is_released(rights: Rights, usage: str) -> bool:
    """Tell whether the releases admit a usage: what is known to have none is for internal use alone."""
    return usage == Usage.INTERNAL or Release.NONE not in (rights.model_release, rights.property_release)


def _overlaps(one: Iterable[Span], other: Sequence[Span]) -> list[Span]:
    return [
        (max(starts, begins), min(ends, stops))
        for starts, ends in one
        for begins, stops in other
        if max(starts, begins) < min(ends, stops)
    ]


def _window(span: Span) -> Window:
    starts, ends = span
    return Window(starts=None if starts == START_OF_TIME else starts, ends=None if ends == END_OF_TIME else ends)


def _common(texts: Iterable[str]) -> str:
    """Return the one text that is said, by those who say any; empty where they differ."""
    found = {text for text in texts if text}
    return found.pop() if len(found) == 1 else ""


_BY_STRICTNESS = (Release.NONE, Release.LIMITED, Release.UNLIMITED, Release.NOT_APPLICABLE)


def _strictest_release(releases: Iterable[Release | None]) -> Release | None:
    found = set(releases)
    return next((release for release in _BY_STRICTNESS if release in found), None)
