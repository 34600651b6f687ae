"""Metadata is found in every container, by reading little of it."""

import gzip
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from metadata_files import (
    CITY,
    GUID_UUID,
    box,
    chunk,
    dataset,
    extended,
    gif,
    heif,
    id3,
    itxt,
    jp2,
    jpeg,
    packet,
    pdf,
    png,
    profile,
    psd,
    resource,
    riff,
    text,
    tiff,
)

from assetwire.domain.metadata import Origin
from assetwire.media.metadata import Extracted, read_metadata
from assetwire.media.metadata.blocks import Source

Read = Callable[..., Extracted]
XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXIF = tiff({0x0112: (3, 1, struct.pack("<H", 6)), 0x010E: text("Blüte")})
IIM = dataset(90, "Zürich".encode(), record=2)
PROFILE = profile("Display P3")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(data: bytes, media_type: str = "image/jpeg", container: Mapping[str, Any] | None = None) -> Extracted:
        file = tmp_path / "master"
        file.write_bytes(data)
        return read_metadata(file, media_type, container=container or {})

    return read


def values(extracted: Extracted) -> dict[str, Any]:
    return {name: field.value for name, field in extracted.fields.items()}


def codes(extracted: Extracted) -> list[str]:
    return [warning.code for warning in extracted.warnings]


WITH_XMP = {
    "jpeg": (jpeg((0xE1, XMP + CITY)), "image/jpeg"),
    "png": (png(itxt(CITY)), "image/png"),
    "png, compressed": (png(itxt(CITY, compressed=True)), "image/png"),
    "png, raw profile": (
        png((b"zTXt", b"Raw profile type xmp\0\0" + zlib.compress(b"\nxmp\n%8d\n" % len(CITY) + CITY.hex().encode()))),
        "image/png",
    ),
    "webp": (riff(b"WEBP", (b"VP8X", bytes(10)), (b"XMP ", CITY)), "image/webp"),
    "tiff": (tiff({700: (1, len(CITY), CITY)}), "image/tiff"),
    "big tiff": (tiff({700: (1, len(CITY), CITY)}, big=True), "image/tiff"),
    "big-endian big tiff": (tiff({700: (7, len(CITY), CITY)}, big=True, order=">"), "image/tiff"),
    "heic": (heif(EXIF, CITY), "image/heic"),
    "heic, taken for a video": (heif(EXIF, CITY), "video/mp4"),
    "gif": (gif(CITY), "image/gif"),
    "psd": (psd(resource(0x03ED, bytes(16)), resource(0x0424, CITY)), "image/vnd.adobe.photoshop"),
    "jpeg 2000": (jp2(box(b"uuid", GUID_UUID + CITY)), "image/jp2"),
    "pdf": (pdf(CITY), "application/pdf"),
    "pdf, deflated": (pdf(CITY, deflated=True), "application/pdf"),
    "mp4": (box(b"ftyp", b"isom") + box(b"mdat", bytes(9)) + box(b"uuid", GUID_UUID + CITY), "video/mp4"),
    "mov": (
        box(b"ftyp", b"qt  ") + box(b"moov", box(b"udta", box(b"XMP_", CITY) + bytes(4))),
        "video/quicktime",
    ),
    "mp3": (id3(CITY), "audio/mpeg"),
    "wav": (riff(b"WAVE", (b"fmt ", bytes(16)), (b"_PMX", CITY)), "audio/wav"),
    "svg": (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
        b'<svg xmlns="http://www.w3.org/2000/svg"><metadata>'
        + CITY[CITY.find(b"<x:") : CITY.rfind(b"<?")]
        + b"</metadata></svg>",
        "image/svg+xml",
    ),
    "anything else": (bytes(5_000) + CITY + bytes(99), "application/octet-stream"),
}


class TestXmp:
    @pytest.mark.parametrize("kind", WITH_XMP)
    def test_it_is_found_in_every_container(self, read: Read, kind: str) -> None:
        data, media_type = WITH_XMP[kind]
        extracted = read(data, media_type)
        assert extracted.fields["city"].value == "Zürich"
        assert extracted.fields["city"].source is Origin.XMP
        assert extracted.warnings == ()

    def test_the_extended_packet_of_a_jpeg_is_put_together_whatever_the_order_of_its_parts(self, read: Read) -> None:
        more = packet(attributes='photoshop:City="Bern" photoshop:Country="CH"', body="<!--" + "x" * 150_000 + "-->")
        segments = extended(more)
        guid = segments[0][1][35:67].decode()
        main = packet(attributes=f'photoshop:City="Zürich" xmpNote:HasExtendedXMP="{guid}"')
        extracted = read(jpeg((0xE1, XMP + main), *segments))
        assert values(extracted) == {"city": "Zürich", "country": "CH"}
        assert extracted.warnings == ()

    def test_an_extended_packet_that_is_not_the_one_it_claims_to_be_costs_itself(self, read: Read) -> None:
        guid = "A" * 32
        main = packet(attributes=f'photoshop:City="Zürich" xmpNote:HasExtendedXMP="{guid}"')
        extracted = read(jpeg((0xE1, XMP + main), *extended(packet(attributes='photoshop:Country="CH"'), guid)))
        assert values(extracted) == {"city": "Zürich"}
        assert codes(extracted) == ["malformed_xmp"]

    def test_a_pdf_is_asked_for_its_own_packet_and_not_for_that_of_a_picture_in_it(self, read: Read) -> None:
        data = pdf(CITY, picture=packet(attributes='photoshop:City="Bern"'))
        assert values(read(data, "application/pdf")) == {"city": "Zürich"}

    def test_a_compressed_drawing_is_read_and_a_damaged_one_costs_its_metadata(self, read: Read) -> None:
        data = gzip.compress(WITH_XMP["svg"][0], mtime=0)
        assert values(read(data, "image/svg+xml")) == {"city": "Zürich"}
        assert codes(read(data[:20] + b"\xff" * 20 + data[40:], "image/svg+xml")) == ["malformed_xmp"]

    def test_an_svg_without_metadata_is_no_reason_to_warn(self, read: Read) -> None:
        assert read(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml").warnings == ()


class TestOtherBlocks:
    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (jpeg((0xE1, b"Exif\0\0" + EXIF)), "image/jpeg"),
            (png((b"eXIf", EXIF)), "image/png"),
            (
                png((b"tEXt", b"Raw profile type exif\0\nexif\n  99\n" + (b"Exif\0\0" + EXIF).hex().encode())),
                "image/png",
            ),
            (riff(b"WEBP", (b"EXIF", EXIF)), "image/webp"),
            (riff(b"WEBP", (b"EXIF", b"Exif\0\0" + EXIF)), "image/webp"),
            (EXIF, "image/tiff"),
            (heif(EXIF, CITY), "image/avif"),
            (psd(resource(0x0422, EXIF)), "image/vnd.adobe.photoshop"),
            (jp2(box(b"uuid", b"JpgTiffExif->JP2" + EXIF)), "image/jp2"),
        ],
    )
    def test_exif_is_found(self, read: Read, data: bytes, media_type: str) -> None:
        extracted = read(data, media_type)
        assert extracted.fields["description"].value == {"x-default": "Blüte"}
        assert extracted.technical["orientation"] == 6
        assert extracted.warnings == ()

    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (jpeg((0xED, b"Photoshop 3.0\0" + resource(0x0404, IIM))), "image/jpeg"),
            (tiff({33723: (7, len(IIM), IIM)}), "image/tiff"),
            (tiff({34377: (1, len(resource(0x0404, IIM)), resource(0x0404, IIM))}), "image/tiff"),
            (psd(resource(0x0404, IIM)), "image/vnd.adobe.photoshop"),
            (
                png((b"tEXt", b"Raw profile type iptc\0\niptc\n  99\n" + resource(0x0404, IIM).hex().encode())),
                "image/png",
            ),
        ],
    )
    def test_iim_is_found(self, read: Read, data: bytes, media_type: str) -> None:
        extracted = read(data, media_type)
        assert values(extracted) == {"city": "Zürich"}
        assert extracted.fields["city"].source is Origin.IPTC

    def test_photoshops_resources_may_be_cut_anywhere_between_segments(self, read: Read) -> None:
        whole = resource(0x0404, IIM)
        segments = [(0xED, b"Photoshop 3.0\0" + part) for part in (whole[:9], whole[9:20], whole[20:])]
        assert values(read(jpeg(*segments))) == {"city": "Zürich"}

    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (
                jpeg((0xE2, b"ICC_PROFILE\0\2\2" + PROFILE[100:]), (0xE2, b"ICC_PROFILE\0\1\2" + PROFILE[:100])),
                "image/jpeg",
            ),
            (png((b"iCCP", b"icc\0\0" + zlib.compress(PROFILE))), "image/png"),
            (riff(b"WEBP", (b"ICCP", PROFILE)), "image/webp"),
            (tiff({34675: (7, len(PROFILE), PROFILE)}), "image/tiff"),
            (jp2(box(b"jp2h", box(b"colr", b"\2\0\0" + PROFILE))), "image/jp2"),
            (psd(resource(0x040F, PROFILE)), "image/vnd.adobe.photoshop"),
        ],
    )
    def test_the_colour_profiles_name_is_found(self, read: Read, data: bytes, media_type: str) -> None:
        assert read(data, media_type).technical == {"icc_profile": "Display P3"}

    def test_a_pngs_own_texts_and_the_containers_tags_rank_last(self, read: Read) -> None:
        data = png((b"tEXt", b"Title\0PNG"), (b"tEXt", b"Author\0Ann"), itxt(packet("<dc:title>XMP</dc:title>")))
        extracted = read(data, "image/png", container={"creator": ["Bo"], "headline": "H", "no such field": 1})
        assert values(extracted) == {"title": {"x-default": "XMP"}, "creator": ["Bo"], "headline": "H"}
        assert extracted.fields["creator"].source is Origin.CONTAINER


class TestHostileContainers:
    @pytest.mark.parametrize("kind", [b"iTXt", b"zTXt", b"iCCP"])
    def test_a_bomb_is_not_unpacked(self, read: Read, kind: bytes) -> None:
        bomb = zlib.compress(bytes(20 * 1024**2), 9)
        head = {b"iTXt": b"XML:com.adobe.xmp\0\1\0\0\0", b"zTXt": b"Raw profile type xmp\0\0", b"iCCP": b"a\0\0"}[kind]
        extracted = read(png((kind, head + bomb), itxt(CITY)), "image/png")
        assert values(extracted) == {"city": "Zürich"}
        assert codes(extracted) in (["malformed_container"], ["malformed_icc"])

    def test_a_directory_that_points_at_itself_ends(self, read: Read) -> None:
        own = tiff({0x8769: (4, 1, struct.pack("<I", 8)), 0x8825: (4, 1, struct.pack("<I", 8))}, following=8)
        assert "malformed_exif" in codes(read(jpeg((0xE1, b"Exif\0\0" + own))))

    @pytest.mark.parametrize("big", [False, True])
    def test_counts_of_four_billion_and_offsets_beyond_the_file_cost_their_field(self, read: Read, big: bool) -> None:
        far = struct.pack("<Q", 2**60) if big else struct.pack("<I", 2**31)
        tags = {
            0x010E: (2, 2**32 - 1, far * 2),
            0x010F: (2, 50, far),
            0x0112: (3, 2**32 - 1, far * 2),
            0x0131: text("kept"),
            700: (7, 2**32 - 1, far * 2),
        }
        data = tiff(tags, big=big)
        extracted = read(data, "image/tiff")
        assert values(extracted) == {"creator_tool": "kept"}
        assert {"malformed_exif", "malformed_container"} == set(codes(extracted))

    @pytest.mark.parametrize(
        ("head", "media_type"),
        [
            (b"", "application/pdf"),
            (b"", "application/octet-stream"),
            (box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"mdat", 3 * 1024**3), "video/mp4"),
            (tiff({0x0131: text("x")}), "image/tiff"),
            (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31 - 1, b"IDAT"), "image/png"),
            (b"RIFF\xff\xff\xff\xffWAVE" + b"data\xf0\xff\xff\x7f", "audio/wav"),
        ],
    )
    def test_a_file_of_3_gb_costs_a_bounded_number_of_bytes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: bytes, media_type: str
    ) -> None:
        file = tmp_path / "large"
        with file.open("wb") as opened:
            opened.write(head)
            os.truncate(opened.fileno(), 3 * 1024**3)
        count = 0
        reading = Source._read

        def counted(self: Source, offset: int, length: int) -> bytes:
            nonlocal count
            count += length
            return reading(self, offset, length)

        monkeypatch.setattr(Source, "_read", counted)
        read_metadata(file, media_type)
        scanned = media_type.startswith("application/")
        assert count <= (16 * 1024**2 if scanned else 64 * 1024)

    def test_more_chunks_than_any_file_has_end_the_search(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assetwire.media.metadata.blocks._STEPS", 1_000)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") * 2_000
        assert codes(read(data, "image/png")) == ["malformed_container"]

    @pytest.mark.parametrize("kind", WITH_XMP)
    def test_a_file_that_ends_early_is_read_as_far_as_it_goes(self, read: Read, kind: str) -> None:
        data, media_type = WITH_XMP[kind]
        for end in range(0, len(data), 31):
            read(data[:end], media_type)
