"""SKUs: the names of products, as PIM gives them."""

from typing import Annotated

from pydantic import StringConstraints

SKU = r"^[A-Za-z0-9]([A-Za-z0-9 ._~+:@()-]{0,98}[A-Za-z0-9._~+)-])?$"
"""Printable ASCII that can stand in a URL's path and in a key, up to 100 characters: no slash and no number sign."""
Sku = Annotated[str, StringConstraints(pattern=SKU)]
