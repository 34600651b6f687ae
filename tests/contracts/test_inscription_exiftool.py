"""What renditions carry, read by exiftool: every field in every format, nothing that belongs to the master alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetwire.domain.inscription import INSCRIBED, Inscription
from assetwire.domain.metadata import FIELDS, Type
from assetwire.domain.spec import FORMATS, Format
from assetwire.media.inscribe import inscribe
from fakes.exiftool import exiftool, tag_of

TOLERATED = re.compile(r"^OK$|^\d Warnings?$|^Missing required (JPEG|TIFF)|\(undef\) for IFD0 0x83bb IPTC-NAA$")
"""What exiftool says of valid files: tags that encoders leave out, and IIM as bytes, which Pillow reads, in a TIFF."""
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
WRITTEN: dict[str, Any] = {
    "copyright_notice": {"x-default": "© Änn & <Co>", "de": "© Änn & „Co“"},
    "creator": ["Ann Müller", "Bo Å"],
    "credit_line": "Studio Nörd",
    "rights_usage_terms": {"x-default": "no use at all", "fr-CA": "aucune « utilisation »"},
    "web_statement_of_rights": "https://rights.example/ü?a=1&b=%20",
    "licensor": [{"LicensorID": "P-1", "LicensorName": "Agentur Ü", "LicensorURL": "https://l.example/?a=1&b=2"}],
    "copyright_owner": [{"CopyrightOwnerID": "P-2", "CopyrightOwnerName": "Owner <&>"}],
    "license_id": "L-1",
    "alt_text": {"x-default": "A shoe 👟", "de": "Ein Schuh"},
    "extended_description": {"x-default": "first line\nsecond line"},
    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "data_mining": f"{VOCABULARY}DMI-PROHIBITED",
    "image_alteration_constraints": [f"{VOCABULARY}AL-CRP", f"{VOCABULARY}AL-FLP"],
    "license_end_date": "2027-12-31T23:59:59Z",
}


def expected() -> dict[str, Any]:
    """Return the fields as exiftool names and shows them."""
    found: dict[str, Any] = {}
    for name, value in WRITTEN.items():
        tag = tag_of(name)
        if FIELDS[name].type is Type.LANG_ALT:
            found |= {tag + ("" if key == "x-default" else f"-{key}"): text for key, text in value.items()}
        else:
            found[tag] = value
    return found | {
        "XMP-plus:LicenseEndDate": "2027:12:31 23:59:59Z",
        "XMP-plus:DataMining": "DMI-PROHIBITED",
        "XMP-plus:ImageAlterationConstraints": ["AL-CRP", "AL-FLP"],
    }


def read(file: Path) -> dict[str, Any]:
    said = json.loads(exiftool("-j", "-struct", "-G1", "-n", "-a", str(file)))[0]
    own = ("ExifTool", "System", "File", "Composite", "PNG", "RIFF", "GIF", "QuickTime", "Meta", "JFIF", "SourceFile")
    return {tag: value for tag, value in said.items() if tag.split(":")[0] not in own}


@pytest.fixture(params=list(Format))
def inscribed(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Format, dict[str, Any], str]:
    """Return a format, what exiftool reads of an inscribed file of it, and what it finds wrong with that file."""
    format_: Format = request.param
    file = tmp_path / f"picture.{FORMATS[format_].extension}"
    Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(file, format_.value.upper())
    inscribe(file, format_, Inscription(fields=WRITTEN))
    return format_, read(file), exiftool("-validate", "-warning", "-error", "-a", "-s3", str(file))


def test_the_sample_says_every_field_that_is_inscribed() -> None:
    assert set(WRITTEN) == set(INSCRIBED)


def test_every_field_is_read_from_every_format(inscribed: tuple[Format, dict[str, Any], str]) -> None:
    format_, found, wrong = inscribed
    assert {tag: value for tag, value in found.items() if tag.startswith("XMP-")} == expected()
    if format_ is not Format.GIF:
        exif = {"ImageDescription": "A shoe 👟", "Artist": "Ann Müller; Bo Å", "Copyright": "© Änn & <Co>"}
        assert {tag: found.get(f"IFD0:{tag}") for tag in exif} == exif
    if format_ in {Format.JPEG, Format.TIFF}:
        iim = {"By-line": ["Ann Müller", "Bo Å"], "Credit": "Studio Nörd", "CopyrightNotice": "© Änn & <Co>"}
        assert {tag: found.get(f"IPTC:{tag}") for tag in iim} == iim
        assert found["IPTC:CodedCharacterSet"] == "\x1b%G"
    assert [line for line in wrong.splitlines() if not TOLERATED.search(line)] == []
