"""The API of collections: make and change them, set what their members are kept within, who is in them."""

from collections.abc import Callable
from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request, Route
from assetwire.domain.rights import Rights
from assetwire.requests import (
    ChangeLogQuery,
    CollectionRequest,
    MembersQuery,
    MembersRequest,
    ReasonQuery,
    TitleRequest,
)

Json = dict[str, Any]


def changing(step: Callable[[Request, str, Json], Json]) -> Route:
    def route(request: Request) -> Json:
        why = {"reason": request.parameters(ReasonQuery).reason, "if_revision": request.if_revision()}
        return step(request, request.name("collection"), {"by": request.actor, **why})

    return route


def listing(kind: type[ChangeLogQuery | MembersQuery], read: Callable[[str, Json], Json]) -> Route:
    return lambda request: read(request.name("collection"), request.parameters(kind).model_dump())


def moving(step: str) -> Route:
    def route(request: Request) -> Json:
        wanted, known = request.body(MembersRequest), bootstrap.collections_api()
        return getattr(known, step)(request.name("collection"), wanted, by=request.actor)._asdict()

    return route


api = bootstrap.collections_api
handler = Api(
    {
        "POST /collections": lambda r: api().create(
            r.body(CollectionRequest), reason=r.parameters(ReasonQuery).reason, **r.who
        ),
        "GET /collections": lambda r: api().list(**r.parameters(ChangeLogQuery).model_dump()),
        "GET /collections/{collection}": lambda r: api().read(r.name("collection")),
        "PATCH /collections/{collection}": changing(lambda r, n, w: api().rename(n, r.body(TitleRequest).title, **w)),
        "DELETE /collections/{collection}": changing(lambda _, n, w: api().delete(n, **w)),
        "PUT /collections/{collection}/rights": changing(lambda r, n, w: api().set_rights(n, r.body(Rights), **w)),
        "DELETE /collections/{collection}/rights": changing(lambda _, n, w: api().set_rights(n, None, **w)),
        "GET /collections/{collection}/changes": listing(ChangeLogQuery, lambda n, page: api().history(n, **page)),
        "GET /collections/{collection}/members": listing(MembersQuery, lambda n, page: api().members(n, **page)),
        "POST /collections/{collection}/members": moving("add"),
        "POST /collections/{collection}/members/remove": moving("remove"),
        "GET /assets/{asset_id}/collections": lambda r: api().of_asset(r.asset_id),
    }
)
