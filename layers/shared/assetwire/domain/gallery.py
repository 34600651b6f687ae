"""Gallery manifests: what a page shows of a product, in order, with everything that it needs to show it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.caching import media_type_of
from assetwire.domain.gallery_places import Place
from assetwire.domain.inspection import Kind
from assetwire.domain.json_ld import image_object
from assetwire.domain.link import LinkRole
from assetwire.domain.model import Colour, Instant, Value
from assetwire.domain.picture_texts import alt_text_of, caption_of, said_by
from assetwire.domain.product import Product
from assetwire.domain.rights import Constraint, Usage
from assetwire.domain.shown import Delivered
from assetwire.domain.transcode_spec import transcodes
from assetwire.domain.validation import outbound
from assetwire.domain.variant_looks import Look

_LADDER = "web-"
"""The renditions of the web: one picture in several widths and formats."""
_NO_PART = ("thumb", "waveform")
"""Specs whose files stand beside a gallery's and are none of them."""
_FALLBACK_WIDTH = 1280
"""Pixels of the plain picture at the most, for what understands no `srcset`."""
_FORMATS = ("image/avif", "image/webp", "image/jpeg", "image/png")
"""The order in which a browser is offered them: the smallest files first, and last what every one shows."""
SIZES = "auto, 100vw"
"""How wide the picture is, as long as a page says nothing better: what the layout gives to it, if it is loaded lazily.

Source: HTML standard, "sizes attributes".
"""


class Source(Value):
    """A picture in one format, as HTML's `source` takes it."""

    type: str
    srcset: str
    sizes: str = SIZES


class Picture(Value):
    """A picture as HTML's `picture` takes it: a source for each format, and one plain file. In pixels."""

    src: str
    width: int
    height: int
    sources: tuple[Source, ...] = ()


class File(Value):
    """A file that is no picture's: a film, a sound, a page; pixels are None where nothing is seen."""

    name: str
    type: str
    url: str
    width: int | None
    height: int | None


class Placeholder(Value):
    """What stands there until the picture is loaded."""

    dominant_colour: Colour
    thumbhash: str


class Slot(Value):
    """A place of the gallery and what is shown there."""

    slot: str
    role: LinkRole
    position: int
    asset_id: str
    inherited_from: str | None
    """The product that lends it; None if it is the product's own."""
    kind: Kind | None
    alt_text: str
    alt_text_source: str
    caption: str
    credit: str
    credit_required: bool
    placeholder: Placeholder | None
    expires_at: Instant
    """The first moment at which one of its URLs is refused."""
    picture: Picture | None
    files: tuple[File, ...] = ()
    json_ld: dict[str, Any] | None = None


class LeftOut(Value):
    """A place that stays empty, and why."""

    slot: str
    role: LinkRole
    position: int
    asset_id: str
    inherited_from: str | None
    code: str
    message: str


class Swatch(Value):
    """A look of the product's family: what its variants look like, which these are, and what stands for it."""

    attributes: dict[str, str]
    skus: tuple[str, ...]
    """The published variants that look so."""
    is_own: bool
    """Whether the product is one of them."""
    asset_id: str | None
    """What shows the look as a swatch; None if nothing does, or nothing of it may be shown now."""
    picture: Picture | None
    expires_at: Instant | None


class Manifest(Value):
    """What a page, or a channel, shows of a product."""

    sku: str
    channel: str | None
    locale: str
    territory: str
    usage: Usage
    expires_at: Instant | None
    """The first moment at which any of its URLs is refused; None if there are none."""
    slots: tuple[Slot, ...]
    left_out: tuple[LeftOut, ...]
    swatches: tuple[Swatch, ...] = ()
    """On a page: the looks of the product's family, if there are several."""


class Signature(NamedTuple):
    """What opens the files of one asset: from a name to its URL, and when that ends."""

    url: Callable[[str], str]
    expires_at: datetime


def slot_of(place: Place, product: Product, asset: Asset, signature: Signature, *, locale: str) -> Slot | None:
    """Return a place with what stands in delivery for it; None if nothing does."""
    delivered = asset.delivered or Delivered(generation=asset.generation)
    picture, files = _shown(place, delivered, signature)
    if picture is None and not files:
        return None
    fields, rights = outbound(asset.fields), asset.effective_rights
    alt = alt_text_of(product, fields, role=place.role, number=place.position, locale=locale)
    caption = caption_of(product, fields, role=place.role, locale=locale)
    look = asset.inspection.appearance if delivered.version_id == asset.current_version else None
    data = None
    if picture is not None:
        size = {"width": picture.width, "height": picture.height}
        data = image_object(fields, url=picture.src, **size, alt=alt.text, caption=caption, locale=locale)
        if asset.phase.ends_at is not None:
            data["expires"] = asset.phase.ends_at.isoformat()
    return Slot(
        slot=place.slot,
        role=place.role,
        position=place.position,
        asset_id=asset.asset_id,
        inherited_from=place.lender,
        kind=asset.inspection.kind,
        alt_text=alt.text,
        alt_text_source=alt.source,
        caption=caption,
        credit=said_by(fields, "credit_line", locale),
        credit_required=rights is not None and Constraint.CREDIT_REQUIRED in rights.constraints,
        placeholder=look and Placeholder(dominant_colour=look.dominant_colour, thumbhash=look.thumbhash),
        expires_at=signature.expires_at,
        picture=picture,
        files=files,
        json_ld=data,
    )


def left_out(place: Place, code: str, message: str) -> LeftOut:
    """Return a place that stays empty."""
    where = {"slot": place.slot, "role": place.role, "position": place.position, "asset_id": place.asset_id}
    return LeftOut(**where, inherited_from=place.lender, code=code, message=message)


def swatch_of(look: Look, asset: Asset | None, signature: Signature | None, *, is_own: bool) -> Swatch:
    """Return a look with the picture that stands for it, if it may be seen."""
    picture = None
    if asset is not None and signature is not None:
        delivered = asset.delivered or Delivered(generation=asset.generation)
        picture = _picture(_ladder(delivered), delivered, signature)
    shown = None if asset is None or picture is None else asset.asset_id
    ends = None if signature is None or picture is None else signature.expires_at
    of = {"attributes": look.attributes, "skus": tuple(variant.sku for variant in look.variants)}
    return Swatch(**of, is_own=is_own, asset_id=shown, picture=picture, expires_at=ends)


def manifest_of(
    product: Product, found: Iterable[Slot | LeftOut], swatches: Iterable[Swatch] = (), **whom: Any
) -> Manifest:
    """Return the manifest of what was found; `whom` says for which channel, locale, territory and usage."""
    every = list(found)
    slots = tuple(each for each in every if isinstance(each, Slot))
    missing = tuple(each for each in every if isinstance(each, LeftOut))
    looks = tuple(swatches)
    moments = (*(slot.expires_at for slot in slots), *(look.expires_at for look in looks))
    ends = min((moment for moment in moments if moment is not None), default=None)
    return Manifest(sku=product.sku, **whom, expires_at=ends, slots=slots, left_out=missing, swatches=looks)


def _shown(place: Place, delivered: Delivered, signature: Signature) -> tuple[Picture | None, tuple[File, ...]]:
    """Return the picture and the other files of a place: of a channel's slot, its one file."""
    if place.rendition is None:
        others = [name for name in delivered.renditions if name.partition("-")[0] in _beside_pictures()]
        return _picture(_ladder(delivered), delivered, signature), tuple(
            _file(name, delivered, signature) for name in others
        )
    if place.rendition not in delivered.renditions:
        return None, ()
    if media_type_of(place.rendition).startswith("image/"):
        return _picture([place.rendition], delivered, signature), ()
    return None, (_file(place.rendition, delivered, signature),)


def _ladder(delivered: Delivered) -> list[str]:
    """Return the files in delivery that are the picture for the web, in all its sizes and formats."""
    return [name for name in delivered.renditions if name.startswith(_LADDER)]


def _picture(names: list[str], delivered: Delivered, signature: Signature) -> Picture | None:
    if not names:
        return None
    by_type: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: delivered.sizes[name]):
        by_type.setdefault(media_type_of(name), []).append(name)
    sources = [
        Source(
            type=media_type, srcset=", ".join(_candidate(name, delivered, signature) for name in by_type[media_type])
        )
        for media_type in sorted(by_type, key=_FORMATS.index)
    ]
    plain = by_type[max(by_type, key=_FORMATS.index)]
    fallback = next((name for name in reversed(plain) if delivered.sizes[name][0] <= _FALLBACK_WIDTH), plain[0])
    width, height = delivered.sizes[fallback]
    return Picture(src=signature.url(fallback), width=width, height=height, sources=tuple(sources))


def _candidate(name: str, delivered: Delivered, signature: Signature) -> str:
    """Return a candidate of a `srcset`: its URL and its width."""
    return f"{signature.url(name)} {delivered.sizes[name][0]}w"


def _file(name: str, delivered: Delivered, signature: Signature) -> File:
    width, height = delivered.sizes.get(name, (None, None))
    return File(name=name, type=media_type_of(name), url=signature.url(name), width=width, height=height)


@cache
def _beside_pictures() -> frozenset[str]:
    """Return the specs of what is shown on the web beside the picture: films, sounds, pages, turns."""
    return frozenset(spec.name for spec in transcodes() if spec.usage is Usage.WEB and spec.name not in _NO_PART)
