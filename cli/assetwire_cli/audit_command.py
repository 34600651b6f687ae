"""`assetwire audit-delivery`: what can be reached, against what the rights allow."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target


def audit_delivery(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and difference.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Compare every object of the delivery bucket with what may be seen now, and every asset with its objects.

    Reads the bucket and the Catalog by itself, with the environment's credentials: s3:ListBucket and
    dynamodb:GetItem, BatchGetItem, Query. What `enforce` is about to do may be seen as a difference.

    Exit code: 0 if they are the same, 1 if not.
    """
    from assetwire.services.audit import audit

    place = target(aws, stack, region)
    with place.environment():
        from assetwire.adapters.catalog.collections import DynamoCollections
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.media_store import S3Delivery

        catalog = DynamoCatalog(place.outputs["CatalogTable"], region=place.region)
        delivery = S3Delivery(place.outputs["DeliveryBucketName"], renditions=place.outputs["RenditionsBucketName"])
        collections = DynamoCollections(place.outputs["CatalogTable"], region=place.region)
        found, assets, objects = Counter[str](), 0, 0
        for step in audit(catalog=catalog, delivery=delivery, collections=collections, now=datetime.now(UTC)):
            assets, objects = step.assets, step.objects
            if step.difference is not None:
                key, kind, reason = step.difference
                found[kind.value] += 1
                console.line(json.dumps(step.difference._asdict()) if as_json else f"{kind.value} {key}: {reason}")
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items())) or "no differences"
    console.err.print(f"{assets} assets, {objects} objects: {counts}", markup=False)
    if found:
        raise typer.Exit(1)
