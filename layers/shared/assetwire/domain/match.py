"""Where products and assets meet: at the names that products have and that assets' evidence says."""

from typing import Annotated

from pydantic import Field

from assetwire.domain.ids import AssetId
from assetwire.domain.matching import Verdict
from assetwire.domain.model import Instant, Value
from assetwire.domain.sku import Sku
from assetwire.domain.work import WorkId


class ProductName(Value):
    """The note, at a name, that a product has it; written with the product."""

    name: str
    sku: Sku


class NamedByAsset(Value):
    """The note, at a name, that an asset's evidence says it: whatever product comes by that name finds the asset."""

    name: str
    asset_id: AssetId


class AssetMatch(Value):
    """What an asset's evidence came to last; `revision` counts the runs that were about to change something.

    A run claims the next revision before it writes, and every write of it is conditional on that: a run that decided by
    what stood before is stopped by one that came later.
    """

    asset_id: AssetId
    names: Annotated[tuple[str, ...], Field(max_length=200)] = ()
    """The names at which it has a note."""
    skus: Annotated[tuple[Sku, ...], Field(max_length=200)] = ()
    """The products to which evidence has linked it, or suggested to, and one that somebody decided it shows."""
    verdict: Verdict = Verdict.UNKNOWN
    evidence: str = ""
    """The digest of the evidence."""
    work_id: WorkId | None = None
    """What people are asked about it."""
    at: Instant
    revision: int = 0
