"""What the crash tests deliver, and the state of the world before it: masters, assets, rights, messages."""

import copy
import hashlib
import io
import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from PIL import Image

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.asset import Asset, Blob, Upload, UploadRecord, Version
from assetwire.domain.events import AssetAccepted, Event
from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.link import Arrangement, Link, LinkOrigin, LinkRole, LinkState, MediaOrder
from assetwire.domain.metadata import Metadata
from assetwire.domain.product import Product, ProductFacts, ProductStatus
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Rendered
from assetwire.domain.source import Source
from assetwire.domain.spec import Encoding, Format, Frame, Spec
from crash.world import EVENTS, MASTERS, NOW, REGION, RENDITIONS, TABLE, UPLOADED, Message, World, aws

KEY = "Herbst 2026/Dahlie Blüte 01+2 100%25.png"
"""A key with everything that URL encoding gets wrong; EventBridge hands keys over as they are."""
ENCODINGS = (Encoding(format=Format.WEBP, quality=78), Encoding(format=Format.JPEG, quality=80))
WEB = Spec(name="web", ladder=True, frames={"320": Frame(width=320)}, encodings=ENCODINGS)
"""What is rendered in these tests: little, since every file is a call to stop at."""
NAMES = {output.name for output in WEB.outputs}
RECORDED = {"web-320.avif": Format.AVIF, "web-320.webp": Format.WEBP, "web-320.jpg": Format.JPEG}
"""The renditions that `record_renditions` puts there."""
EVERYWHERE = Rights(windows=(Window(),), territories=("*",), usages=tuple(Usage))
GERMANY = Rights(windows=(Window(),), territories=("DE",), usages=tuple(Usage))
NOBODY = Rights(windows=(), territories=("*",), usages=tuple(Usage))


@cache
def picture(shade: int = 40) -> bytes:
    """Return a PNG of 64 × 48 pixels; another shade gives other bytes."""
    image = Image.new("RGB", (64, 48), (shade, 120, 200))
    for x in range(64):
        image.putpixel((x, x * 3 // 4), (250, shade, 10))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@cache
def damaged_picture() -> bytes:
    """Return a JPEG of 64 × 48 pixels whose header is whole and whose pixels break off."""
    image = Image.effect_noise((64, 48), 90).convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()[:-1500]


class Put(NamedTuple):
    """An object that was put into the masters bucket."""

    key: str
    s3_version: str
    at: datetime
    sequencer: str


def put_master(data: bytes, *, key: str = KEY, minute: int = 0) -> Put:
    """Upload a master at 9:30 and some minutes."""
    answer = aws("s3").put_object(Bucket=MASTERS, Key=key, Body=data)
    return Put(key, answer["VersionId"], UPLOADED + timedelta(minutes=minute), f"0061{minute:04X}99")


def message(name: str) -> Message:
    """Return a stored AWS payload, to be changed at will."""
    return dict(json.loads((EVENTS / name).read_text(encoding="utf-8")))


def s3_message(put: Put, *, with_version: bool = True) -> Message:
    """Return the batch in which ingest hears of an upload."""
    batch = message("sqs_s3_object_created.json")
    body = json.loads(batch["Records"][0]["body"])
    body["time"] = f"{put.at:%Y-%m-%dT%H:%M:%SZ}"
    body["detail"]["object"] |= {"key": put.key, "version-id": put.s3_version, "sequencer": put.sequencer}
    if not with_version:
        del body["detail"]["object"]["version-id"]
    batch["Records"][0]["body"] = json.dumps(body, ensure_ascii=False)
    return batch


def restored_message(put: Put) -> Message:
    """Return the batch in which ingest hears that S3 has made a copy of an archived object."""
    batch = message("sqs_s3_object_restore_completed.json")
    body = json.loads(batch["Records"][0]["body"])
    body["detail"]["object"] |= {"key": put.key, "version-id": put.s3_version}
    batch["Records"][0]["body"] = json.dumps(body, ensure_ascii=False)
    return batch


def bus_message(event: Event) -> Message:
    """Return the batch in which a consumer hears of an event of ours."""
    batch = message("sqs_asset_accepted.json")
    body = json.loads(batch["Records"][0]["body"])
    body |= {"detail-type": event.type, "detail": json.loads(event.to_cloud_event())}
    batch["Records"][0]["body"] = json.dumps(body)
    return batch


def hint(asset: Asset) -> Message:
    """Return a batch with an event about this asset: consumers take it as a hint and read the rest themselves."""
    return bus_message(
        AssetAccepted(event_id="e", occurred_at=NOW, asset_id=asset.asset_id, version_id=asset.current_version)
    )


def batch_of(*batches: Message) -> Message:
    """Return one batch of all these messages, each with an id of its own."""
    records = [copy.deepcopy(record) for batch in batches for record in batch["Records"]]
    for number, record in enumerate(records):
        record["messageId"] = f"message-{number}"
    return {"Records": records}


def record_master(
    world: World, data: bytes, *, key: str = KEY, minute: int = 0, size: tuple[int, int] = (64, 48), **facts: Any
) -> Asset:
    """Upload a master and record it by hand as accepted: a new asset, or a new version of the key's asset.

    It is a picture, unless its inspection's facts say otherwise.
    """
    put = put_master(data, key=key, minute=minute)
    upload = Upload(bucket=MASTERS, key=key, s3_version=put.s3_version, uploaded_at=put.at, sequencer=put.sequencer)
    sha256 = hashlib.sha256(data).hexdigest()
    inspection = Inspection(
        status=Status.ACCEPTED, kind=Kind.IMAGE, media_type="image/png", sha256=sha256, bytes=len(data),
        width=size[0], height=size[1], metadata=Metadata(technical={"orientation": 1, "colour_space": "srgb"}),
    ).model_copy(update=facts)  # fmt: skip
    source = world.catalog.source(MASTERS, key)
    asset_id = source.asset_id if source else asset_id_of(key)
    version = Version(asset_id=asset_id, version_id=upload.version_id, upload=upload, inspection=inspection)
    before = world.catalog.asset(asset_id) if source else None
    asset = before.with_version(version, now=NOW) if before else Asset.of(version, now=NOW)
    world.catalog.record(
        UploadRecord(upload=upload, asset_id=asset_id, version_id=version.version_id),
        source=None if source else Source(bucket=MASTERS, key=key, asset_id=asset_id),
        blob=Blob(sha256=sha256, asset_id=asset_id, inspection=inspection),
        version=version,
        asset=asset,
    )
    return asset


def asset_id_of(key: str) -> str:
    """Return an id for a key of the tests'; its letters say nothing."""
    letters = hashlib.sha256(key.encode()).hexdigest().translate(str.maketrans("0189", "wxyz"))
    return "a" + letters[:25]


def record_renditions(world: World, asset: Asset, *, content: str = "first") -> list[Rendition]:
    """Put rendered files of the current version into their bucket, record them, and that they are complete."""
    made = []
    for name, file_format in RECORDED.items():
        data = f"{asset.current_version} {name} {content}".encode()
        rendition = Rendition(
            asset_id=asset.asset_id, version_id=asset.current_version, name=name, digest=content,
            usage=Usage.WEB, format=file_format, width=64, height=48, bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(), etag="",
        )  # fmt: skip
        answer = aws("s3").put_object(Bucket=RENDITIONS, Key=rendition.key, Body=data)
        rendition = rendition.model_copy(update={"etag": answer["ETag"].strip('"')})
        world.catalog.save_renditions([rendition])
        made.append(rendition)
    before = world.catalog.asset(asset.asset_id)
    rendered = Rendered(version_id=asset.current_version, outputs=dict.fromkeys(RECORDED, content))
    world.catalog.save_asset(before.with_rendered(rendered, now=NOW))
    return made


def lose(rendition: Rendition) -> None:
    """Take a rendition out of the Catalog and out of its bucket, as if it had never been made."""
    pk, sk = keys.rendition(rendition.asset_id, rendition.version_id, rendition.name, rendition.digest)
    aws("dynamodb").delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    aws("s3").delete_object(Bucket=RENDITIONS, Key=rendition.key)


def set_rights(world: World, asset_id: str, rights: Rights) -> Asset:
    """Change an asset's rights, as somebody else does it through the API."""
    asset = world.catalog.asset(asset_id).with_rights(rights, now=NOW)
    world.catalog.save_asset(asset)
    return asset


def delivered_asset(world: World) -> Asset:
    """Record an asset that may be seen everywhere, with its renditions in delivery and in viewers' caches."""
    asset = record_master(world, picture())
    record_renditions(world, asset)
    asset = set_rights(world, asset.asset_id, EVERYWHERE)
    world.deliver("enforce", hint(asset))
    return world.catalog.asset(asset.asset_id)


def data_of(item: dict[str, Any]) -> Any:
    """Return the value in an item, without types: for assertions."""
    return _plain(item["data"])


def _plain(attribute: dict[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "M":
            return {name: _plain(each) for name, each in value.items()}
        case "L":
            return [_plain(each) for each in value]
        case "N":
            return float(value)
        case _:
            return value


def offer(sku: str, *assets: Asset) -> None:
    """Record a published product that shows these assets as its heroes."""
    products = DynamoProducts(TABLE, region=REGION)
    facts = ProductFacts(status=ProductStatus.PUBLISHED)
    products.save(Product(sku=sku, facts=facts, created_at=NOW, updated_at=NOW))
    said = {"sku": sku, "role": LinkRole.HERO, "by": "pim", "at": NOW}
    new = said | {"origin": LinkOrigin.PIM, "state": LinkState.CONFIRMED, "created_at": NOW}
    links = tuple(Link(**new, asset_id=asset.asset_id) for asset in assets)
    products.arrange(Arrangement(MediaOrder(**said, assets=tuple(link.asset_id for link in links)), links))
