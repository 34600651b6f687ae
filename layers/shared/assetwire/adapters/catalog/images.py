"""From a DynamoDB item to the domain value that it holds, without PynamoDB: for the stream and for single reads.

A value stands in the item's map `data`, as its JSON fields, and the name of its class in `kind`.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.asset import Asset, Blob, UploadRecord, Version
from assetwire.domain.associations import Associations
from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.declaration import Declaration
from assetwire.domain.drop import Drop, Members
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.history import AssetChange
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.job import Job
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.link_history import LinkChange
from assetwire.domain.match import AssetMatch, NamedByAsset, ProductName
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.outbox import Change, Record
from assetwire.domain.product import Product
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.purge import Purge, PurgesInProgress
from assetwire.domain.reconciliation import Feed, SeenPage
from assetwire.domain.rendition import Rendition
from assetwire.domain.revocation import Revocation
from assetwire.domain.rules import Rulebook, RuleChange, RuleText
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.variant import Variant
from assetwire.domain.work import WorkItem

KINDS: dict[str, type[Record]] = {
    kind.__name__: kind
    for kind in (
        *(Asset, Version, Rendition, Blob, Source, Belonging, UploadRecord, Named, Declaration, Drop, Members),
        *(WorkItem, Job, Likeness, AppliedSpecs, Rulebook, RuleText, RuleChange, Revocation, AssetChange),
        *(Product, ProductRevision, ProductName, Variant, Link, LinkChange, MediaOrder, NamedByAsset, AssetMatch),
        *(Collection, Membership, CollectionChange),
        *(Purge, PurgesInProgress, IdempotentRequest, RequestPart, Associations),
        *(Feed, SeenPage),
    )
}
Image = dict[str, Any]
"""An item as DynamoDB's API and stream write it: name → {type: value}."""


def value_of(image: Image) -> Record:
    """Return the domain value in an item.

    Raises:
        NotUnderstood: it is of no kind, or of no shape, that this version knows.
    """
    try:
        kind = KINDS[_plain(image["kind"])]
        return kind.model_validate(_plain(image["data"]))
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError) as error:
        raise NotUnderstood(f"not an item of the Catalog: {type(error).__name__}: {error}"[:500]) from error


def change_of(record: dict[str, Any]) -> Change:
    """Return the change that a record of the Catalog's stream tells of.

    Raises:
        NotUnderstood: it is no such record, or its items are not understood.
    """
    try:
        images = record["dynamodb"]
        record_id = str(record["eventID"])
        occurred_at = datetime.fromtimestamp(float(images["ApproximateCreationDateTime"]), UTC)
        old, new = images.get("OldImage"), images.get("NewImage")
        if not old and not new:
            raise NotUnderstood("a stream record without images")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise NotUnderstood(f"not a stream record: {type(error).__name__}: {error}"[:500]) from error
    return Change(record_id, occurred_at, value_of(old) if old else None, value_of(new) if new else None)


def _plain(attribute: dict[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return float(value) if set(value) & set(".eE") else int(value)
        case "NULL":
            return None
        case "L":
            return [_plain(element) for element in value]
        case "M":
            return {name: _plain(element) for name, element in value.items()}
        case _:
            raise ValueError(f"attribute type {kind}")
