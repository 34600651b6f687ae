"""The API of product feeds: the PIMs that are looked at, a look at one, and products by the hundred."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.feed_requests import ImportRequest, LookRequest


def look(request: Request) -> dict[str, Any]:
    asked = request.body(LookRequest).model_dump()
    job = bootstrap.feeds_api().reconcile(request.name("source"), **asked, by=request.actor)
    return job.model_dump(mode="json")


def take(request: Request) -> dict[str, Any]:
    results = bootstrap.feeds_api().take(request.body(ImportRequest).products, by=request.actor)
    return {"results": results}


handler = Api(
    {
        "GET /feeds": lambda _: {"feeds": [feed.model_dump(mode="json") for feed in bootstrap.feeds_api().feeds()]},
        "POST /feeds/import": take,
        "POST /feeds/{source}/reconcile": look,
    }
)
