"""GET /assets/{asset_id}/renditions/{rendition}/url → a time-limited URL, if the rights allow it."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import UrlQuery


def mint_url(request: Request) -> dict[str, Any]:
    wanted = request.parameters(UrlQuery)
    minted = bootstrap.signed_url()(
        asset_id=request.asset_id,
        rendition=request.path["rendition"],
        territory=wanted.territory.upper(),
        usage=wanted.usage,
        ttl=wanted.ttl,
    )
    return {"url": minted.url, "expires_at": minted.expires_at.isoformat().replace("+00:00", "Z")}


handler = Api({"GET /assets/{asset_id}/renditions/{rendition}/url": mint_url})
