"""Galleries: what is shown of a product, in order, for whom, and what is not and why."""

from typing import Any

import pytest

from assetwire.domain.channels import shipped_channels
from assetwire.domain.errors import Denied, InvalidRequest, NotFound
from assetwire.domain.gallery import Manifest
from assetwire.domain.inspection import Appearance, Kind
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.product import ProductTexts
from assetwire.domain.shown import Delivered
from assetwire.services.gallery import MOST_PLACES, audience_of, gallery
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.opened import HOST, FakeSigning, moment
from fakes.products import FakeProducts
from fakes.some import NOW

CHANNELS = shipped_channels()
SIZES = {
    **{f"web-{width}.{kind}": (width, width // 2) for width in (320, 640, 2000) for kind in ("avif", "webp", "jpg")},
    "thumb-256.jpg": (256, 128),
    "ebay-picture.jpg": (1600, 800),
}
FIELDS = {
    "credit_line": "Studio North",
    "creator": ["Ada"],
    "copyright_notice": {"x-default": "© North"},
    "web_statement_of_rights": "https://north.example/licence",
    "licensor": [{"LicensorURL": "https://north.example/buy"}],
    "alt_text": {"de": "Eine Sohle"},
    "instructions": "not for anybody's eyes",
}


class House:
    """A product, and assets that it shows."""

    def __init__(self, *, published: bool = True) -> None:
        self.products, self.catalog, self.signing = FakeProducts(), FakeCatalog(), FakeSigning()
        texts = {"de": ProductTexts(name="Schuh", alt_text="Ein Schuh"), "en": ProductTexts(name="Shoe")}
        self.products.save(some.product(published=published, texts=texts))

    def show(self, role: LinkRole, *keys: str, sizes: dict[str, Any] = SIZES, market: str = "any", **of: Any) -> None:
        links = tuple(some.link(key, role=role, market=market) for key in keys)
        self.products.arrange(Arrangement(some.media_order(*keys, role=role, market=market), links))
        for key in keys:
            self.put(key, sizes=sizes, **of)

    def put(self, key: str, *, sizes: dict[str, Any], **of: Any) -> None:
        """Record an asset of which these files are in delivery."""
        version = some.version(key).version_id
        delivered = Delivered(generation=1, version_id=version, renditions=tuple(sizes), sizes=_seen(sizes))
        look = Appearance(dominant_colour="#c81e28", thumbhash="GIoK", white_border=1, has_transparency=False)
        fields = {name: FieldValue(value=value, source=Origin.XMP) for name, value in FIELDS.items()}
        known = {"appearance": look, "metadata": Metadata(fields=fields)} | of
        self.catalog.save(some.asset(key, delivered=delivered, inspection=some.inspection(**known)))

    def read(self, ttl: int = 600, **whom: Any) -> Manifest:
        asked = {"channel": None, "territory": "DE", "locale": "de-DE"} | whom
        audience = audience_of(**asked, channels=CHANNELS)
        ports = {"products": self.products, "assets": self.catalog, "sign": self.signing}
        return gallery("S-1", audience, ttl=ttl, channels=CHANNELS, **ports, now=NOW)  # type: ignore[arg-type]


def _seen(sizes: dict[str, Any]) -> dict[str, Any]:
    return {name: size for name, size in sizes.items() if size}


def test_a_page_has_everything_that_it_needs_of_a_picture() -> None:
    house = House()
    house.show(LinkRole.HERO, "shoe.jpg")
    (slot,) = house.read().slots
    assert (slot.slot, slot.position, slot.kind, slot.alt_text) == ("hero", 1, Kind.IMAGE, "Ein Schuh")
    assert (slot.credit, slot.credit_required, slot.expires_at) == ("Studio North", False, moment(600))
    assert slot.placeholder is not None
    assert slot.placeholder.thumbhash == "GIoK"
    picture = slot.picture
    assert picture is not None
    url = f"{HOST}/{slot.asset_id}/{some.version().version_id}/"
    assert (picture.src, picture.width, picture.height) == (f"{url}web-640.jpg?signed", 640, 320)
    assert [source.type for source in picture.sources] == ["image/avif", "image/webp", "image/jpeg"]
    assert picture.sources[0].srcset == ", ".join(f"{url}web-{w}.avif?signed {w}w" for w in (320, 640, 2000))
    assert slot.files == ()


def test_search_engines_are_told_the_licence_and_nothing_that_stays_in_the_house() -> None:
    house = House()
    house.show(LinkRole.DETAIL, "sole.jpg")
    (slot,) = house.read().slots
    assert slot.json_ld is not None
    assert slot.picture is not None
    assert slot.json_ld == {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "contentUrl": slot.picture.src,
        "width": 640,
        "height": 320,
        "name": "Eine Sohle",
        "creator": {"@type": "Person", "name": "Ada"},
        "creditText": "Studio North",
        "copyrightNotice": "© North",
        "license": "https://north.example/licence",
        "acquireLicensePage": "https://north.example/buy",
    }


def test_an_address_that_is_none_is_not_told() -> None:
    house = House()
    fields = {"web_statement_of_rights": FieldValue(value="javascript:alert(1)", source=Origin.XMP)}
    house.show(LinkRole.HERO, "shoe.jpg", metadata=Metadata(fields=fields))
    assert "license" not in (house.read().slots[0].json_ld or {})


def test_a_market_sees_its_own_list() -> None:
    house = House()
    house.show(LinkRole.HERO, "shoe.jpg")
    house.show(LinkRole.HERO, "chaussure.jpg", market="FR")
    assert house.read(territory="fr").slots[0].asset_id == some.asset_id("chaussure.jpg")
    assert house.read(territory="DE").slots[0].asset_id == some.asset_id("shoe.jpg")


def test_what_may_not_be_shown_is_left_out_with_its_reason() -> None:
    house = House()
    house.show(LinkRole.ALTERNATE, "a.jpg", "b.jpg", "c.jpg")
    house.show(LinkRole.SWATCH, "print-only.jpg", sizes={"print-full.tif": (4000, 4000)})
    house.signing = FakeSigning(**{some.asset_id("b.jpg"): "embargoed"})
    found = house.read()
    assert [(slot.role, slot.position) for slot in found.slots] == [(LinkRole.ALTERNATE, 1), (LinkRole.ALTERNATE, 3)]
    assert [(each.asset_id, each.code) for each in found.left_out] == [
        (some.asset_id("b.jpg"), "embargoed"),
        (some.asset_id("print-only.jpg"), "not_delivered"),
    ]


def test_each_asset_is_read_and_signed_once_however_often_it_is_shown() -> None:
    house = House()
    house.show(LinkRole.HERO, "shoe.jpg")
    links = (some.link(role=LinkRole.SWATCH),)
    house.products.arrange(Arrangement(some.media_order("shoe.jpg", role=LinkRole.SWATCH), links))
    assert len(house.read().slots) == 2
    assert [ids for ids, _ in house.signing.asked] == [[some.asset_id()]]


def test_films_stand_beside_their_poster() -> None:
    house = House()
    films = SIZES | {"video-720.mp4": (1280, 720), "preview-480.mp4": (854, 480), "waveform-peaks.json": None}
    house.show(LinkRole.VIDEO, "film.mp4", sizes=films, kind=Kind.VIDEO)
    (slot,) = house.read().slots
    assert slot.picture is not None
    assert [(file.name, file.type, file.width) for file in slot.files] == [
        ("video-720.mp4", "video/mp4", 1280),
        ("preview-480.mp4", "video/mp4", 854),
    ]


def test_a_sound_without_a_picture_is_shown_all_the_same() -> None:
    house = House()
    house.show(LinkRole.MANUAL, "a.mp3", sizes={"audio-full.mp3": None}, kind=Kind.AUDIO)
    (slot,) = house.read().slots
    assert (slot.picture, slot.json_ld, slot.files[0].width) == (None, None, None)


def test_a_channel_has_its_slots_its_one_file_and_its_own_usage() -> None:
    house = House()
    house.show(LinkRole.HERO, "shoe.jpg", "other.jpg")
    found = house.read(channel="ebay-de", territory=None, locale=None)
    assert (found.channel, found.territory, found.locale, found.usage.value) == (
        *("ebay-de", "DE"),
        *("de-DE", "marketplace"),
    )
    (slot,) = found.slots
    assert slot.picture is not None
    assert (slot.slot, slot.picture.width) == ("main", 1600)
    assert slot.picture.src.endswith("/ebay-picture.jpg?signed")
    assert [(each.asset_id, each.code) for each in found.left_out] == [(some.asset_id("other.jpg"), "no_slot")]
    assert house.signing.asked[0][1].usage == "marketplace"


def test_what_is_shown_may_be_of_another_version_than_is_current() -> None:
    """Placeholder and shown picture must be of one: of the current version, nobody is shown anything yet."""
    house = House()
    house.show(LinkRole.HERO, "shoe.jpg")
    asset = house.catalog.asset(some.asset_id())
    house.catalog.save(asset.with_version(some.version(number=2), now=NOW))
    assert house.read().slots[0].placeholder is None


def test_the_whole_ends_with_the_first_of_its_urls() -> None:
    house = House()
    assert house.read().expires_at is None
    house.show(LinkRole.HERO, "shoe.jpg")
    assert house.read(ttl=60).expires_at == moment(60)


def test_a_gallery_is_as_long_as_one_answer_holds_and_says_what_is_too_much() -> None:
    house = House()
    house.show(LinkRole.ALTERNATE, *(f"{number:03}.jpg" for number in range(102)))
    found = house.read()
    assert len(found.slots) == MOST_PLACES == 100
    assert [(each.position, each.code) for each in found.left_out] == [(101, "too_many"), (102, "too_many")]


def test_a_product_that_is_not_published_has_no_gallery() -> None:
    with pytest.raises(Denied) as caught:
        House(published=False).read()
    assert caught.value.code == "product_unpublished"


def _family(house: House) -> None:
    """Make S-1 a red shoe of 42, with one in red 43 and one in blue, each with a swatch by evidence."""
    said = {"parent": "S", "texts": {"de": ProductTexts(name="Schuh", alt_text="Ein Schuh")}}
    house.products.save(some.product("S"))
    for sku, looks in (("S-1", "red 42"), ("S-2", "red 43"), ("S-3", "blue 42"), ("S-4", "green 42")):
        colour, size = looks.split()
        product = some.product(sku, attributes={"colour": colour, "size": size}, published=sku != "S-4", **said)
        known = product.model_copy(update={"revision": 1}) if sku == "S-1" else product
        house.products.save(known, noted=product.as_variant)
        swatch = some.link(f"{colour}.jpg", sku, LinkRole.SWATCH, origin=LinkOrigin.BARCODE)
        order = some.media_order(f"{colour}.jpg", sku=sku, role=LinkRole.SWATCH)
        if sku not in {"S-1", "S-4"}:
            house.products.arrange(Arrangement(order, (swatch,)))
            house.put(f"{colour}.jpg", sizes=SIZES)


def test_what_is_inherited_is_shown_with_whom_it_is_from() -> None:
    house = House()
    _family(house)
    link = some.link("boot.jpg", "S")
    house.products.arrange(Arrangement(some.media_order("boot.jpg", sku="S"), (link,)))
    house.put("boot.jpg", sizes=SIZES)
    shown = [(slot.slot, slot.asset_id, slot.inherited_from) for slot in house.read().slots]
    assert shown == [("hero", some.asset_id("boot.jpg"), "S"), ("swatch", some.asset_id("red.jpg"), "S-2")]


def test_a_page_tells_the_other_looks_of_the_family_with_a_swatch_of_each() -> None:
    house = House()
    _family(house)
    found = house.read()
    assert [(each.attributes, each.skus, each.is_own, each.asset_id) for each in found.swatches] == [
        ({"colour": "red"}, ("S-1", "S-2"), True, some.asset_id("red.jpg")),
        ({"colour": "blue"}, ("S-3",), False, some.asset_id("blue.jpg")),
    ]
    assert all(each.picture is not None and each.expires_at == moment(600) for each in found.swatches)
    assert house.read(channel="ebay-de", territory=None, locale=None).swatches == ()


def test_a_swatch_that_may_not_be_shown_leaves_its_look_without_one() -> None:
    house = House()
    _family(house)
    house.signing = FakeSigning(**{some.asset_id("blue.jpg"): "embargoed"})
    _, blue = house.read().swatches
    assert (blue.skus, blue.asset_id, blue.picture, blue.expires_at) == (("S-3",), None, None, None)


def test_a_parents_swatch_stands_for_the_look_to_which_it_is_scoped() -> None:
    house = House()
    _family(house)
    link = some.link("navy.jpg", "S", LinkRole.SWATCH, scope={"colour": "blue"})
    house.products.arrange(Arrangement(some.media_order("navy.jpg", sku="S", role=LinkRole.SWATCH), (link,)))
    house.put("navy.jpg", sizes=SIZES)
    gone = some.link("blue.jpg", "S-3", LinkRole.SWATCH, state=LinkState.REMOVED, revision=1)
    empty = some.media_order(sku="S-3", role=LinkRole.SWATCH, revision=1)
    house.products.arrange(Arrangement(empty, (gone,)))
    assert [each.asset_id for each in house.read().swatches] == [some.asset_id("red.jpg"), some.asset_id("navy.jpg")]


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({"territory": None}, InvalidRequest, "missing_territory"),
        ({"locale": None}, InvalidRequest, "missing_locale"),
        ({"territory": "UK"}, InvalidRequest, "invalid_territory"),
        ({"territory": "EU"}, InvalidRequest, "invalid_territory"),
        ({"channel": "ebay-de", "territory": "FR"}, InvalidRequest, "other_territory"),
        ({"channel": "nowhere"}, NotFound, "channel_not_found"),
    ],
)
def test_for_whom_a_gallery_is_must_be_said(asked: dict[str, Any], error: type[Exception], code: str) -> None:
    with pytest.raises(error) as caught:
        House().read(**asked)
    assert caught.value.code == code  # type: ignore[attr-defined]
