"""Inspection of films, sounds and documents: what they are, how long, and what is refused."""

from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from assetwire.domain.inspection import Kind, Status
from fakes.examining import Examine, codes, examined
from fakes.hostile import mp4_of_duration
from fakes.masters import (
    encrypted_pdf,
    film,
    ole,
    package,
    pdf,
    small_pdf,
)

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    return partial(examined, tmp_path / "master")


class TestFilms:
    """Video."""

    @pytest.mark.parametrize(
        ("name", "codecs", "media_type"),
        [
            ("film.mp4", ("libx264", "aac"), "video/mp4"),
            ("film.mov", ("libx264", "aac"), "video/quicktime"),
            ("film.mkv", ("libx264", "aac"), "video/x-matroska"),
            ("film.webm", ("libvpx", "libopus"), "video/webm"),
            ("film.avi", ("mpeg4", "libmp3lame"), "video/x-msvideo"),
            ("film.ts", ("libx264", "aac"), "video/mp2t"),
        ],
    )
    def test_every_container_is_known_by_its_content(
        self, examine: Examine, tmp_path: Path, name: str, codecs: tuple[str, str], media_type: str
    ) -> None:
        found = examine(film(tmp_path / name, codec=codecs[0], sound=codecs[1]))
        assert (found.status, found.problems) == (Status.ACCEPTED, ())
        assert (found.kind, found.media_type, found.width, found.height) == (Kind.VIDEO, media_type, 64, 48)
        assert found.duration_seconds == pytest.approx(1.0, abs=0.1)
        said = found.metadata.technical
        assert (said["frame_rate"], said["audio_tracks"], said["channels"], said["sample_rate"]) == (25, 1, 2, 48_000)
        assert {"video_codec", "audio_codec", "bit_rate", "pixel_format"} <= set(said)

    @pytest.mark.parametrize(("turn", "size"), [(0, (64, 48)), (90, (48, 64)), (180, (64, 48)), (270, (48, 64))])
    def test_width_and_height_are_those_of_the_upright_film(
        self, examine: Examine, tmp_path: Path, turn: int, size: tuple[int, int]
    ) -> None:
        found = examine(film(tmp_path / "film.mp4", rotation=-turn, sound=None))
        assert (found.width, found.height, found.metadata.technical["rotation"]) == (*size, turn)

    def test_pixels_that_are_not_square_are_said(self, examine: Examine, tmp_path: Path) -> None:
        found = examine(film(tmp_path / "film.mp4", aspect=Fraction(16, 11), sound=None))
        assert found.metadata.technical["pixel_aspect_ratio"] == "16:11"

    def test_tags_of_the_container_are_fields_and_the_rest_is_private(self, examine: Examine, tmp_path: Path) -> None:
        tags = {
            "title": "Autumn",
            "artist": "Ada; Grace",
            "copyright": "© Shop",
            "comment": "A film",
            "creation_time": "2024-05-06T07:08:09.000000Z",
            "location": "+48.1+11.5/",
        }
        found = examine(film(tmp_path / "film.mp4", tags=tags)).metadata
        said = {name: value.value for name, value in found.fields.items()}
        assert said["title"] == {"x-default": "Autumn"}
        assert said["creator"] == ["Ada", "Grace"]
        assert said["copyright_notice"] == {"x-default": "© Shop"}
        assert said["description"] == {"x-default": "A film"}
        assert str(said["date_created"]).startswith("2024-05-06T07:08:09")
        assert "+48.1" not in str(said)
        assert "+48.1" in str(found.private)

    def test_a_duration_of_four_thousand_million_units_is_not_believed(self, examine: Examine, tmp_path: Path) -> None:
        found = examine(mp4_of_duration(film(tmp_path / "film.mp4"), 0xFFFFFFF0))
        assert found.duration_seconds is None or found.duration_seconds < 10

    @pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
    @pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
    def test_a_film_that_is_cut_off_is_refused(self, examine: Examine, tmp_path: Path, name: str, kept: float) -> None:
        data = film(tmp_path / name, options={"movflags": "faststart"} if name.endswith("mp4") else None)
        found = examine(data[: int(len(data) * kept)])
        assert found.status is Status.QUARANTINED
        assert codes(found)[0] in {"truncated", "undecodable"}


class TestSounds:
    """Audio."""

    @pytest.mark.parametrize(
        ("name", "codec", "media_type"),
        [
            ("sound.mp3", "libmp3lame", "audio/mpeg"),
            ("sound.m4a", "aac", "audio/mp4"),
            ("sound.mp4", "aac", "audio/mp4"),
            ("sound.aac", "aac", "audio/aac"),
            ("sound.wav", "pcm_s16le", "audio/wav"),
            ("sound.flac", "flac", "audio/flac"),
            ("sound.ogg", "libopus", "audio/ogg"),
            ("sound.webm", "libopus", "audio/webm"),
            ("sound.mka", "flac", "audio/x-matroska"),
        ],
    )
    def test_every_format_is_known_by_its_content(
        self, examine: Examine, tmp_path: Path, name: str, codec: str, media_type: str
    ) -> None:
        container = {".m4a": "ipod", ".aac": "adts", ".mka": "matroska"}.get(Path(name).suffix)
        found = examine(film(tmp_path / name, codec=None, sound=codec, container=container))
        assert (found.status, found.problems) == (Status.ACCEPTED, ())
        assert (found.kind, found.media_type, found.width) == (Kind.AUDIO, media_type, None)
        assert found.duration_seconds == pytest.approx(1.0, abs=0.15)
        assert (found.metadata.technical["channels"], found.metadata.technical["sample_rate"]) == (2, 48_000)

    def test_tags_are_read(self, examine: Examine, tmp_path: Path) -> None:
        tags = {"title": "Jingle", "artist": "Ada", "album": "Shop"}
        for name, codec in (("a.mp3", "libmp3lame"), ("a.flac", "flac"), ("a.ogg", "libopus")):
            found = examine(film(tmp_path / name, codec=None, sound=codec, tags=tags)).metadata
            assert found.fields["title"].value == {"x-default": "Jingle"}
            assert found.fields["creator"].value == ["Ada"]
            assert found.private["tags"]["album"] == "Shop"


class TestDocuments:
    """PDF, and office formats."""

    def test_pages_and_the_size_of_the_first_are_read(self, examine: Examine) -> None:
        found = examine(pdf(3, (595, 842)))
        assert (found.status, found.kind, found.media_type) == (Status.ACCEPTED, Kind.DOCUMENT, "application/pdf")
        assert (found.pages, found.encrypted) == (3, False)
        said = found.metadata.technical
        assert (said["page_width_points"], said["page_height_points"]) == (595, 842)

    def test_title_and_author_are_read(self, examine: Examine) -> None:
        said = "<</Title(Autumn)/Author(Ada)/CreationDate(D:20240506070809+02'00')>>"
        found = examine(small_pdf("/Info 4 0 R", said)).metadata.fields
        assert found["title"].value == {"x-default": "Autumn"}
        assert found["creator"].value == ["Ada"]
        assert found["date_created"].value == "2024-05-06T07:08:09+02:00"

    def test_a_property_that_is_no_text_costs_what_is_none_of_it(self, examine: Examine) -> None:
        found = examine(small_pdf("/Info 4 0 R", "<</Title(Autumn)/Author<FEFF00410064D8000061>/CreationDate(D:99)>>"))
        assert (found.status, found.pages) == (Status.ACCEPTED, 1)
        assert found.metadata.fields["title"].value == {"x-default": "Autumn"}
        assert found.metadata.fields["creator"].value == ["Ad\ufffda"]

    def test_a_document_behind_a_password_is_refused(self, examine: Examine) -> None:
        found = examine(encrypted_pdf())
        assert (codes(found), found.encrypted, found.media_type) == (["encrypted"], True, "application/pdf")

    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (
                package("[Content_Types].xml", "word/document.xml"),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (
                package("[Content_Types].xml", "xl/workbook.xml"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            (
                package("[Content_Types].xml", "ppt/presentation.xml"),
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ),
            (
                package("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
                "application/vnd.oasis.opendocument.text",
            ),
            (ole("WordDocument"), "application/msword"),
            (ole("Workbook"), "application/vnd.ms-excel"),
            (ole("Current User", "PowerPoint Document"), "application/vnd.ms-powerpoint"),
            (b"{\\rtf1\\ansi hello}", "application/rtf"),
        ],
    )
    def test_office_formats_are_recorded_with_type_and_size(
        self, examine: Examine, data: bytes, media_type: str
    ) -> None:
        found = examine(data)
        assert (found.status, found.kind, found.media_type) == (Status.ACCEPTED, Kind.DOCUMENT, media_type)
        assert (found.bytes, found.pages, found.metadata.technical) == (len(data), None, {})

    def test_an_office_format_behind_a_password_is_refused(self, examine: Examine) -> None:
        found = examine(ole("EncryptionInfo", "EncryptedPackage"))
        assert (codes(found), found.encrypted) == (["encrypted"], True)

    def test_an_archive_that_holds_a_document_is_an_archive(self, examine: Examine) -> None:
        assert examine(package("letters/word/document.xml", "[Content_Types].xml")).media_type == "application/zip"
