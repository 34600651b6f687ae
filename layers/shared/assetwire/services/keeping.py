"""Keep renditions in bucket and Catalog: stored before they are recorded, removed before they are forgotten."""

from pathlib import Path

from assetwire.domain.rendition import Rendition
from assetwire.domain.transcode_spec import media_type_of
from assetwire.domain.upkeep import Upkeep
from assetwire.ports import Catalog, RenditionStore


def keep(rendition: Rendition, file: Path, *, store: RenditionStore, catalog: Catalog) -> Rendition:
    """Store a made file and record it; return the record, which names the bytes that stand."""
    etag = store.put(rendition.key, file, media_type=media_type_of(rendition.format))
    kept = rendition.model_copy(update={"etag": etag})
    catalog.save_renditions([kept])
    return kept


def keep_up(todo: Upkeep, *, store: RenditionStore, catalog: Catalog) -> None:
    """Note what is superseded from now on, and remove what was for long: objects first, or one may be forgotten."""
    if todo.noted:
        catalog.save_renditions(todo.noted)
    if todo.keys:
        store.remove(todo.keys)
    if todo.removed:
        catalog.remove_renditions(todo.removed)
