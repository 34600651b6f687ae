"""Sources: places in S3 whose uploads belong to one asset, and the notes by which they are found."""

from assetwire.domain.ids import AssetId
from assetwire.domain.model import Value


class Source(Value):
    """A place in S3 whose uploads belong to one asset."""

    bucket: str
    key: str
    asset_id: AssetId


class Named(Value):
    """A master's key, found by its name without extension: a sidecar may bear no more than that."""

    bucket: str
    stem: str
    key: str


class Belonging(Value):
    """The note, beside an asset, that a source is one of its own: a source is found by its place alone."""

    asset_id: AssetId
    bucket: str
    key: str
