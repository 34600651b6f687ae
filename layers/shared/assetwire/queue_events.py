"""The shapes in which queues hand events to functions, and the batch loop that all queue handlers share."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from assetwire.domain.asset import Upload
from assetwire.domain.errors import AssetwireError, NotUnderstood
from assetwire.domain.events import AssetEvent, Event, ItemDue, LinkEvent, ProductEvent, PurgeWanted, parse_event
from assetwire.domain.ids import AssetId
from assetwire.domain.webhook import Delivery
from assetwire.observability import logger

_LOGGED = 2_000
"""Characters of a failed message that the log holds: its beginning names what it is about."""
_Shape = TypeVar("_Shape", bound=BaseModel)


class _Bucket(BaseModel):
    name: str


class _Object(BaseModel):
    key: str
    version_id: str = Field(default="", alias="version-id")
    sequencer: str = ""


class _Detail(BaseModel):
    bucket: _Bucket
    object: _Object


class _ObjectCreated(BaseModel):
    kind: str = Field(default="", alias="detail-type")
    time: AwareDatetime
    detail: _Detail


class _JobLabels(BaseModel):
    asset_id: AssetId


class _JobDetail(BaseModel):
    userMetadata: _JobLabels  # noqa: N815  as MediaConvert writes it


class _JobChanged(BaseModel):
    detail: _JobDetail


class _Announced(BaseModel):
    source: str


class _FromBus(BaseModel):
    detail: dict[str, Any]


def upload_of(record: SQSRecord) -> Upload:
    """Return the upload that an EventBridge event of S3 ("Object Created" and its kin) tells of.

    Raises:
        NotUnderstood: the message is no such event.
    """
    event = _parsed(_ObjectCreated, record)
    created = event.detail.object
    return Upload(
        bucket=event.detail.bucket.name,
        key=created.key,
        s3_version=created.version_id,
        uploaded_at=event.time,
        sequencer=created.sequencer,
    )


def is_restored(record: SQSRecord) -> bool:
    """Tell whether an event of S3 says that the copy of an archived object came.

    Raises:
        NotUnderstood: the message is no event of S3.
    """
    return _parsed(_ObjectCreated, record).kind == "Object Restore Completed"


def event_of(record: SQSRecord) -> Event:
    """Return the event of ours in a message.

    Raises:
        NotUnderstood: the message holds none.
    """
    return parse_event(_parsed(_FromBus, record).detail)


def asset_of(record: SQSRecord) -> str:
    """Return the id of the asset that a message's event is about.

    Raises:
        NotUnderstood: the message holds no event of an asset.
    """
    event = event_of(record)
    if isinstance(event, ItemDue) and event.item == "asset":
        return event.item_id
    if not isinstance(event, AssetEvent):
        raise NotUnderstood(f"{event.type} is about no asset")
    return event.asset_id


def purge_of(record: SQSRecord) -> str:
    """Return the id of the asset whose purge a message's event is about.

    Raises:
        NotUnderstood: the message holds no such event.
    """
    event = event_of(record)
    if isinstance(event, ItemDue) and event.item == "purge":
        return event.item_id
    if not isinstance(event, PurgeWanted):
        raise NotUnderstood(f"{event.type} is about no purge")
    return event.asset_id


def asset_or_job_of(record: SQSRecord) -> str:
    """Return the id of the asset that an event of ours is about, or whose film a job of MediaConvert makes.

    Raises:
        NotUnderstood: the message holds no such event.
    """
    if _parsed(_Announced, record).source == "aws.mediaconvert":
        return _parsed(_JobChanged, record).detail.userMetadata.asset_id
    return asset_of(record)


def master_or_asset(record: SQSRecord) -> Upload | str:
    """Return the master that an event of S3 is about, or the id of the asset that an event of ours is about.

    Raises:
        NotUnderstood: the message holds no such event.
    """
    if _parsed(_Announced, record).source == "aws.s3":
        return upload_of(record)
    return asset_of(record)


def product_or_asset_of(record: SQSRecord) -> tuple[str | None, str | None]:
    """Return the SKU of the product and the id of the asset that a message's event is about; of a link, both.

    Raises:
        NotUnderstood: the message holds no event of a product, a link or an asset.
    """
    match event := event_of(record):
        case LinkEvent():
            return event.sku, event.asset_id
        case ProductEvent():
            return event.sku, None
        case AssetEvent():
            return None, event.asset_id
        case _:
            raise NotUnderstood(f"{event.type} is about no product and no asset")


def delivery_of(record: SQSRecord) -> Delivery:
    """Return the delivery of a webhook in a message.

    Raises:
        NotUnderstood: the message holds none.
    """
    return _parsed(Delivery, record)


def sku_of(record: SQSRecord) -> str:
    """Return the SKU of the product that a message's event is about, or whose link or list it is.

    Raises:
        NotUnderstood: the message holds no event of a product.
    """
    event = event_of(record)
    if not isinstance(event, ProductEvent):
        raise NotUnderstood(f"{event.type} is about no product")
    return event.sku


def process(batch: dict[str, Any], handle: Callable[[SQSRecord], Any]) -> dict[str, Any]:
    """Handle each record of a batch and return which failed: those alone come again, and end in the dead letters.

    Why a record failed stands in the log, with the beginning of its body.
    """

    def logged(record: SQSRecord) -> Any:
        try:
            return handle(record)
        except Exception as error:
            code, detail = (error.code, error.message) if isinstance(error, AssetwireError) else ("", "")
            about = {"message_id": record.message_id, "about": record.body[:_LOGGED]}
            logger.exception("failed", extra={"code": code, "detail": detail, **about})
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=batch["Records"], handler=logged):
        processor.process()
    return dict(processor.response())


def process_together(
    batch: dict[str, Any],
    subject: Callable[[SQSRecord], str],
    handle: Callable[[list[str]], Mapping[str, Exception]],
) -> dict[str, Any]:
    """Handle what the records of a batch are about all at once, and return which failed, as `process` does.

    `handle` gets each subject once, and returns why which of them failed.
    """
    subjects = []
    for record in batch["Records"]:
        with suppress(AssetwireError):  # told below
            subjects.append(subject(SQSRecord(record)))
    failed = handle(list(dict.fromkeys(subjects))) if subjects else {}

    def outcome(record: SQSRecord) -> None:
        about = subject(record)
        if about in failed:
            raise failed[about]

    return process(batch, outcome)


def _parsed(kind: type[_Shape], record: SQSRecord) -> _Shape:
    try:
        return kind.model_validate_json(record.body)
    except ValidationError as error:
        raise NotUnderstood(f"not a {kind.__name__.strip('_')}: {error}"[:500]) from error
