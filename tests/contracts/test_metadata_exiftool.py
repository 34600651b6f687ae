"""Metadata that another tool wrote, read by us: every field of `FIELDS`, in every container that exiftool writes."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.metadata import FIELDS, Origin, Type
from assetwire.media.metadata import parse_xmp, read_metadata
from fakes.exiftool import exiftool, tag_of
from fakes.written_by_exiftool import CONTAINERS, VOCABULARY, values, write

ROOT = Path(__file__).parents[2]

IIM_TAGS = {
    "title": "ObjectName",
    "headline": "Headline",
    "description": "Caption-Abstract",
    "description_writer": "Writer-Editor",
    "keywords": "Keywords",
    "creator": "By-line",
    "creators_job_title": "By-lineTitle",
    "credit_line": "Credit",
    "source": "Source",
    "copyright_notice": "CopyrightNotice",
    "instructions": "SpecialInstructions",
    "job_id": "OriginalTransmissionReference",
    "sublocation": "Sub-location",
    "city": "City",
    "province_or_state": "Province-State",
    "country": "Country-PrimaryLocationName",
    "country_code": "Country-PrimaryLocationCode",
    "intellectual_genre": "ObjectAttributeReference",
    "subject_code": "SubjectReference",
    "category": "Category",
    "supplemental_categories": "SupplementalCategories",
    "urgency": "Urgency",
    "creator_tool": "OriginatingProgram",
}

ENTITY = [{"Name": {"x-default": "shoe", "de": "Schuh"}, "Identifier": ["https://cv.example/shoe", "shoe"]}]
TERM = [{"CvId": "https://cv.example/", "CvTermId": "https://cv.example/7", "CvTermName": {"x-default": "seven"}}]
PARTY = {"de": "Straße", "x-default": "street", "fr-CA": "rue « d’Été »"}
PLACE = [
    {
        "LocationId": ["https://places.example/1", "https://places.example/2"],
        "LocationName": PARTY,
        "City": "Zürich",
        "CountryCode": "CH",
        "CountryName": "Schweiz",
        "ProvinceState": "ZH",
        "Sublocation": "Bahnhofstrasse 1",
        "WorldRegion": "Europe",
    }
]
STRUCTURES: dict[str, list[dict[str, Any]]] = {
    "creators_contact_info": [
        {
            "CiAdrCity": "Köln",
            "CiAdrCtry": "Deutschland",
            "CiAdrExtadr": "Domplatte 1\nHinterhaus",
            "CiAdrPcode": "50667",
            "CiAdrRegion": "NRW",
            "CiEmailWork": "studio@example.org",
            "CiTelWork": "+49 221 0",
            "CiUrlWork": "https://studio.example/?a=1&b=2",
        }
    ],
    "product_in_image": [
        {
            "ProductName": {"x-default": "Shoe", "de-DE": "Schuh", "ja": "靴"},
            "ProductGTIN": "04012345123456",
            "ProductDescription": {"x-default": "A <shoe> & its “lace”"},
            "ProductId": "SKU-1",
        },
        {"ProductName": {"x-default": "Lace"}, "ProductGTIN": "4012345123456"},
    ],
    "person_in_image_with_details": [
        {
            "PersonId": ["https://people.example/1"],
            "PersonName": {"x-default": "Anna Ä."},
            "PersonCharacteristic": TERM,
            "PersonDescription": {"x-default": "with a hat"},
        }
    ],
    "image_region": [
        {
            "RegionBoundary": {
                "rbShape": "rectangle",
                "rbUnit": "relative",
                "rbX": "0.25",
                "rbY": "0.5",
                "rbW": "0.1",
                "rbH": "0.2",
            },
            "rId": "crop-1",
            "Name": {"x-default": "crop", "de": "Ausschnitt"},
            "rCtype": ENTITY,
            "rRole": ENTITY,
        },
        {
            "RegionBoundary": {
                "rbShape": "polygon",
                "rbUnit": "pixel",
                "rbVertices": [{"rbX": "1", "rbY": "2"}, {"rbX": "3", "rbY": "4"}, {"rbX": "5", "rbY": "6"}],
            },
            "rId": "polygon",
        },
        {"RegionBoundary": {"rbShape": "circle", "rbUnit": "pixel", "rbX": "5", "rbY": "6", "rbRx": "3"}},
    ],
    "location_created": PLACE,
    "location_shown": [*PLACE, {"City": "Basel"}],
    "registry_entry": [{"RegItemId": "item-1", "RegOrgId": "org-1", "RegEntryRole": "https://roles.example/1"}],
    "artwork_or_object": [
        {
            "AOCopyrightNotice": "© Erben",
            "AOCreator": ["Maler", "Gehilfe"],
            "AOCreatorId": ["1", "2"],
            "AODateCreated": "1907",
            "AOSource": "Museum",
            "AOSourceInvNo": "7/3",
            "AOSourceInvURL": "https://museum.example/7/3",
            "AOTitle": {"x-default": "Still life", "de": "Stillleben"},
            "AOCurrentCopyrightOwnerName": "Erben",
            "AOCurrentLicensorName": "Agentur",
            "AOStylePeriod": ["Modern", "Late"],
            "AOContentDescription": {"x-default": "apples"},
            "AOContributionDescription": {"x-default": "frame"},
            "AOPhysicalDescription": {"x-default": "oil"},
        }
    ],
    "embedded_encoded_rights_expression": [
        {"EncRightsExpr": "<odrl/>", "RightsExprEncType": "text/xml", "RightsExprLangId": "https://odrl.example"}
    ],
    "linked_encoded_rights_expression": [
        {"LinkedRightsExpr": "https://rights.example/1", "RightsExprEncType": "text/xml"}
    ],
    "about_cv_term": [*TERM, {"CvTermId": "https://cv.example/8", "CvTermRefinedAbout": "https://cv.example/about"}],
    "genre": TERM,
    "contributor": [{"Name": {"x-default": "Stylist"}, "Identifier": ["1"], "Role": ["hair", "make-up"]}],
    "licensor": [
        {
            "LicensorID": "PLUS-1",
            "LicensorName": "Agentur Ü",
            "LicensorCity": "Wien",
            "LicensorCountry": "Österreich",
            "LicensorEmail": "licence@example.org",
            "LicensorURL": "https://licence.example/?id=1",
            "LicensorStreetAddress": "Ring 1",
            "LicensorPostalCode": "1010",
            "LicensorTelephone1": "+43 1 0",
        },
        {"LicensorName": "Second"},
    ],
    "copyright_owner": [{"CopyrightOwnerID": "PLUS-2", "CopyrightOwnerName": "Owner"}],
    "image_creator": [{"ImageCreatorID": "PLUS-3", "ImageCreatorName": "Creator"}, {"ImageCreatorName": "Another"}],
    "image_supplier": [{"ImageSupplierID": "PLUS-4", "ImageSupplierName": "Supplier"}],
}
OTHERS: dict[str, Any] = {
    "image_alteration_constraints": [VOCABULARY + "AL-CRP", VOCABULARY + "AL-FLP"],
    "credit_line_required": VOCABULARY + "CR-CAI",
    "model_release_status": VOCABULARY + "MR-UMR",
    "property_release_status": VOCABULARY + "PR-NON",
    "minor_model_age_disclosure": VOCABULARY + "AG-A25",
    "data_mining": VOCABULARY + "DMI-PROHIBITED",
    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "web_statement_of_rights": "https://rights.example/ü?a=1&b=%20",
    "model_age": ["25", "31"],
    "country_code": "CHE",
    "scene_code": ["010100", "011900"],
    "subject_code": ["15000000", "04000000"],
    "category": "SPO",
    "urgency": 5,
    "rating": 4,
    "date_created": "2026-11-23T10:20:30.25+01:00",
    "license_start_date": "2026-01-01T00:00:00Z",
    "license_end_date": "2027-12-31T23:59:59Z",
    "expiration_date": "2027-12-31T00:00:00Z",
    "embargo_date": "2026-06-01T08:00:00+02:00",
    "prism_expiration_date": "2028-02",
}


def sample(name: str) -> Any:
    """Return a value of the field's type that is like no other field's."""
    if name in OTHERS or name in STRUCTURES:
        return OTHERS.get(name) or STRUCTURES[name]
    match FIELDS[name].type:
        case Type.LANG_ALT:
            return {"x-default": f"{name} & <co>", "de-AT": f"{name} für Österreich", "zh-Hans": f"{name} 图片"}
        case Type.LIST:
            return [f"{name} ä", f"{name}, second", "三"]
        case Type.INTEGER:
            return 1 + list(FIELDS).index(name)
        case Type.BOOLEAN:
            return True
        case _:
            return f"{name}: “Größe” 1 < 2 & 'x'\nnext line"


EXPECTED = {name: sample(name) for name, facts in FIELDS.items() if facts.xmp}


def arguments_of_xmp(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as exiftool's import wants them."""
    written: dict[str, Any] = {}
    for name, value in fields.items():
        tag = tag_of(name)
        match FIELDS[name].type:
            case Type.LANG_ALT:
                written |= {tag + ("" if key == "x-default" else f"-{key}"): text for key, text in value.items()}
            case Type.STRUCTURES:
                written[tag] = [with_languages(each) for each in value]
            case _:
                written[tag] = value
    return written


def with_languages(value: Any) -> Any:
    """Return a structure as exiftool has it: a member in a language is a member with a suffix."""
    if isinstance(value, list):
        return [with_languages(each) for each in value]
    if not isinstance(value, dict):
        return value
    members: dict[str, Any] = {}
    for name, member in value.items():
        if isinstance(member, dict) and "x-default" in member:
            members |= {name + ("" if key == "x-default" else f"-{key}"): text for key, text in member.items()}
        else:
            members[name] = with_languages(member)
    return members


@pytest.fixture
def container(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """Return a file of this kind without metadata, and its media type."""
    media_type, make = CONTAINERS[request.param]
    file = tmp_path / f"master.{request.param}"
    make(file)
    return file, media_type


class TestFields:
    """What exiftool wrote is what we read."""

    @pytest.mark.parametrize("container", CONTAINERS, indirect=True)
    def test_every_xmp_field_is_read_as_it_was_written(self, container: tuple[Path, str]) -> None:
        file, media_type = container
        write(file, arguments_of_xmp(EXPECTED))
        extracted = read_metadata(file, media_type)
        assert values(extracted) == EXPECTED
        assert {field.source for field in extracted.fields.values()} == {Origin.XMP}
        assert extracted.conflicts == ()
        assert extracted.warnings == ()

    def test_a_sidecar_says_the_same(self, tmp_path: Path) -> None:
        file = tmp_path / "master.xmp"
        write(file, arguments_of_xmp(EXPECTED))
        packet = parse_xmp(file.read_bytes())
        assert packet.fields == EXPECTED
        assert packet.warnings == ()

    @pytest.mark.parametrize("options", [("-api", "Compact=Shorthand,OneDesc"), ("-api", "Compact=NoPadding,NoIndent")])
    @pytest.mark.parametrize("container", ["jpg"], indirect=True)
    def test_every_spelling_of_rdf_says_the_same(self, container: tuple[Path, str], options: tuple[str, str]) -> None:
        file, media_type = container
        expected = json.loads(json.dumps(EXPECTED).replace("\\n", " "))  # an attribute has no lines
        write(file, arguments_of_xmp(expected), *options)
        assert values(read_metadata(file, media_type)) == expected

    @pytest.mark.parametrize("container", ["jpg"], indirect=True)
    def test_a_packet_too_long_for_one_segment_is_read_from_all(self, container: tuple[Path, str]) -> None:
        file, media_type = container
        write(file, arguments_of_xmp(EXPECTED) | {"XMP-photoshop:History": "long " * 40_000})
        assert b"http://ns.adobe.com/xmp/extension/" in file.read_bytes()
        extracted = read_metadata(file, media_type)
        assert values(extracted) == EXPECTED
        assert extracted.warnings == ()

    @pytest.mark.parametrize("charset", ["UTF8", "Latin"])
    @pytest.mark.parametrize("container", ["jpg", "tif", "psd", "png", "jp2"], indirect=True)
    def test_every_iim_field_is_read_as_it_was_written(self, container: tuple[Path, str], charset: str) -> None:
        file, media_type = container
        iim = {
            name: [f"{index} ä", "zwei"] if FIELDS[name].type is Type.LIST else f"{index} é"
            for index, name in enumerate(IIM_TAGS)
        }
        iim |= {"urgency": 3, "country_code": "CHE", "category": "SPO", "description": "lang ß " * 200 + "."}
        iim |= {"subject_code": ["15000000"]}
        tags = {f"IPTC:{IIM_TAGS[name]}": value for name, value in iim.items()}
        tags |= {"IPTC:SubjectReference": ["IPTC:15000000:SPO:Sport:"]}
        tags |= {"IPTC:DateCreated": "2026:11:23", "IPTC:TimeCreated": "10:20:30+01:00"}
        coded = ("-IPTC:CodedCharacterSet=UTF8",) if charset == "UTF8" else ()
        write(file, {}, *coded, f"-charset=iptc={charset}") if coded else None
        listed = file.with_name("iim.json")
        listed.write_text(json.dumps([{"SourceFile": "*"} | tags]), encoding="utf-8")
        exiftool("-m", "-overwrite_original", "-n", f"-json={listed}", str(file))
        extracted = read_metadata(file, media_type)
        expected = {
            name: {"x-default": value} if FIELDS[name].type is Type.LANG_ALT else value for name, value in iim.items()
        }
        assert values(extracted) == expected | {"date_created": "2026-11-23T10:20:30+01:00"}
        assert {field.source for field in extracted.fields.values()} == {Origin.IPTC}
        assert extracted.warnings == ()

    def test_every_iim_field_has_a_name_that_exiftool_knows(self) -> None:
        assert {name for name, facts in FIELDS.items() if facts.iim} == {*IIM_TAGS, "date_created"}


def test_exiftool_is_of_the_version_that_its_lock_names() -> None:
    assert io.StringIO(exiftool("-ver")).readline().strip() == "13.59"
