"""Every file for every channel, rendered and opened again by another decoder, and held to the channel's own limits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageDraw

from assetwire.domain.channels import shipped_channels
from assetwire.domain.inscription import Inscription
from assetwire.domain.media_spec import Edition, MediaSpec, Slot
from assetwire.domain.plan import Subject, plan, wanted
from assetwire.domain.preflight import Candidate, preflight
from assetwire.media.render import render
from fakes import some

pytestmark = pytest.mark.slow  # seconds of rendering: part of make test

Size = tuple[int, int]
# Masters that just meet the limits of their channel, and others that are padded, cropped and shrunk.
MASTERS: dict[str, list[Size]] = {
    "amazon": [(1000, 1000), (3400, 1700)],
    "ebay": [(500, 200), (1200, 2000)],
    "walmart": [(1500, 1500), (2600, 1300)],
    "zalando": [(762, 1100), (2000, 1600)],
    "google-merchant": [(500, 500), (1600, 700)],
    "shopify": [(300, 200), (2100, 2100)],
    "gs1": [(2400, 1200)],
}
EDITIONS = [
    pytest.param(spec, edition, id=f"{spec.name}-{number}")
    for spec in shipped_channels().specs.values()
    for number, edition in enumerate(spec.editions)
]


class Made(NamedTuple):
    """A file that was made for a slot, as another decoder sees it."""

    slot: Slot
    path: Path
    image: Image.Image


def product(size: Size, file: Path) -> None:
    """Draw a product on white, with an edge and a grain that an encoder has to work for."""
    width, height = size
    image = Image.new("RGB", size, "white")
    grain = Image.effect_noise((width // 2, height // 2), 60).convert("RGB")
    image.paste(grain, (width // 4, height // 4))
    ImageDraw.Draw(image).ellipse([width // 3, height // 3, width // 2, height // 2], fill=(190, 20, 40))
    image.save(file, "PNG", compress_level=1)


def made(master: Path, size: Size, spec: MediaSpec, edition: Edition, out: Path) -> Iterator[Made]:
    """Render the files of every slot of an edition, each once."""
    subject, usage = Subject(*size), shipped_channels().named(channel_of(spec)).usage
    outputs = [o for each in spec.specs(edition, edition.slots, usage) for o in wanted(each, subject)]
    files = {}
    for file in render(master, plan(outputs, subject), media_type="image/png", inscription=Inscription(), out=out):
        files |= dict.fromkeys(file.names, file.path)
    assert set(files) == {output.name for output in outputs}
    for slot in edition.slots:
        path = files[spec.output(edition, slot).name]
        with Image.open(path) as image:
            image.load()
            yield Made(slot, path, image)


def channel_of(spec: MediaSpec) -> str:
    return next(c.name for c in shipped_channels().channels.values() if c.media_spec == spec.name)


def white_share(image: Image.Image) -> float:
    """Return the share of the outermost pixels that are white, but for what JPEG does to a level or two."""
    width, height = image.size
    edges = [image.crop(box) for box in ((0, 0, width, 1), (0, height - 1, width, height))]
    edges += [image.crop(box) for box in ((0, 0, 1, height), (width - 1, 0, width, height))]
    pixels = [pixel for edge in edges for pixel in edge.get_flattened_data()]
    return sum(min(pixel) >= 253 for pixel in pixels) / len(pixels)


@pytest.mark.parametrize(("spec", "edition"), EDITIONS)
def test_every_file_of_every_slot_is_what_its_channel_asks_and_the_preflight_said(
    spec: MediaSpec, edition: Edition, tmp_path: Path
) -> None:
    channel = shipped_channels().named(channel_of(spec))
    at = edition.starts or datetime(2026, 12, 1, tzinfo=UTC)
    for number, size in enumerate(MASTERS[spec.name]):
        product(size, tmp_path / "master")
        (out := tmp_path / str(number)).mkdir()
        of = Candidate(some.inspection(width=size[0], height=size[1]), {}, rights=some.rights(windows=({},)))
        said = {slot.slot: slot for slot in preflight(of, channel, spec, at=at).slots}
        for slot, path, image in made(tmp_path / "master", size, spec, edition, out):
            limits, report = slot.limits, said[slot.name]
            assert image.size == (report.width, report.height), slot.name
            assert (image.format or "").lower() in [kind.value for kind in limits.formats]
            assert (image.mode, getattr(image, "n_frames", 1)) == ("RGB", 1)
            problems = [problem.code for problem in limits.problems(*image.size)]
            assert problems == [problem.code for problem in report.problems if problem.code != "no_alt_text"]
            if limits.most_bytes is not None:
                assert path.stat().st_size <= limits.most_bytes
            if slot.white_border is not None:
                assert white_share(image) >= slot.white_border


def test_a_picture_that_is_all_grain_is_encoded_below_the_bytes_that_walmart_takes(tmp_path: Path) -> None:
    spec = shipped_channels().specs["walmart"]
    (edition,) = spec.editions
    Image.effect_noise((2200, 2200), 120).convert("RGB").save(tmp_path / "master", "PNG", compress_level=1)
    for slot, path, image in made(tmp_path / "master", (2200, 2200), spec, edition, tmp_path):
        assert path.stat().st_size <= 5_000_000
        assert slot.name == "swatch" or image.size == (2200, 2200)
