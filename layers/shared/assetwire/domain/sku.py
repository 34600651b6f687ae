"""SKUs: the names of products, as PIM gives them."""

from typing import Annotated

from pydantic import StringConstraints

SKU = r"^[A-Za-z0-9]([A-Za-z0-9 ._~+:@()-]{0,98}[A-Za-z0-9._~+)-])?$"
"""What can stand in a URL's path and in a key: 1 to 100 ASCII letters, digits and ` . _ ~ + : @ ( ) -`; it begins
with a letter or digit, and does not end with a blank, `:`, `@` or `(`."""
Sku = Annotated[str, StringConstraints(pattern=SKU)]
