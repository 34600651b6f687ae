"""What is recorded of the versions that an asset shows: pictures may be of another one than films for a while."""

from assetwire.domain.asset import Asset
from assetwire.domain.rendition import Rendition
from assetwire.ports import Catalog


def renditions_of_shown(asset: Asset, *, catalog: Catalog) -> list[Rendition]:
    """Return all recorded renditions of these versions, those too that are shown no more; oldest version first."""
    versions = sorted({part.version_id for part in asset.shown_parts})
    return [rendition for version_id in versions for rendition in catalog.renditions(asset.asset_id, version_id)]
