"""GET /products/{sku}/media → what a page or a channel shows of a product, with everything that it needs to show it."""

from assetwire import bootstrap
from assetwire.api import Api, Request, Tagged
from assetwire.product_requests import GalleryQuery


def read_gallery(request: Request) -> Tagged:
    return Tagged(bootstrap.gallery()(request.sku, request.parameters(GalleryQuery)))


handler = Api({"GET /products/{sku}/media": read_gallery})
