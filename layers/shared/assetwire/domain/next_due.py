"""What an asset waits for: the first of its moments, and how often it was woken for that in vain."""

from typing import TYPE_CHECKING

from assetwire.domain.due import Due, DueKind

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset

_MOMENTS = {
    DueKind.DELETION: "deletion",
    DueKind.MASTERS: "look_at",
    DueKind.RENDITIONS: "tidy_at",
    DueKind.TRANSCODES: "transcode_at",
}
"""The field that says when something of this kind is due."""


def next_due(before: "Asset | None", asset: "Asset") -> Due | None:
    """Return what is due first; what was woken for it in vain counts until its moment is another.

    A run of transcode that claims the asset has done nothing yet: its claim neither ends the count nor the pause.
    """
    waits = [due for due in (rights_due(asset),) if due is not None]
    if asset.deletion is not None and asset.deletion.done_at is None and asset.legal_hold is None:
        waits.append(Due(kind=DueKind.DELETION, at=asset.deletion.due_at))
    if asset.look_at is not None and not asset.is_gone:
        waits.append(Due(kind=DueKind.MASTERS, at=asset.look_at))
    if asset.tidy_at is not None and asset.is_accepted:
        waits.append(Due(kind=DueKind.RENDITIONS, at=asset.tidy_at))
    if asset.transcode_at is not None and asset.is_accepted:
        waits.append(Due(kind=DueKind.TRANSCODES, at=asset.transcode_at))
    known = [_with_wakes(due, before, asset) for due in waits]
    return min(known, key=lambda due: due.at, default=None)


def rights_due(asset: "Asset") -> Due | None:
    """Return when a window of its rights begins, ends or is about to."""
    if asset.phase.until is None or asset.is_gone:
        return None
    return Due(kind=DueKind.RIGHTS, at=asset.phase.until)


def _with_wakes(due: Due, before: "Asset | None", asset: "Asset") -> Due:
    waited = before.due if before is not None else None
    if waited is None or waited.kind is not due.kind or due.kind is DueKind.RIGHTS:
        return due
    if due.kind is DueKind.TRANSCODES and asset.transcoding is not None and asset.transcoding.claim is not None:
        return due.model_copy(update={"at": max(due.at, waited.at), "wakes": waited.wakes})
    field = _MOMENTS[due.kind]
    is_the_same = getattr(before, field) == getattr(asset, field)
    return due.model_copy(update={"wakes": waited.wakes}) if is_the_same else due
