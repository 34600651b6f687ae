"""What holds of lists of links whoever changes them at once, told by somebody who sees lists, links and their history.

It imports nothing of what it judges. A place is whatever names a list: of which product, in which role and market.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

Place = tuple[str, str, str]


class Listed(NamedTuple):
    """A list as it stands: how often it was written, from 0, and its assets in order."""

    revision: int
    assets: tuple[str, ...]


class Note(NamedTuple):
    """An entry of the history: of an asset's link, or, without an asset, of the list."""

    place: Place
    asset: str | None
    revision: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    step: str = ""
    """What was written together has the same here."""


class Answered(NamedTuple):
    """What an answered call said: that the list was so at that revision. What it did not say is None, or empty."""

    call: str
    place: Place
    revision: int
    whole: tuple[str, ...] | None = None
    """The list."""
    on: tuple[str, ...] = ()
    """On it."""
    off: tuple[str, ...] = ()
    """Not on it."""
    first: tuple[str, ...] = ()
    """The first on it, in this order."""
    wrote: bool | None = True
    """Whether this call wrote that revision; None if it may have found it so."""


Links = Mapping[Place, Mapping[str, str]]
"""The state of each link, by place and asset."""


def wrong_now(lists: Mapping[Place, Listed], links: Links) -> Iterator[str]:
    """Yield what is wrong with lists and links as they stand, read at one time."""
    for place, listed in lists.items():
        if len(set(listed.assets)) != len(listed.assets):
            yield f"{place}: an asset stands at two places of {listed.assets}"
        if unconfirmed := [each for each in listed.assets if links.get(place, {}).get(each) != "confirmed"]:
            yield f"{place}: on the list without a confirmed link: {unconfirmed}"
    for place, states in links.items():
        standing = lists[place].assets if place in lists else ()
        if missing := [each for each, state in states.items() if state == "confirmed" and each not in standing]:
            yield f"{place}: confirmed and on no list: {missing}"


def wrong_told(newest_first: Sequence[Note], lists: Mapping[Place, Listed], links: Links) -> Iterator[str]:
    """Yield what is wrong with the history: every change is in it once, in order, each from what was before it."""
    records = defaultdict[tuple[Place, str | None], list[Note]](list)
    for note in reversed(newest_first):
        records[note.place, note.asset].append(note)
    for (place, asset), notes in records.items():
        revisions = [note.revision for note in notes]
        if revisions != list(range(len(notes))):
            yield f"{place} {asset}: the history has the revisions {revisions}"
            continue
        name = "assets" if asset is None else "state"
        for one, other in pairwise(notes):
            if name in other.before and other.before[name] != _latest(name, notes, one.revision):
                yield f"{place} {asset}: revision {other.revision} was made of another {name} than {one.revision} left"
        last = _latest(name, notes, len(notes) - 1)
        stands = list(lists[place].assets) if asset is None else links.get(place, {}).get(asset)
        if last != stands:
            yield f"{place} {asset}: its history ends with {last}, and it is {stands}"
    for place, listed in lists.items():
        if len(records[place, None]) != listed.revision + 1:
            yield f"{place}: {listed.revision + 1} revisions, and {len(records[place, None])} in its history"


def wrong_steps(newest_first: Sequence[Note]) -> Iterator[str]:
    """Yield what was wrong after any step: with lists and links as they stood once it was made, the oldest first."""
    lists: dict[Place, Listed] = {}
    links: defaultdict[Place, dict[str, str]] = defaultdict(dict)
    oldest_first = list(reversed(newest_first))
    oldest_first.sort(key=lambda note: note.step)
    for step, notes in groupby(oldest_first, key=lambda note: note.step):
        for note in notes:
            if note.asset is None:
                lists[note.place] = Listed(note.revision, tuple(note.after["assets"]))
            elif "state" in note.after:
                links[note.place][note.asset] = note.after["state"]
        yield from (f"{step}: {wrong}" for wrong in wrong_now(lists, links))


def _latest(name: str, notes: Sequence[Note], revision: int) -> Any:
    """Return what a field was at a revision: notes tell it where it changed."""
    return next((note.after[name] for note in reversed(notes[: revision + 1]) if name in note.after), None)


def wrong_answers(
    every: Sequence[Answered], newest_first: Sequence[Note], *, unanswered: Mapping[Place, int]
) -> Iterator[str]:
    """Yield what answered calls said that does not hold, and what no call explains: what was done twice, above all.

    `unanswered` tells of how many calls about a place nobody knows whether they were carried out.
    """
    told = {(note.place, note.revision): note for note in newest_first if note.asset is None}
    explained = defaultdict[tuple[Place, int], list[str]](list)
    for said in every:
        note = told.get((said.place, said.revision))
        if note is None:
            yield f"{said.call} was answered revision {said.revision} of {said.place}, and there is none"
            continue
        assets = tuple(note.after["assets"])
        if said.whole is not None and assets != said.whole:
            yield f"{said.call} was answered that {said.place} is {said.whole}, at {said.revision} it is {assets}"
        if not {*said.on} <= {*assets} or {*said.off} & {*assets} or assets[: len(said.first)] != said.first:
            yield f"{said.call} was answered {said}, and the list is {assets}"
        if said.wrote is not False:
            explained[said.place, said.revision].append(said.call)
    writers = defaultdict[tuple[Place, int], set[str]](set)
    for said in every:
        if said.wrote:
            writers[said.place, said.revision].add(said.call)
    for (place, revision), calls in writers.items():
        if len(calls) > 1:
            yield f"revision {revision} of {place} was written by each of {sorted(calls)}"
    nobodys = Counter(place for place, revision in told if (place, revision) not in explained)
    for place, count in nobodys.items():
        if count > unanswered.get(place, 0):
            yield f"{place} was written {count} times by no call that was answered, {unanswered.get(place, 0)} were not"
