"""What is inscribed is read back by our reader and by Pillow's, pixels stay as they were, and nothing else is said."""

import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from assetwire.domain.inscription import INSCRIBED, Inscription
from assetwire.domain.metadata import FIELDS, Type
from assetwire.domain.spec import FORMATS, Format
from assetwire.media.inscribe import inscribe
from assetwire.media.inscribe.datasets import datasets
from assetwire.media.inscribe.packet import LONGEST, packet
from assetwire.media.inscribe.tags import structure, tags
from assetwire.media.metadata import parse_xmp, read_metadata
from assetwire.media.metadata.blocks import Malformed
from assetwire.media.metadata.iptc import LONGEST as LONGEST_DATASETS
from assetwire.media.metadata.iptc import datasets as read_datasets

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FIELDS_WRITTEN: dict[str, Any] = {
    "copyright_notice": {"x-default": "© Änn & <Co>", "de": "© Änn & „Co“"},
    "creator": ["Ann Müller", "Bo Å"],
    "credit_line": "Studio Nörd",
    "rights_usage_terms": {"x-default": 'no "use" ]]> at all'},
    "web_statement_of_rights": "https://rights.example/ü?a=1&b=%20",
    "licensor": [{"LicensorID": "P-1", "LicensorName": "Agentur Ü", "LicensorURL": "https://l.example/?a=1&b=2"}],
    "copyright_owner": [{"CopyrightOwnerName": "Owner <&>"}],
    "license_id": "L-1",
    "alt_text": {"x-default": "A shoe 👟", "de": "Ein Schuh"},
    "extended_description": {"x-default": "first line\nsecond line"},
    "digital_source_type": SOURCE_TYPE,
    "data_mining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
    "image_alteration_constraints": [
        "http://ns.useplus.org/ldf/vocab/AL-CRP",
        "http://ns.useplus.org/ldf/vocab/AL-FLP",
    ],
    "license_end_date": "2027-12-31T23:59:59Z",
}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SHAPES = {
    Type.LANG_ALT: lambda text: {"x-default": text},
    Type.LIST: lambda text: [text],
    Type.STRUCTURES: lambda text: [{"LicensorName": text}],
}


def picture(*, alpha: bool = False) -> Image.Image:
    image = Image.linear_gradient("L").resize((60, 40)).convert("RGBA" if alpha else "RGB")
    ImageDraw.Draw(image).ellipse((10, 5, 30, 35), fill=(200, 40, 40, 0 if alpha else 255))
    return image


def encoded(format_: Format, *, alpha: bool = False, **options: Any) -> bytes:
    file = io.BytesIO()
    picture(alpha=alpha).save(file, format_.value.upper(), **options)
    return file.getvalue()


def write(folder: Path, data: bytes, format_: Format, fields: dict[str, Any] = FIELDS_WRITTEN) -> Path:
    file = folder / f"picture.{FORMATS[format_].extension}"
    file.write_bytes(data)
    inscribe(file, format_, Inscription(fields=fields))
    return file


def frames(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("RGBA").tobytes())
        return found


def test_the_sample_says_every_field_that_is_inscribed() -> None:
    assert set(FIELDS_WRITTEN) == set(INSCRIBED)


VARIANTS: dict[str, tuple[Format, dict[str, Any]]] = {
    "jpeg": (Format.JPEG, {}),
    "progressive jpeg with a profile": (Format.JPEG, {"progressive": True, "icc_profile": SRGB}),
    "png": (Format.PNG, {"alpha": True}),
    "lossy webp": (Format.WEBP, {}),
    "lossy webp with alpha": (Format.WEBP, {"alpha": True}),
    "lossless webp": (Format.WEBP, {"lossless": True}),
    "lossless webp with alpha": (Format.WEBP, {"lossless": True, "alpha": True, "exact": True}),
    "moving webp": (Format.WEBP, {"save_all": True, "append_images": [picture().rotate(90)], "lossless": True}),
    "avif": (Format.AVIF, {}),
    "avif with alpha": (Format.AVIF, {"alpha": True}),
    "tiff": (Format.TIFF, {"alpha": True}),
    "deflated tiff": (Format.TIFF, {"compression": "tiff_adobe_deflate"}),
    "gif": (Format.GIF, {}),
    "moving gif": (Format.GIF, {"save_all": True, "append_images": [picture().rotate(90)]}),
}


class TestEveryFormat:
    @pytest.mark.parametrize("variant", VARIANTS)
    def test_every_field_is_read_back_and_every_pixel_stays(self, tmp_path: Path, variant: str) -> None:
        format_, options = VARIANTS[variant]
        before = encoded(format_, **options)
        file = write(tmp_path, before, format_)
        assert frames(file.read_bytes()) == frames(before)
        read = read_metadata(file, FORMATS[format_].media_type)
        found = {name: field.value for name, field in read.fields.items()}
        found.pop("description", None)  # EXIF's description is the alternative text
        assert found == FIELDS_WRITTEN
        assert (read.conflicts, read.warnings, read.private) == ((), (), {})

    @pytest.mark.parametrize("format_", [Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.TIFF])
    def test_exif_names_the_owner_the_author_and_what_is_shown(self, tmp_path: Path, format_: Format) -> None:
        file = write(tmp_path, encoded(format_), format_)
        with Image.open(file) as image:
            exif = image.getexif()  # Pillow takes its bytes for Latin-1
            said = {tag: value.encode("latin-1").decode() for tag, value in exif.items() if tag in {270, 315, 33432}}
        assert said == {270: "A shoe 👟", 315: "Ann Müller; Bo Å", 33432: "© Änn & <Co>"}

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_an_empty_inscription_changes_no_byte(self, tmp_path: Path, variant: str) -> None:
        format_, options = VARIANTS[variant]
        before = encoded(format_, **options)
        assert write(tmp_path, before, format_, {}).read_bytes() == before

    @pytest.mark.parametrize("format_", list(Format))
    @pytest.mark.parametrize("length", range(1, 6))
    def test_texts_of_every_length_fit(self, tmp_path: Path, format_: Format, length: int) -> None:
        fields = {
            "creator": ["x" * length],
            "credit_line": "y" * length,
            "copyright_notice": {"x-default": "z" * length},
        }
        file = write(tmp_path, encoded(format_), format_, fields)
        read = read_metadata(file, FORMATS[format_].media_type)
        assert {name: field.value for name, field in read.fields.items()} == fields
        assert read.warnings == ()

    @pytest.mark.parametrize("format_", list(Format))
    def test_what_is_of_another_format_is_refused_and_left_as_it_was(self, tmp_path: Path, format_: Format) -> None:
        file = tmp_path / "picture"
        for data in (
            b"",
            b"no picture",
            b"RIFF    WEBP",
            encoded(Format.PNG if format_ is Format.JPEG else Format.JPEG),
        ):
            file.write_bytes(data)
            with pytest.raises(Malformed):
                inscribe(file, format_, Inscription(fields=FIELDS_WRITTEN))
            assert file.read_bytes() == data

    @pytest.mark.parametrize("format_", list(Format))
    def test_a_source_of_generative_ai_is_never_lost_however_much_else_is_said(
        self, tmp_path: Path, format_: Format
    ) -> None:
        fields = FIELDS_WRITTEN | {
            "alt_text": {f"de-{number:02}": "ü" * 8_000 for number in range(12)},
            "extended_description": {"x-default": "日" * 8_000},
            "creator": ["&" * 8_000 for _ in range(8)],
            "licensor": [{"LicensorName": "<" * 8_000, "LicensorURL": "https://" + "a" * 8_000} for _ in range(4)],
        }
        read = read_metadata(write(tmp_path, encoded(format_), format_, fields), FORMATS[format_].media_type)
        assert read.fields["digital_source_type"].value == SOURCE_TYPE
        assert read.fields["web_statement_of_rights"].value == FIELDS_WRITTEN["web_statement_of_rights"]


class TestPacket:
    @given(
        st.dictionaries(st.sampled_from(INSCRIBED), st.text(max_size=40), max_size=5),
        st.sampled_from(["de", "x-default", "en-GB", 'a"b<c']),
    )
    def test_whatever_is_said_it_is_well_formed_and_says_it(self, texts: dict[str, str], tag: str) -> None:
        fields = {name: SHAPES.get(FIELDS[name].type, str)(text) for name, text in texts.items()}
        if "alt_text" in texts:
            fields["alt_text"][tag] = texts["alt_text"]
        root = ET.fromstring(packet(fields))  # noqa: S314  it is our own
        assert len(list(root.iter())) >= 3 + len(fields)

    @settings(max_examples=25, deadline=None)
    @given(st.dictionaries(st.sampled_from(INSCRIBED), st.integers(1, 60_000), min_size=1))
    def test_it_never_outgrows_a_jpegs_segment(self, lengths: dict[str, int]) -> None:
        fields = {name: SHAPES.get(FIELDS[name].type, str)("<ü" * length) for name, length in lengths.items()}
        written = packet(fields)
        assert len(written) <= LONGEST
        assert parse_xmp(written).warnings == () or max(lengths.values()) > 4_000

    def test_of_several_languages_that_of_any_goes_last(self) -> None:
        fields = {"alt_text": {f"de-{number:02}": "ü" * 8_000 for number in range(26)} | {"x-default": "ä" * 7_000}}
        read = parse_xmp(packet(fields)).fields["alt_text"]
        assert read["x-default"] == "ä" * 7_000
        assert 1 < len(read) < 27

    def test_an_address_is_written_whole_or_not_at_all(self) -> None:
        fields = {"web_statement_of_rights": "https://a.example/" + "&" * 20_000, "credit_line": "Nord"}
        assert parse_xmp(packet(fields)).fields == {"credit_line": "Nord"}


class TestDatasets:
    @given(st.text(min_size=1, max_size=200), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
    def test_texts_are_cut_between_characters_at_the_standards_lengths(self, credit: str, creators: list[str]) -> None:
        stream = datasets({"credit_line": credit, "creator": creators})
        found = list(read_datasets(stream))
        assert found[:2] == [((1, 90), b"\x1b%G"), ((2, 0), b"\0\4")]
        for number, name, texts in (((2, 80), "creator", creators), ((2, 110), "credit_line", [credit])):
            contents = [content.decode() for place, content in found if place == number]
            assert len(contents) == len(texts)
            for content, text in zip(contents, texts, strict=True):
                assert text.encode("utf-8", "ignore").decode().startswith(content)
                assert len(content.encode()) <= LONGEST_DATASETS[name]
                assert content == text or len(content.encode()) > LONGEST_DATASETS[name] - 4

    def test_fields_without_a_dataset_give_no_stream(self) -> None:
        assert datasets({"alt_text": {"x-default": "a"}}) == b""


class TestTags:
    def test_of_several_languages_exif_says_that_of_any_else_english_else_the_first(self) -> None:
        assert tags({"alt_text": {"de": "D", "en-GB": "E", "x-default": "X"}})[0x010E] == b"X\0"
        assert tags({"alt_text": {"de": "D", "en-GB": "E"}})[0x010E] == b"E\0"
        assert tags({"alt_text": {"fr": "F", "de": "D"}})[0x010E] == b"F\0"

    def test_a_structure_of_nothing_is_valid(self) -> None:
        assert structure({}) == b"II*\0\x08\0\0\0\0\0\0\0\0\0"
