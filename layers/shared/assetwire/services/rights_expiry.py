"""Rights expiry: what begins or ends by itself is said of each asset, and everything downstream follows."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.due import DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.ports import Agenda
from assetwire.services.conflicts import saved

PAGE = 200
"""Assets that are read at a time."""


class Flipped(NamedTuple):
    """How many assets are in another phase now, and how many somebody else wrote meanwhile, who saw to that."""

    flipped: int
    moved: int


def flip(*, agenda: Agenda, now: Callable[[], datetime], until: datetime, page: int = PAGE) -> Flipped:
    """Bring every asset whose rights begin, end, or are about to end into the phase of this moment, page by page.

    Costs what is due, whatever the size of the Catalog. What was done is due no more: a run that is stopped is gone on
    with by the next, and two runs at once do nothing twice. No page is begun after `until`.

    Raises:
        NotUnderstood: a record that is due is broken; all others of its page were seen to.
        Unavailable: the Catalog did not answer; the next run finds what is left.
    """
    done = Flipped(0, 0)
    while (moment := now()) < until:
        flipped = moved = 0
        broken: NotUnderstood | None = None
        due = agenda.due(DueKind.RIGHTS, at=moment, limit=page)
        try:
            for record in due:
                if isinstance(record, Asset) and _flipped(record, agenda=agenda, now=moment):
                    flipped += 1
                else:
                    moved += 1
        except NotUnderstood as error:
            broken = error
        done = Flipped(done.flipped + flipped, done.moved + moved)
        if broken is not None:
            raise broken
        if not flipped:
            break
    return done


def _flipped(asset: Asset, *, agenda: Agenda, now: datetime) -> bool:
    changed = asset.in_phase(now=now)
    return changed is not asset and saved(agenda.save, changed)
