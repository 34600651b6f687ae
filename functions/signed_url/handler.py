"""GET …/renditions/{rendition}/url, POST /urls, POST /cookies → what opens files for a time, if the rights allow it."""

from datetime import datetime
from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request, read_as
from assetwire.domain.errors import AssetwireError
from assetwire.requests import ChannelUrlQuery, CookiesRequest, UrlBatchRequest, UrlItem, UrlQuery, named_by


def mint_url(request: Request) -> dict[str, Any]:
    urls, rendition = bootstrap.signed_url(), request.path["rendition"]
    if request.query.get("form") == "path":
        channel = request.parameters(ChannelUrlQuery)
        return shown(urls.for_channel(request.asset_id, rendition, channel=channel.channel, ttl=channel.ttl))
    wanted = request.parameters(UrlQuery)
    whom = {"territories": wanted.territories, "usage": wanted.usage, "ip": wanted.ip}
    return shown(urls.sign(request.asset_id, rendition, **whom, ttl=wanted.ttl))


def mint_urls(request: Request) -> dict[str, Any]:
    said = request.body(UrlBatchRequest).items
    read = [read_as(UrlItem, each) for each in said]
    minted = iter(bootstrap.signed_url().sign_all([item for item in read if isinstance(item, UrlItem)]))
    answers = [next(minted) if isinstance(item, UrlItem) else item for item in read]
    return {"urls": [{**named_by(item), **shown(answer)} for item, answer in zip(said, answers, strict=True)]}


def mint_cookies(request: Request) -> dict[str, Any]:
    minted = bootstrap.signed_url().cookies(request.body(CookiesRequest))
    return {"assets": [{"asset_id": asset_id, **shown_cookies(answer)} for asset_id, answer in minted.items()]}


def shown(minted: Any) -> dict[str, Any]:
    if isinstance(minted, AssetwireError):
        problems = {"problems": list(found)} if (found := getattr(minted, "problems", ())) else {}
        return {"code": minted.code, "message": minted.message, **problems}
    return {"url": minted.url, "expires_at": moment(minted.expires_at)}


def shown_cookies(minted: Any) -> dict[str, Any]:
    if isinstance(minted, AssetwireError):
        return shown(minted)
    urls = {name: minted.opened.url(name) for name in minted.opened.delivered.renditions}
    ends = moment(minted.opened.expires_at)
    return {"cookies": minted.cookies, "attributes": minted.attributes, "urls": urls, "expires_at": ends}


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


handler = Api(
    {
        "GET /assets/{asset_id}/renditions/{rendition}/url": mint_url,
        "POST /urls": mint_urls,
        "POST /cookies": mint_cookies,
    }
)
