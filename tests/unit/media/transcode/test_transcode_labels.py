"""What is written into films and sounds, read again by other code than wrote it."""

from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from assetwire.domain.inscription import Inscription
from assetwire.domain.spec import Format
from assetwire.domain.transcode_spec import AnyFormat, MediaFormat
from assetwire.media.metadata import read_metadata
from assetwire.media.transcode.labels import finish, label_anew, tags_of
from fakes.films import film, greys, sound

FIELDS: dict[str, Any] = {
    "title": {"de": "Schuh", "en": "Shoe", "x-default": "Shoe"},
    "copyright_notice": {"x-default": "© 2026 Studio Nord"},
    "creator": ["Ann Example", "Bob Example"],
    "credit_line": "Studio Nord/Ann",
    "rights_usage_terms": {"x-default": "Not for print."},
    "web_statement_of_rights": "https://example.com/licence",
    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
}
INSIDE = Inscription(fields=FIELDS)
TAGS = {
    "title": "Shoe",
    "artist": "Studio Nord/Ann",
    "copyright": "© 2026 Studio Nord",
    "comment": "Not for print.\nhttps://example.com/licence",
}
SOURCES: dict[AnyFormat, str] = {MediaFormat.MP4: "a.mp4", MediaFormat.WEBM: "a.webm", MediaFormat.MP3: "a.mp3"}
TYPES = {"mp4": "video/mp4", "m4a": "audio/mp4"}


def test_the_tags_are_title_artist_copyright_and_comment() -> None:
    assert tags_of(INSIDE, MediaFormat.MP4) == TAGS
    without_credit = Inscription(fields={"creator": FIELDS["creator"], "title": {"de": "A\0\x07B" * 2000}})
    assert tags_of(without_credit, MediaFormat.MP4) == {
        "title": ("AB" * 2000)[:2000],
        "artist": "Ann Example; Bob Example",
    }
    assert tags_of(Inscription(), MediaFormat.MP3) == {}


def first(folder: Path, kind: MediaFormat) -> Path:
    """Return a file of this format that says other things of itself."""
    tags = {"title": "old", "artist": "old", "location": "+48.1+011.5/"}
    match kind:
        case MediaFormat.MP4:
            return film(folder / "a.mp4", tone={}, tags=tags)
        case MediaFormat.WEBM:
            return film(folder / "a.webm", codec="libvpx-vp9", tone={"codec": "libopus"}, tags=tags)
        case MediaFormat.MP3:
            return sound(folder / "a.mp3", codec="libmp3lame", tags=tags)
        case _:
            return sound(folder / "a.m4a", container="ipod", tags=tags)


@pytest.mark.parametrize("kind", [MediaFormat.MP4, MediaFormat.WEBM, MediaFormat.MP3, MediaFormat.M4A])
def test_a_made_file_is_labelled_anew_without_being_encoded_again(tmp_path: Path, kind: MediaFormat) -> None:
    before, out = first(tmp_path, kind), tmp_path / "out"
    label_anew(before, kind, INSIDE, out=out)
    with av.open(str(out)) as opened:
        found = {name.lower(): text for name, text in opened.metadata.items()}
        streams = [stream.codec_context.name for stream in opened.streams]
    assert found.items() >= TAGS.items()
    assert b"old" not in out.read_bytes()
    assert b"48.1" not in out.read_bytes()
    with av.open(str(before)) as opened:
        assert streams == [stream.codec_context.name for stream in opened.streams]
    if kind in {MediaFormat.MP4, MediaFormat.WEBM}:
        assert greys(out) == greys(before)
    if kind in {MediaFormat.MP4, MediaFormat.M4A}:
        assert out.read_bytes().index(b"moov") < out.read_bytes().index(b"mdat")


def test_how_a_film_came_to_be_is_said_by_a_tag_where_there_is_no_xmp(tmp_path: Path) -> None:
    out = tmp_path / "out.webm"
    label_anew(first(tmp_path, MediaFormat.WEBM), MediaFormat.WEBM, INSIDE, out=out)
    with av.open(str(out)) as opened:
        assert opened.metadata["DIGITAL_SOURCE_TYPE"] == FIELDS["digital_source_type"]


@pytest.mark.parametrize("kind", [MediaFormat.MP4, MediaFormat.M4A])
def test_the_xmp_of_an_mp4_is_found_by_a_reader(tmp_path: Path, kind: MediaFormat) -> None:
    file = first(tmp_path, kind)
    finish(file, kind, INSIDE)
    found = read_metadata(file, TYPES[kind.value], container={}).fields
    assert {name: found[name].value for name in FIELDS} == FIELDS
    with av.open(str(file)) as opened:
        assert opened.duration == pytest.approx(1_000_000, abs=50_000)


def test_the_xmp_of_an_mp3_stands_in_a_private_frame(tmp_path: Path) -> None:
    out = tmp_path / "out.mp3"
    label_anew(first(tmp_path, MediaFormat.MP3), MediaFormat.MP3, INSIDE, out=out)
    data = out.read_bytes()
    start = data.index(b"PRIV")
    assert data[start + 10 : start + 14] == b"XMP\0"
    assert b"trainedAlgorithmicMedia" in data[start : start + 10_000]


def test_a_loop_carries_exif_and_xmp_and_still_moves(tmp_path: Path) -> None:
    file = tmp_path / "a.webp"
    pictures = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 100, 200)]
    pictures[0].save(file, save_all=True, append_images=pictures[1:], duration=100, loop=0)
    finish(file, Format.WEBP, INSIDE)
    with Image.open(file) as image:
        assert image.n_frames == 3
        assert image.getexif()[0x8298].encode("latin-1").decode() == "© 2026 Studio Nord"  # as Pillow reads UTF-8
        assert b"trainedAlgorithmicMedia" in image.info["xmp"]


def test_nothing_is_written_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    file = film(tmp_path / "a.mp4", frames=2)
    before = file.read_bytes()
    finish(file, MediaFormat.MP4, Inscription())
    assert file.read_bytes() == before
