"""Looking at a stack from outside, and pictures to feed it."""

import io
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from PIL import Image

from assetwire_cli.target import Target

NO_COOKIES: Mapping[str, str] = MappingProxyType({})
ANYWHERE = {"windows": [{}], "territories": ["*"], "usages": ["web"]}


def eventually(ask: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Ask until the answer is true; fail after some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def is_complete(target: Target, asset_id: str) -> bool:
    """Tell whether an asset has every rendition that it wants, and all of them are delivered."""
    found = target.call("GET", f"/assets/{asset_id}/renditions")
    return not found["missing"] and all(each["delivered"] for each in found["renditions"])


def get(url: str, country: str = "DE", cookies: Mapping[str, str] = NO_COOKIES) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers of a plain GET, as a viewer in a country gets it; "" if nobody knows where."""
    headers = {"CloudFront-Viewer-Country": country}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


def picture(*, side: int = 48) -> bytes:
    """A small JPEG that no other test has."""
    shade = uuid.uuid4().bytes
    image = Image.new("RGB", (side, side), (shade[0], shade[1], shade[2]))
    image.putpixel((0, 0), (shade[3], shade[4], shade[5]))
    file = io.BytesIO()
    image.save(file, "JPEG", comment=shade)
    return file.getvalue()


def scan(target: Target) -> list[dict[str, Any]]:
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.outputs["CatalogTable"])
    return [item for page in pages for item in page["Items"] if "kind" in item]  # others were planted by a test
