"""Audit of the delivery bucket: everything that can be reached, against everything that may be."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, islice
from typing import NamedTuple, TypedDict

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.audit import Difference, differences
from assetwire.domain.collection import as_they_say
from assetwire.domain.errors import NotFound
from assetwire.domain.ids import ASSET_ID
from assetwire.ports import Catalog, DeliveryStore
from assetwire.ports.collections import Collections
from assetwire.services.cursors import LARGEST_PAGE
from assetwire.services.shown import renditions_of_shown


class _Ports(TypedDict):
    catalog: Catalog
    collections: Collections


class Audited(NamedTuple):
    """What was looked at so far, and a difference, if one was found there."""

    assets: int
    objects: int
    difference: Difference | None = None


def audit(*, catalog: Catalog, delivery: DeliveryStore, collections: Collections, now: datetime) -> Iterator[Audited]:
    """Yield how far the audit is, and every difference: first along the bucket, then along the accepted assets.

    What differs is looked at a second time, so that what was changed just then is no finding. What may be reached of a
    member is what its collections allow now, whether it follows them yet or not.
    """
    ports: _Ports = {"catalog": catalog, "collections": collections}
    seen: set[str] = set()
    objects = 0
    standing = ((asset_id, dict(entries)) for asset_id, entries in groupby(delivery.walked(), key=_asset_of))
    while batch := list(islice(standing, LARGEST_PAGE)):
        known = [asset_id for asset_id, _ in batch if re.fullmatch(ASSET_ID, asset_id)]
        assets = {asset.asset_id: asset for asset in catalog.assets_named(known)}
        for asset_id, present in batch:
            seen.add(asset_id)
            objects += len(present)
            first = _differences(assets.get(asset_id), present, **ports, now=now)
            for found in _again(asset_id, **ports, delivery=delivery, now=now) if first else ():
                yield Audited(len(seen), objects, found)
        yield Audited(len(seen), objects)
    after = None
    while True:
        page = catalog.assets([AssetStatus.ACCEPTED], limit=LARGEST_PAGE, after=after)
        for asset in page.assets:
            if asset.asset_id not in seen:
                seen.add(asset.asset_id)
                first = _differences(asset, {}, **ports, now=now)
                for found in _again(asset.asset_id, **ports, delivery=delivery, now=now) if first else ():
                    yield Audited(len(seen), objects, found)
        yield Audited(len(seen), objects)
        after = page.next
        if after is None:
            return


def _asset_of(entry: tuple[str, str]) -> str:
    """Return the first part of a key, which is an asset's id, or a stranger's."""
    return entry[0].split("/", 1)[0]


def _again(
    asset_id: str, *, catalog: Catalog, collections: Collections, delivery: DeliveryStore, now: datetime
) -> list[Difference]:
    try:
        asset = catalog.asset(asset_id) if re.fullmatch(ASSET_ID, asset_id) else None
    except NotFound:
        asset = None
    present = {key: etag for key, etag in delivery.present(asset_id).items() if _asset_of((key, etag)) == asset_id}
    return _differences(asset, present, catalog=catalog, collections=collections, now=now)


def _differences(
    asset: Asset | None, present: dict[str, str], *, catalog: Catalog, collections: Collections, now: datetime
) -> list[Difference]:
    if asset is not None and asset.collections:
        asset = as_they_say(asset, collections.collections_named(asset.collections))
    renditions = renditions_of_shown(asset, catalog=catalog) if asset is not None else []
    return differences(asset, renditions, present, at=now)
