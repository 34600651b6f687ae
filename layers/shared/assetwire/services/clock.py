"""Clock: say that what is due is due; whoever it concerns hears of it through the stream."""

from datetime import datetime
from typing import NamedTuple

from assetwire.domain.due import DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.ports import Agenda
from assetwire.services.conflicts import saved

LARGEST_SWEEP = 1_000
"""Items of one kind that one sweep wakes at the most; the next sweep goes on."""


class Swept(NamedTuple):
    """How many items were woken, and how many others changed meanwhile, and so need no waking by this sweep."""

    woken: int
    moved: int


def sweep(*, agenda: Agenda, now: datetime, limit: int = LARGEST_SWEEP) -> Swept:
    """Wake every item that is due: its wakes are counted, and it is due again after the lease unless it is done.

    Costs what is due, whatever the size of the Catalog. Two sweeps at once wake nothing twice.

    Raises:
        NotUnderstood: a record that is due is broken; all others were woken.
        Unavailable: the Catalog did not answer; the next sweep finds what is left.
    """
    woken = moved = 0
    broken: list[NotUnderstood] = []
    for kind in DueKind:
        if kind is DueKind.RIGHTS:  # rights_expiry's own
            continue
        try:
            for record in agenda.due(kind, at=now, limit=limit):
                if saved(agenda.save, record.woken(now)):
                    woken += 1
                else:
                    moved += 1
        except NotUnderstood as error:
            broken.append(error)
    if broken:
        raise broken[0]
    return Swept(woken, moved)
