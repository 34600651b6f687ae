"""What renditions carry, read by exiftool: every field in every format, nothing that belongs to the master alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetwire.domain.inscription import INSCRIBED, Inscription
from assetwire.domain.metadata import FIELDS, Type
from assetwire.domain.plan import Subject, plan
from assetwire.domain.spec import FORMATS, ColourSpace, Encoding, Format, Frame, Output
from assetwire.media.inscribe import inscribe
from assetwire.media.render import render
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
    return read_all(file)[file.name]


def read_all(*files: Path) -> dict[str, dict[str, Any]]:
    """Return what exiftool finds in files, but what it says of itself, of the file system and of mere sums."""
    own = {"ExifTool", "System", "File", "Composite", "SourceFile"}
    found = json.loads(exiftool("-j", "-struct", "-G1", "-n", "-a", "-u", *map(str, files)))
    return {
        Path(each["SourceFile"]).name: {tag: said for tag, said in each.items() if tag.split(":")[0] not in own}
        for each in found
    }


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


SECRETS: dict[str, Any] = {
    "IFD0:Make": "SECRET Camera",
    "IFD0:Model": "SECRET Model",
    "IFD0:HostComputer": "SECRET Host",
    "ExifIFD:SerialNumber": "SECRET-0042",
    "ExifIFD:LensSerialNumber": "SECRET-0043",
    "ExifIFD:OwnerName": "SECRET Owner",
    "ExifIFD:ImageUniqueID": "SECRET0123456789",
    "ExifIFD:UserComment": "SECRET comment",
    "GPS:GPSLatitude": 48.2082,
    "GPS:GPSLatitudeRef": "N",
    "GPS:GPSLongitude": 16.3738,
    "GPS:GPSLongitudeRef": "E",
    "XMP-exif:GPSLatitude": 48.2082,
    "XMP-exif:GPSLongitude": 16.3738,
    "XMP-aux:SerialNumber": "SECRET-0044",
    "XMP-iptcExt:PersonInImage": ["SECRET Person"],
    "XMP-iptcExt:LocationCreated": [{"City": "SECRET City"}],
    "XMP-photoshop:Instructions": "SECRET instructions",
    "XMP-xmpMM:History": [{"Action": "saved", "SoftwareAgent": "SECRET tool"}],
    "XMP-xmp:CreatorTool": "SECRET tool",
}
ONLY_IN = {"jpg": {"Photoshop:CaptionDigest": "0" * 32, "IPTC:City": "SECRET City", "File:Comment": "SECRET remark"}}
MASTERS = {"jpg": "image/jpeg", "tif": "image/tiff", "webp": "image/webp"}
OUTPUTS = [
    Encoding(format=format_, quality=None if not facts.lossy else 80, profile=profile)
    for format_, facts in FORMATS.items()
    for profile in (False, True)
]
OUTPUTS.append(Encoding(format=Format.TIFF, colours=ColourSpace.CMYK, profile=True))
OUTPUTS.append(Encoding(format=Format.JPEG, quality=80, colours=ColourSpace.CMYK, profile=True))
STRUCTURE = {"PNG", "PNG-pHYs", "RIFF", "GIF", "QuickTime", "Meta", "JFIF", "Adobe"}
"""Groups of what describes the pixels of a file and how they lie in it."""
DESCRIBES_PIXELS = re.compile(
    r"ICC_Profile.*:|ICC-|IFD0:(Image(Width|Height)|BitsPerSample|Compression|PhotometricInterpretation|FillOrder"
    r"|Strip(Offsets|ByteCounts)|RowsPerStrip|SamplesPerPixel|(X|Y|)Resolution(Unit)?|PlanarConfiguration|Predictor"
    r"|SampleFormat|Orientation|InkSet|ExtraSamples)$"
)


class TestSilence:
    """Of what a master says, nothing is in what is derived from it but what is inscribed."""

    @pytest.mark.parametrize("kind", MASTERS)
    def test_no_place_no_number_no_person_and_no_program_is_found_in_any_output(
        self, tmp_path: Path, kind: str
    ) -> None:
        master, out = tmp_path / f"master.{kind}", tmp_path / "out"
        self.write(master, SECRETS | ONLY_IN.get(kind, {}))
        assert len([tag for tag in read(master) if "GPS" in tag or "Serial" in tag]) >= 5
        assert master.read_bytes().count(b"SECRET") > 10
        out.mkdir()
        outputs = [
            Output(name=f"{number}.{FORMATS[encoding.format].extension}", frame=Frame(width=40), encoding=encoding)
            for number, encoding in enumerate(OUTPUTS)
        ]
        inside = Inscription(fields=WRITTEN)
        planned = plan(outputs, Subject(48, 32))
        made = list(render(master, planned, media_type=MASTERS[kind], inscription=inside, out=out))
        found = read_all(*(file.path for file in made))
        allowed = set(expected()) | {"IPTC:CodedCharacterSet", "IPTC:ApplicationRecordVersion", "Photoshop:IPTCDigest"}
        allowed |= {"IPTC:By-line", "IPTC:Credit", "IPTC:CopyrightNotice"}
        allowed |= {"IFD0:ImageDescription", "IFD0:Artist", "IFD0:Copyright", "XMP-x:XMPToolkit"}
        for file in made:
            others = {tag for tag in found[file.path.name] if tag.split(":")[0] not in STRUCTURE} - allowed
            assert {tag for tag in others if not DESCRIBES_PIXELS.match(tag)} == set(), file.path.name
            assert b"SECRET" not in file.path.read_bytes()
            inscribed = {tag: said for tag, said in found[file.path.name].items() if tag.startswith("XMP-")}
            assert inscribed == expected(), file.path.name

    def write(self, master: Path, tags: dict[str, Any]) -> None:
        """Make a master with a thumbnail that says all this."""
        Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(master)
        said = master.with_name("tags.json")
        said.write_text(json.dumps([{"SourceFile": "*"} | tags]), encoding="utf-8")
        thumbnail = master.with_name("thumbnail")
        Image.new("RGB", (16, 12)).save(thumbnail, "JPEG", comment=b"SECRET thumbnail")
        own = [f"-ThumbnailImage<={thumbnail}"] if master.suffix in {".jpg", ".tif"} else []
        exiftool("-n", "-m", "-overwrite_original", f"-json={said}", *own, str(master))
