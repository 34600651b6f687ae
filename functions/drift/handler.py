"""POST /drift → where PIM's view of which assets show its products differs from ours, and repairs on request."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.product_requests import DriftRequest


def compare(request: Request) -> dict[str, Any]:
    return {"products": bootstrap.drift()(request.body(DriftRequest), request.actor)}


handler = Api({"POST /drift": compare})
