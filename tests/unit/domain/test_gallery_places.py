"""Where assets stand: role by role on a page, slot by slot in a channel."""

from assetwire.domain.channels import shipped_channels
from assetwire.domain.gallery_places import Place, places_of_channel, places_of_page
from assetwire.domain.imagery import Imagery
from assetwire.domain.link import LinkRole
from assetwire.domain.product import ProductMedia
from fakes import some
from fakes.some import NOW


def media(**lists: list[str]) -> Imagery:
    """Return a product with these assets in each role."""
    orders = tuple(some.media_order(*keys, role=LinkRole(role)) for role, keys in lists.items())
    return Imagery(ProductMedia(product=some.product(), orders=orders))


def in_channel(channel: str, found: Imagery) -> list[Place]:
    channels = shipped_channels()
    spec = channels.spec(channels.named(channel))
    edition = spec.edition(NOW)
    assert edition is not None
    return list(places_of_channel(found, "DE", spec, edition))


def test_a_page_shows_roles_in_their_order_and_each_in_its_own() -> None:
    found = places_of_page(media(video=["v"], alternate=["b", "a"], hero=["h"]), "DE")
    assert [(place.slot, place.position, place.asset_id) for place in found] == [
        ("hero", 1, some.asset_id("h")),
        ("alternate", 1, some.asset_id("b")),
        ("alternate", 2, some.asset_id("a")),
        ("video", 1, some.asset_id("v")),
    ]


def test_a_channel_fills_its_slots_and_says_what_finds_none() -> None:
    keys = [f"{number}.jpg" for number in range(10)]
    found = in_channel("amazon-de", media(hero=["h", "second"], alternate=keys[:5], lifestyle=keys[5:], swatch=["s"]))
    assert [(place.slot, place.asset_id, place.rendition) for place in found if place.slot] == [
        ("MAIN", some.asset_id("h"), "amazon-main.jpg"),
        *(("PT", some.asset_id(key), "amazon-main.jpg") for key in keys[:8]),
        ("SWCH", some.asset_id("s"), "amazon-swatch.jpg"),
    ]
    assert {p.asset_id for p in found if not p.slot} == {some.asset_id(key) for key in ("second", "8.jpg", "9.jpg")}


def test_a_slot_of_several_takes_them_in_order() -> None:
    found = in_channel("ebay-de", media(alternate=[f"{number}.jpg" for number in range(25)]))
    assert [place.slot for place in found] == ["gallery"] * 23 + [""] * 2
    assert [place.position for place in found] == list(range(1, 26))


def test_what_has_no_place_in_a_channel_is_not_said_to_be_left_out() -> None:
    assert in_channel("ebay-de", media(manual=["m.pdf"], video=["v.mp4"])) == []
