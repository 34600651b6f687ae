"""The media specs that ship: masters that just meet and just miss each limit of each channel's slots."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from assetwire.domain.channels import shipped_channels
from assetwire.domain.inspection import Appearance
from assetwire.domain.media_spec import Edition, Limits, MediaSpec, Slot
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.plan import Subject, plan
from assetwire.domain.preflight import Candidate, SlotReport, preflight
from assetwire.domain.spec import FORMATS
from fakes import some

CHANGE = datetime(2027, 1, 31, tzinfo=UTC)
"""From when on Google asks for 500 × 500 pixels."""
BEFORE = CHANGE - timedelta(microseconds=1)
Size = tuple[int, int]

# Channel, moment, slot, limit; masters that meet it, and that miss it. Frames shrink and pad: a master that is narrower
# than a padded file may be may still give it, by its height.
LEAST: list[tuple[str, datetime, str, str, list[Size], list[Size]]] = [
    ("amazon-de", BEFORE, "MAIN", "least_longest", [(1000, 1000), (1000, 1), (1, 1000)], [(999, 999), (999, 1)]),
    ("amazon-us", BEFORE, "PT", "least_longest", [(1000, 1000), (300, 1000)], [(999, 999), (300, 999)]),
    ("amazon-us", BEFORE, "SWCH", "least_longest", [(1000, 1000), (1000, 9000)], [(999, 9000), (9000, 999)]),
    ("ebay-de", BEFORE, "main", "least_longest", [(500, 500), (500, 1)], [(499, 499)]),
    ("ebay-us", BEFORE, "gallery", "least_longest", [(500, 500), (1, 500)], [(499, 499)]),
    ("walmart-us", BEFORE, "main", "least_width", [(1500, 1500), (1500, 1)], [(1499, 1499)]),
    ("walmart-us", BEFORE, "main", "least_height", [(1500, 1500), (1, 1500)], [(1499, 1499)]),
    ("walmart-us", BEFORE, "secondary", "least_width", [(1500, 1500), (1500, 900)], [(1499, 900)]),
    ("walmart-us", BEFORE, "secondary", "least_height", [(1500, 1500), (900, 1500)], [(900, 1499)]),
    ("walmart-us", BEFORE, "swatch", "least_width", [(100, 100), (100, 900)], [(99, 900)]),
    ("walmart-us", BEFORE, "swatch", "least_height", [(100, 100), (900, 100)], [(900, 99)]),
    ("zalando-de", BEFORE, "packshot", "least_width", [(762, 1100), (762, 500)], [(761, 500)]),
    ("zalando-fr", BEFORE, "packshot", "least_height", [(762, 1100), (500, 1100)], [(500, 1099)]),
    ("zalando-at", BEFORE, "view", "least_width", [(762, 1100), (762, 3000)], [(761, 3000)]),
    ("zalando-de", BEFORE, "view", "least_height", [(762, 1100), (3000, 1100)], [(3000, 1099)]),
    ("google-de", BEFORE, "image_link", "least_shortest", [(100, 100), (3000, 100)], [(99, 3000)]),
    ("google-us", BEFORE, "additional_image_link", "least_shortest", [(100, 100)], [(99, 99)]),
    ("google-de", CHANGE, "image_link", "least_shortest", [(500, 500), (3000, 500)], [(499, 499), (3000, 499)]),
    ("google-us", CHANGE, "additional_image_link", "least_shortest", [(500, 900)], [(499, 900), (900, 499)]),
    ("gs1-de", BEFORE, "primary", "least_longest", [(900, 900), (900, 1)], [(899, 899)]),
    ("gs1-us", BEFORE, "high-resolution", "least_longest", [(2400, 2400), (1, 2400)], [(2399, 2399)]),
]
EVERY = [
    pytest.param(spec, edition, slot, id=f"{spec.name}-{number}-{slot.name}")
    for spec in shipped_channels().specs.values()
    for number, edition in enumerate(spec.editions)
    for slot in edition.slots
]
_FIELDS = {
    "width": "width",
    "height": "height",
    "longest": "longest_edge",
    "shortest": "shortest_edge",
    "pixels": "pixels",
}


def report(channel: str, slot: str, at: datetime, size: Size, **looks: object) -> SlotReport:
    """Return what a slot says of a photograph on white of this size, with texts and rights for everything."""
    appearance = Appearance(dominant_colour="#ffffff", thumbhash="", white_border=1.0, has_transparency=False)
    texts = {"alt_text": FieldValue(value={"de": "Schuh", "en": "Shoe", "fr": "Chaussure"}, source=Origin.API)}
    inspection = some.inspection(width=size[0], height=size[1], appearance=appearance.model_copy(update=looks))
    known, rights = shipped_channels(), some.rights(windows=({},))
    of = Candidate(inspection, texts, rights=rights)
    found = preflight(of, known.named(channel), known.spec(known.named(channel)), at=at)
    return next(each for each in found.slots if each.slot == slot)


def bounds(limits: Limits, which: str) -> Iterator[tuple[str, int]]:
    """Yield the name and the figure of each limit that is set."""
    for name, bound in limits.model_dump(exclude_none=True).items():
        if name.startswith(which) and name != "most_bytes":
            yield name, bound


@pytest.mark.parametrize(("channel", "at", "slot", "limit", "meeting", "missing"), LEAST)
def test_a_master_that_just_meets_a_limit_fills_the_slot_and_one_that_just_misses_it_does_not(
    channel: str, at: datetime, slot: str, limit: str, meeting: list[Size], missing: list[Size]
) -> None:
    for size in meeting:
        found = report(channel, slot, at, size)
        assert found.fillable, (size, found.problems)
    for size in missing:
        found = report(channel, slot, at, size)
        assert {problem.code for problem in found.problems} == {"too_small"}, size
        assert _FIELDS[limit.removeprefix("least_")] in {problem.field for problem in found.problems}


def test_every_least_size_of_every_edition_has_its_masters() -> None:
    known = shipped_channels()
    tested = set()
    for channel, at, slot, limit, *_ in LEAST:
        spec = known.spec(known.named(channel))
        edition = spec.edition(at)
        assert edition is not None
        tested.add((spec.name, spec.editions.index(edition), slot, limit))
    assert tested == {
        (spec.name, number, slot.name, name)
        for spec in known.specs.values()
        for number, edition in enumerate(spec.editions)
        for slot in edition.slots
        for name, _ in bounds(slot.limits, "least_")
    }


@pytest.mark.parametrize(("spec", "edition", "slot"), EVERY)
def test_no_master_gives_a_file_beyond_what_a_slot_allows(spec: MediaSpec, edition: Edition, slot: Slot) -> None:
    channel = next(c.name for c in shipped_channels().channels.values() if c.media_spec == spec.name)
    at = edition.starts or BEFORE
    for size in ((60_000, 60_000), (65_535, 300), (300, 65_535), (10_001, 10_000), (5001, 5001), (4801, 3203)):
        found = report(channel, slot.name, at, size)
        assert {problem.code for problem in found.problems} <= {"too_small"}, (size, found.problems)
        assert found.width is not None
        assert found.height is not None
        assert max(found.width, found.height) <= FORMATS[edition.encoding(slot).format].longest_edge


@pytest.mark.parametrize(("spec", "edition", "slot"), EVERY)
@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1801, 2600), (1000, 1000), (99, 20)])
def test_what_is_planned_has_the_size_that_the_preflight_says(
    spec: MediaSpec, edition: Edition, slot: Slot, size: Size
) -> None:
    channel = next(c.name for c in shipped_channels().channels.values() if c.media_spec == spec.name)
    found = report(channel, slot.name, edition.starts or BEFORE, size)
    planned = plan([spec.output(edition, slot)], Subject(*size))
    (box,) = {canvas.box for step in planned.steps for canvas in step.canvases}
    assert (planned.names, box) == ((found.output,), (found.width, found.height))


@pytest.mark.parametrize(("spec", "edition", "slot"), EVERY)
def test_a_file_at_each_upper_limit_is_taken_and_one_beyond_it_is_not(
    spec: MediaSpec, edition: Edition, slot: Slot
) -> None:
    for name, bound in bounds(slot.limits, "most_"):
        alone = Limits.model_validate({"formats": slot.limits.formats, name: bound})
        side = {"most_pixels": int(bound**0.5)}.get(name, bound)
        assert list(alone.problems(side, side)) == []
        assert [problem.code for problem in alone.problems(side + 1, side + 1)] == ["too_large"]
    if slot.limits.most_bytes is not None:
        assert (edition.encoding(slot).maximum_bytes or 0) <= slot.limits.most_bytes


@pytest.mark.parametrize(
    ("channel", "slot"),
    [("amazon-de", "MAIN"), ("walmart-us", "main"), ("zalando-de", "packshot"), ("gs1-de", "primary")],
)
def test_a_background_of_at_least_95_per_cent_white_is_asked_for(channel: str, slot: str) -> None:
    assert report(channel, slot, BEFORE, (3000, 3000), white_border=0.95).fillable
    found = report(channel, slot, BEFORE, (3000, 3000), white_border=0.9499)
    assert [problem.code for problem in found.problems] == ["background_not_white"]


def test_slots_for_scenes_and_details_take_any_background() -> None:
    for channel, slot in (
        ("amazon-de", "PT"),
        ("zalando-de", "view"),
        ("walmart-us", "secondary"),
        ("ebay-de", "main"),
    ):
        assert report(channel, slot, BEFORE, (3000, 4000), white_border=0.0).fillable


@pytest.mark.parametrize(("channel", "wide"), [("walmart-us", (2200, 2200)), ("zalando-de", (1801, 2600))])
def test_a_file_has_the_shape_that_the_channel_asks_whatever_the_masters_is(channel: str, wide: Size) -> None:
    for size in ((4000, 4000), (6000, 3000), (3000, 6000), (2399, 2601)):
        known = shipped_channels()
        for slot in known.spec(known.named(channel)).editions[0].slots:
            found = report(channel, slot.name, BEFORE, size)
            if slot.name != "swatch":
                assert (found.width, found.height) == wide


def test_shops_ask_for_a_text_in_their_language() -> None:
    known = shipped_channels()
    channel = known.named("shopify-us")
    for locale, fillable in (("en-GB", True), ("de", False)):
        fields = {"alt_text": FieldValue(value={locale: "Shoe"}, source=Origin.API)}
        of = Candidate(some.inspection(), fields, rights=some.rights())
        assert preflight(of, channel, known.spec(channel), at=some.NOW).ready is fillable


def test_urls_are_as_walmart_google_and_ebay_ask() -> None:
    known = shipped_channels().specs
    path = "https://cdn.test/t/token/a/walmart-square.jpg"
    rules = {name: spec.editions[-1].url for name, spec in known.items()}
    kind = known["ebay"].editions[0].encodings[0].format

    def codes(name: str, url: str) -> list[str]:
        return [problem.code for problem in rules[name].problems(url, kind)]

    assert [codes(name, path) for name in rules] == [[]] * len(rules)
    assert codes("walmart", f"{path}?Signature=x") == ["url_query"]
    assert codes("walmart", path.removesuffix(".jpg")) == ["url_extension"]
    assert codes("ebay", path.replace("https", "http")) == ["url_not_https"]
    longest = f"https://cdn.test/{'a' * (2000 - 21)}.jpg"
    assert (len(longest), codes("google-merchant", longest)) == (2000, [])
    assert codes("google-merchant", f"{longest}?") == ["url_too_long"]
