"""Selections of assets, walked a page at a time from a cursor: by id, by category, or by status."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, ValidationError, model_validator

from assetwire.domain.asset import Asset, AssetStatus, Category
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.ids import ASSET_ID, AssetId
from assetwire.domain.model import Value
from assetwire.ports import Catalog, Position

MOST_IDS = 1000


class Selection(Value):
    """Which assets: those listed, or those that a query finds; all that is named must hold. Deleted ones never are."""

    asset_ids: Annotated[tuple[AssetId, ...], Field(max_length=MOST_IDS)] = ()
    status: AssetStatus | None = None
    category: Category | None = None
    problem: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The code of a problem that they have."""

    @model_validator(mode="after")
    def _selects_something(self) -> Self:
        queried = self.status is not None or self.category is not None or self.problem is not None
        if bool(self.asset_ids) == queried:
            raise ValueError("name either asset_ids, or at least one of status, category and problem")
        if len(set(self.asset_ids)) != len(self.asset_ids):
            raise ValueError("an asset is named more than once")
        return self

    @property
    def is_listing(self) -> bool:
        """Tell whether these are all assets of one category, or of one status, which an index can count."""
        return (self.category is None) != (self.status is None) and self.problem is None

    def admits(self, asset: Asset) -> bool:
        """Tell whether an asset is one of the query's."""
        if asset.is_gone:
            return False
        codes = {problem.code for problem in (*asset.problems, *asset.inspection.problems)}
        return (
            (self.status is None or asset.status is self.status)
            and (self.category is None or asset.category == self.category)
            and (self.problem is None or self.problem in codes)
        )


def selection_of(**asked: Any) -> Selection:
    """Return the selection that a caller asks for.

    Raises:
        InvalidRequest: it names nothing, or both assets and a query.
    """
    try:
        return Selection(**asked)
    except ValidationError as error:
        problems = tuple(
            {"code": e["type"], "field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()[:20]
        )
        raise InvalidRequest("this selects no assets", code="invalid_selection", problems=problems) from error


class Step(NamedTuple):
    """One asset of a walk, or None where a listed one is not there; and the cursor that goes on after it."""

    asset_id: str
    asset: Asset | None
    cursor: str


class Walked(NamedTuple):
    """A page of a walk; `cursor` goes on after it, and is None at the end."""

    steps: list[Step]
    cursor: str | None


def walk(selections: Sequence[Selection], cursor: str | None, *, limit: int, catalog: Catalog) -> Walked:
    """Return the next page of a walk over selections, one after the other; each looks at `limit` assets at the most.

    A page may be shorter, or empty, while there is more: a filter drops what an index cannot tell.

    Raises:
        InvalidRequest: the cursor is not one of a walk's.
    """
    number, position = _position(cursor)
    if number >= len(selections):
        return Walked([], None)
    selection, after = selections[number], _encoded(number + 1, None)
    if number + 1 == len(selections):
        after = ""
    if selection.asset_ids:
        return _listed(selection, number, position, limit=limit, catalog=catalog, after=after)
    start = None if position is None else _place(position)
    if selection.category is not None:
        page = catalog.assets_of(selection.category, limit=limit, after=start)
    else:
        statuses = [selection.status] if selection.status else [s for s in AssetStatus if s is not AssetStatus.DELETED]
        page = catalog.assets(statuses, limit=limit, after=start)
    steps = [
        Step(asset.asset_id, asset, _encoded(number, [asset.created_at.isoformat(), asset.asset_id]))
        for asset in page.assets
        if selection.admits(asset)
    ]
    ends = None if page.next is None else [page.next.created_at.isoformat(), page.next.item_id]
    return Walked(steps, (_encoded(number, ends) if ends else after) or None)


def _listed(
    selection: Selection, number: int, position: list[str] | None, *, limit: int, catalog: Catalog, after: str
) -> Walked:
    try:
        start = 0 if position is None else int(position[0])
    except ValueError as error:
        raise _invalid() from error
    steps = []
    for place, asset_id in enumerate(selection.asset_ids[start : start + limit], start + 1):
        try:
            asset = catalog.asset(asset_id)
        except NotFound:
            asset = None
        held = asset if asset is not None and not asset.is_gone else None
        steps.append(Step(asset_id, held, _encoded(number, [str(place), ""])))
    more = start + limit < len(selection.asset_ids)
    return Walked(steps, (_encoded(number, [str(start + limit), ""]) if more else after) or None)


def _encoded(number: int, position: list[str] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([number, position]).encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[int, list[str] | None]:
    if cursor is None:
        return 0, None
    try:
        number, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(number, int) or number < 0:
            raise ValueError("not a place")
        if position is not None and not (
            isinstance(position, list) and len(position) == 2 and all(isinstance(part, str) for part in position)
        ):
            raise ValueError("not a position")
    except (ValueError, TypeError, binascii.Error) as error:
        raise _invalid() from error
    return number, position


def _place(position: list[str]) -> Position:
    try:
        moment = datetime.fromisoformat(position[0])
        if moment.tzinfo is None or not re.fullmatch(ASSET_ID, position[1]):
            raise ValueError("no position of an asset")
    except ValueError as error:
        raise _invalid() from error
    return Position(moment, position[1])


def _invalid() -> InvalidRequest:
    return InvalidRequest("the cursor is not one of a walk's", code="invalid_cursor")
