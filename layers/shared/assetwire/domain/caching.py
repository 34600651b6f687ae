"""How long delivered files are kept, by whom, and by which word caches forget them."""

from typing import NamedTuple

from assetwire.domain.spec import FORMATS
from assetwire.domain.transcode_spec import MEDIA_FORMATS

BROWSER_SECONDS = 60
"""Seconds that a browser keeps a file at the most, since nothing can purge it there; its URL may end earlier."""

_MEDIA_TYPES = {facts.extension: facts.media_type for facts in FORMATS.values()} | {
    facts.extension: facts.media_type for facts in MEDIA_FORMATS.values()
}


class EdgeSeconds(NamedTuple):
    """Seconds that the edge keeps files, by what they are: pictures; films and sounds; all others."""

    pictures: int = 86_400
    films: int = 86_400
    others: int = 86_400


def media_type_of(name: str) -> str:
    """Return the media type of a rendition, by its file name."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def cache_control(media_type: str, edge: EdgeSeconds) -> str:
    """Return what the origin says of a file; the edge takes `s-maxage` for itself."""
    seconds = {"image": edge.pictures, "video": edge.films, "audio": edge.films}.get(
        media_type.partition("/")[0], edge.others
    )
    return f"public, max-age={BROWSER_SECONDS}, s-maxage={seconds}"


def cache_tag(asset_id: str) -> str:
    """Return the word by which caches forget all of an asset."""
    return f"asset:{asset_id}"
