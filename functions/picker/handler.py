"""GET /picker → assets that somebody may choose for a product, where and for what the rights allow them."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.product_requests import PickerQuery


def pick(request: Request) -> dict[str, Any]:
    return bootstrap.picker()(request.parameters(PickerQuery))


handler = Api({"GET /picker": pick})
