"""Jobs that judge assets anew: after a change of the rules, and with an edit of many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetwire.domain.asset import Asset, Version
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.job import Job
from assetwire.ports import Catalog
from assetwire.services.jobs import Doing, Work
from assetwire.services.judging import Judge, judge_asset, judged
from assetwire.services.metadata import EDIT_METADATA, applied
from assetwire.services.rules import REVALIDATE
from assetwire.services.selection import Selection


def judging_works(*, catalog: Catalog, judge: Judge, now: datetime) -> dict[str, Work]:
    """Return the kinds of jobs that judge assets, by name."""
    return {kind: _Judging(kind, catalog, judge, now) for kind in (REVALIDATE, EDIT_METADATA)}


class _Judging:
    def __init__(self, kind: str, catalog: Catalog, judge: Judge, now: datetime) -> None:
        self._kind, self._known = kind, (catalog, judge, now)

    def selections(self, request: dict[str, Any]) -> list[Selection]:
        if self._kind == REVALIDATE:
            return [Selection(category=category) for category in request["categories"]]
        return [Selection.model_validate(request["selection"])]

    def step(self, job: Job) -> Doing:
        edit = MetadataEdit.model_validate(job.request["edit"]) if self._kind == EDIT_METADATA else None
        return _Step(job, edit, *self._known)


class _Step:
    """One step by the rules that hold when it begins; what was written by them is judged again if they moved."""

    def __init__(self, job: Job, edit: MetadataEdit | None, catalog: Catalog, judge: Judge, now: datetime) -> None:
        self._job, self._edit = job, edit
        self._catalog, self._judge, self._now = catalog, judge, now
        self._book = judge.book()

    def after(self, asset: Asset) -> tuple[Asset, Sequence[Version]]:
        if self._edit is not None:
            rules = self._judge.rules_in(self._book, self._edit.category or asset.category)
            cause = {"by": self._job.by, "at": self._job.created_at}
            return applied(asset, self._edit, **cause, rules=rules, catalog=self._catalog, now=self._now)  # type: ignore[arg-type]
        rules = self._judge.rules_in(self._book, asset.category)
        return judged(asset, self._catalog.versions(asset.asset_id), rules, now=self._now)

    def written(self, assets: Sequence[Asset]) -> None:
        if assets and self._judge.book().revision != self._book.revision:
            for asset in assets:
                judge_asset(asset.asset_id, catalog=self._catalog, judge=self._judge, now=self._now)
