"""Settings: the only place that reads the environment. Each function has a model of its own, loaded once."""

import os
from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from assetwire.domain.errors import Misconfigured

Name = Annotated[str, StringConstraints(min_length=1)]
Names = Annotated[
    tuple[Name, ...], BeforeValidator(lambda said: [name.strip() for name in said.split(",") if name.strip()])
]
"""Names with commas between them; empty: none."""


Url = Annotated[str, StringConstraints(pattern=r"^https?://[^?#\s\"\\]+$")]


class Settings(BaseModel):
    """What every function needs: the Catalog's table and the region it runs in."""

    model_config = ConfigDict(frozen=True)

    catalog_table: Name
    aws_region: Name


class IngestSettings(Settings):
    """Limits of masters: bytes of the file, pixels of the picture."""

    maximum_master_bytes: int = Field(gt=0)
    maximum_master_pixels: int = Field(gt=0)


class RelaySettings(Settings):
    """Where events go, and where goes what is not understood."""

    event_bus: Name
    relay_failures_queue_url: Name


class RenditionsSettings(Settings):
    """Where renditions are kept, for how long superseded ones (days), and the channels that some are made for."""

    renditions_bucket: Name
    renditions_grace_days: int = Field(ge=1, le=365)
    channels: Names


class TranscodeSettings(Settings):
    """Where renditions are kept and for how long superseded ones (days); MediaConvert's queue and role, or nothing."""

    renditions_bucket: Name
    renditions_grace_days: int = Field(ge=1, le=365)
    mediaconvert_queue: str
    mediaconvert_role: str


class SpinsSettings(Settings):
    """The bucket that manifests of spins are put into, as masters are."""

    masters_bucket: Name


class EnforceSettings(Settings):
    """The buckets between which enforce copies, and how long caches keep that (seconds)."""

    renditions_bucket: Name
    delivery_bucket: Name
    picture_edge_seconds: int = Field(ge=0, le=31_536_000)
    film_edge_seconds: int = Field(ge=0, le=31_536_000)
    other_edge_seconds: int = Field(ge=0, le=31_536_000)


class PurgeSettings(Settings):
    """The distribution whose caches are purged, and whether by tag, or by path."""

    distribution_id: Name
    purge_by_tag: bool


class CustodySettings(Settings):
    """Where renditions are kept, and how long masters may lie unused (days; 0 for ever) before they are archived."""

    renditions_bucket: Name
    archive_after_days: int = Field(ge=0)


class LifecycleSettings(Settings):
    """How long an asset waits for its deletion, unless the caller says otherwise (days)."""

    deletion_grace_days: int = Field(ge=1, le=365)


class ClockSettings(Settings):
    """The channels that are switched on: the clock notices when others are. How often PIMs are looked at."""

    channels: Names
    reconcile_minutes: int = Field(ge=5, le=10_080)
    reconcile_all_hours: int = Field(ge=1, le=8_784)


class RightsExpirySettings(Settings):
    """Nothing beyond the Catalog."""


class MetadataApiSettings(Settings):
    """Nothing beyond the Catalog."""


class RevalidateSettings(Settings):
    """The buckets that are compared with the Catalog, how long superseded renditions stay (days), and the channels."""

    renditions_bucket: Name
    delivery_bucket: Name
    renditions_grace_days: int = Field(ge=1, le=365)
    channels: Names


class CatalogApiSettings(Settings):
    """The channels that are switched on."""

    channels: Names


class CollectionsApiSettings(Settings):
    """Nothing beyond the Catalog."""


class UploadsSettings(Settings):
    """Where uploads go, and how large they may be (bytes)."""

    masters_bucket: Name
    maximum_master_bytes: int = Field(gt=0)


class UnpackSettings(Settings):
    """Where drops are and their members go, and how large each may be (bytes)."""

    masters_bucket: Name
    maximum_master_bytes: int = Field(gt=0)


class ManifestsSettings(Settings):
    """The bucket whose masters manifests are about."""

    masters_bucket: Name


class WorklistApiSettings(Settings):
    """Nothing beyond the Catalog."""


class ReviewApiSettings(Settings):
    """Nothing beyond the Catalog."""


class AuthorizeSettings(Settings):
    """The user pool's tokens and clients, the operators, where STS is, and what ends the keys of usage plans."""

    token_issuer: Name
    token_keys_url: Url
    people_client: Name
    machine_clients: Names
    operators: Names
    sts_url: Url
    usage_keys: Name


class ProductsSettings(Settings):
    """Nothing beyond the Catalog."""


class WebhooksSettings(Settings):
    """The secret in which sources stand, and the queue in which their deliveries wait."""

    webhook_secret_id: Name
    mirror_queue_url: Name


class MirrorSettings(Settings):
    """Which of Akeneo's attributes say what: the name of a mapping."""

    akeneo_mapping: Name


class FeedsApiSettings(Settings):
    """Nothing beyond the Catalog."""


class ReconcileProductsSettings(MirrorSettings):
    """The mapping of Akeneo's attributes, and the secret in which the connections to PIMs stand."""

    pim_secret_id: Name


class AssociateSettings(Settings):
    """Nothing beyond the Catalog."""


class GallerySettings(Settings):
    """The key of signatures, the delivery host, URLs' longest life and time buckets (seconds)."""

    signing_secret_id: Name
    signing_key: Name
    signing_key_pair_id: Name
    delivery_base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s\"\\]+$")]
    maximum_url_seconds: int = Field(gt=0)
    url_bucket_seconds: int = Field(ge=0, le=86_400)


class DriftSettings(Settings):
    """Nothing beyond the Catalog."""


class NotifySettings(Settings):
    """Where PIM is told which assets show its products, what signs that, and the queue of what waits to be told."""

    pim_endpoint: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s\"\\]+)?$")]
    outbound_secret_id: Name
    notify_queue_url: Name


class PickerSettings(GallerySettings):
    """What galleries need."""


class SignedUrlSettings(GallerySettings):
    """What galleries need, and the key of tokens."""

    token_key: Name


_Kind = TypeVar("_Kind", bound=Settings)


def load(kind: type[_Kind], environment: Mapping[str, str] | None = None) -> _Kind:
    """Return the settings in the environment: each field from the variable of its name in capitals.

    Raises:
        Misconfigured: variables are missing or wrong; the message names all of them.
    """
    variables = os.environ if environment is None else environment
    found = {name: variables[name.upper()] for name in kind.model_fields if name.upper() in variables}
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        wrong = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"settings are missing or wrong: {wrong}") from error
