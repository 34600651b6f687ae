"""GET /assets/{asset_id}/renditions/{rendition}/url → a time-limited URL, if the rights allow it."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import ChannelUrlQuery, UrlQuery


def mint_url(request: Request) -> dict[str, Any]:
    urls, rendition = bootstrap.signed_url(), request.path["rendition"]
    if request.query.get("form") == "path":
        channel = request.parameters(ChannelUrlQuery)
        minted = urls.for_channel(request.asset_id, rendition, channel=channel.channel, ttl=channel.ttl)
    else:
        wanted = request.parameters(UrlQuery)
        whom = {"territories": wanted.territories, "usage": wanted.usage}
        minted = urls.sign(request.asset_id, rendition, **whom, ttl=wanted.ttl)
    return {"url": minted.url, "expires_at": minted.expires_at.isoformat().replace("+00:00", "Z")}


handler = Api({"GET /assets/{asset_id}/renditions/{rendition}/url": mint_url})
