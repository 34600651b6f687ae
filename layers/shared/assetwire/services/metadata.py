"""Metadata as people edit it: one asset at once; many after a dry run, in the background."""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.edits import MetadataEdit, edits_after, refusals, too_large
from assetwire.domain.errors import InvalidRequest, NotPermitted
from assetwire.domain.history import change_between
from assetwire.domain.job import Job
from assetwire.domain.rules import Rules
from assetwire.ports import Agenda, Catalog
from assetwire.services.conflicts import decided, require_revision
from assetwire.services.jobs import start_job
from assetwire.services.judging import Judge, Judged, judge_asset, judged
from assetwire.services.selection import Selection, walk

EDIT_METADATA = "edit_metadata"
"""The kind of the job that edits many assets."""
_EXAMPLES = 20


class Forecast(NamedTuple):
    """What an edit would do to the assets of one page, and where to go on: None at the end."""

    matched: int
    missing: list[str]
    changed: int
    accepted: int
    """Assets that would become accepted."""
    quarantined: int
    """Assets that would become quarantined."""
    problems_gone: dict[str, int]
    problems_new: dict[str, int]
    examples: list[dict[str, Any]]
    next_cursor: str | None


def edit_metadata(
    asset_id: str,
    edit: MetadataEdit,
    *,
    by: str = "",
    may_set_rights: bool,
    if_revision: int | None = None,
    catalog: Catalog,
    judge: Judge,
    now: datetime,
) -> Asset:
    """Edit an asset's metadata or category, and judge it anew at once: it is accepted or quarantined by what it says.

    Raises:
        InvalidRequest: the edit sets what cannot be set, as `problems` says; or the asset is deleted.
        NotPermitted: it names a field that limits rights, and whoever edits may not set any.
        NotFound: there is no such asset.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """
    require_possible(edit, judge=judge)
    require_permitted(edit, by=by, may_set_rights=may_set_rights)

    def attempt() -> tuple[Asset, Rules]:
        asset = catalog.asset(asset_id)
        require_revision(asset, if_revision)
        if asset.is_gone:
            raise InvalidRequest(f"asset {asset_id} is deleted", code="asset_deleted")
        category = edit.category or asset.category
        rules = judge.rules(category)
        edits = edits_after(asset, edit, by=by, at=now)
        if too_large(edits):
            raise InvalidRequest("the edits of one asset have at most 100,000 bytes", code="too_large")
        after = judged(asset, catalog.versions(asset_id), rules, now=now, category=category, edits=edits)
        if after.asset is not asset:
            change = change_between(asset, after.asset, by=by, reason="")
            catalog.save_asset(after.asset, versions=after.versions, change=change)
        return after.asset, rules

    edited, rules = decided(attempt)
    if judge.rules(edited.category).stamp == rules.stamp:
        return edited
    return judge_asset(asset_id, catalog=catalog, judge=judge, now=now)


def forecast(
    selection: Selection,
    edit: MetadataEdit,
    *,
    by: str = "",
    may_set_rights: bool,
    cursor: str | None,
    limit: int,
    catalog: Catalog,
    judge: Judge,
    now: datetime,
) -> Forecast:
    """Tell what an edit would change of the next page of a selection; nothing is written.

    Raises:
        InvalidRequest: the edit sets what cannot be set, or the cursor is not one of a forecast's.
        NotPermitted: it names a field that limits rights, and whoever edits may not set any.
    """
    require_possible(edit, judge=judge)
    require_permitted(edit, by=by, may_set_rights=may_set_rights)
    page = walk([selection], cursor, limit=limit, catalog=catalog)
    gone, new, moved = Counter[str](), Counter[str](), Counter[AssetStatus]()
    examples: list[dict[str, Any]] = []
    book = judge.book()

    def rules(asset: Asset) -> Rules:
        return judge.rules_in(book, edit.category or asset.category)

    found = [step.asset for step in page.steps if step.asset is not None]
    changed = 0
    for asset in found:
        after = applied(asset, edit, by=by, at=now, rules=rules(asset), catalog=catalog, now=now)
        if after.asset is asset:
            continue
        changed += 1
        before_codes = {(problem.code, problem.field) for problem in asset.problems}
        after_codes = {(problem.code, problem.field) for problem in after.asset.problems}
        gone.update(code for code, _ in before_codes - after_codes)
        new.update(code for code, _ in after_codes - before_codes)
        if after.asset.status is not asset.status:
            moved[after.asset.status] += 1
        if len(examples) < _EXAMPLES:
            examples.append(
                {
                    "asset_id": asset.asset_id,
                    "status": after.asset.status.value,
                    "problems_gone": _named(before_codes - after_codes),
                    "problems_new": _named(after_codes - before_codes),
                }
            )
    missing = [step.asset_id for step in page.steps if step.asset is None]
    return Forecast(
        matched=len(found),
        missing=missing,
        changed=changed,
        accepted=moved[AssetStatus.ACCEPTED],
        quarantined=moved[AssetStatus.QUARANTINED],
        problems_gone=dict(sorted(gone.items())),
        problems_new=dict(sorted(new.items())),
        examples=examples,
        next_cursor=page.cursor,
    )


def start_edit(
    selection: Selection,
    edit: MetadataEdit,
    *,
    by: str = "",
    may_set_rights: bool,
    token: str,
    agenda: Agenda,
    judge: Judge,
    now: datetime,
) -> Job:
    """Start a job that edits the assets of a selection; the same token and request again is the same job.

    Raises:
        InvalidRequest: the edit sets what cannot be set.
        NotPermitted: it names a field that limits rights, and whoever edits may not set any.
    """
    require_possible(edit, judge=judge)
    require_permitted(edit, by=by, may_set_rights=may_set_rights)
    request = {
        "selection": selection.model_dump(mode="json", exclude_defaults=True),
        "edit": edit.model_dump(mode="json", exclude_defaults=True),
    }
    total = len(selection.asset_ids) or None
    return start_job(EDIT_METADATA, request, total=total, by=by, token=token, agenda=agenda, now=now)


def applied(
    asset: Asset, edit: MetadataEdit, *, by: str, at: datetime, rules: Rules, catalog: Catalog, now: datetime
) -> Judged:
    """Return an asset as the edit and the rules make it; as it is where its edits would be too large."""
    category = edit.category or asset.category
    edits = edits_after(asset, edit, by=by, at=at)
    if too_large(edits):
        edits = asset.edits
    return judged(asset, catalog.versions(asset.asset_id), rules, now=now, category=category, edits=edits)


def require_possible(edit: MetadataEdit, *, judge: Judge) -> None:
    """Require that an edit can be made of some asset.

    Raises:
        InvalidRequest: it cannot; `problems` says why.
    """
    problems = list(refusals(edit))
    if edit.category is not None and judge.rules(edit.category).template is None:
        message = f"there is no template {edit.category!r}"
        problems.append({"code": "unknown_category", "field": "category", "message": message})
    if edit.asks_nothing:
        problems.append({"code": "nothing_to_do", "field": "", "message": "the edit changes nothing"})
    if problems:
        raise InvalidRequest("the edit cannot be made", code=problems[0]["code"], problems=tuple(problems))


def require_permitted(edit: MetadataEdit, *, by: str, may_set_rights: bool) -> None:
    """Require that whoever edits may: fields that limit rights are set, and lifted, by those who set rights.

    Raises:
        NotPermitted: they may not (`rights_not_permitted`).
    """
    if edit.limiting and not may_set_rights:
        message = f"{by} may not set rights, and these fields limit them: {', '.join(edit.limiting)}"
        raise NotPermitted(message, code="rights_not_permitted")


def _named(codes: set[tuple[str, str]]) -> list[str]:
    return [f"{code} {field}" for code, field in sorted(codes)]
