"""EXIF, IIM, XMP and profiles are read as their standards say, and as tools write them in spite of these."""

import struct
from typing import Any, ClassVar

import pytest
from metadata_files import PREFIXES, dataset, packet, profile, text, tiff

from assetwire.media.metadata import Packet, parse_xmp
from assetwire.media.metadata.exif import Exif, creators, read_exif
from assetwire.media.metadata.icc import profile_name
from assetwire.media.metadata.iptc import read_iptc
from assetwire.media.metadata.values import language

DESCRIPTION = 0x010E


def codes(read: Packet | Exif) -> list[tuple[str, str]]:
    return [(warning.code, warning.field) for warning in read.warnings]


class TestRdf:
    """One structure and one text in every spelling."""

    PRODUCT: ClassVar = {"product_in_image": [{"ProductGTIN": "1", "ProductName": {"x-default": "Shoe"}}]}

    @pytest.mark.parametrize(
        "body",
        [
            "<rdf:Bag><rdf:li rdf:parseType='Resource'>MEMBERS</rdf:li></rdf:Bag>",
            "<rdf:Bag><rdf:li><rdf:Description>MEMBERS</rdf:Description></rdf:li></rdf:Bag>",
            "<rdf:Bag><rdf:li><rdf:Description Iptc4xmpExt:ProductGTIN='1'>NAME</rdf:Description></rdf:li></rdf:Bag>",
            "<rdf:Bag><rdf:li Iptc4xmpExt:ProductGTIN='1' Iptc4xmpExt:ProductName='Shoe'/></rdf:Bag>",
            "<rdf:Seq><rdf:li rdf:parseType='Resource'>MEMBERS</rdf:li></rdf:Seq>",
            "<rdf:Bag><rdf:li><plus:Product><Iptc4xmpExt:ProductGTIN>1</Iptc4xmpExt:ProductGTIN>ALT</plus:Product>\
</rdf:li></rdf:Bag>",
            "<rdf:Description>MEMBERS</rdf:Description>",
            "MEMBERS",
        ],
    )
    def test_a_structure_is_the_same_in_every_spelling(self, body: str) -> None:
        name = "<Iptc4xmpExt:ProductName>Shoe</Iptc4xmpExt:ProductName>"
        alt = (
            "<Iptc4xmpExt:ProductName><rdf:Alt><rdf:li xml:lang='x-default'>Shoe</rdf:li></rdf:Alt>"
            "</Iptc4xmpExt:ProductName>"
        )
        body = body.replace("MEMBERS", f"<Iptc4xmpExt:ProductGTIN>1</Iptc4xmpExt:ProductGTIN>{name}")
        body = body.replace("NAME", name).replace("ALT", alt)
        read = parse_xmp(packet(f"<Iptc4xmpExt:ProductInImage>{body}</Iptc4xmpExt:ProductInImage>"))
        assert (read.fields, read.warnings) == (self.PRODUCT, ())

    @pytest.mark.parametrize(
        ("body", "value"),
        [
            ("<dc:title>a</dc:title>", {"x-default": "a"}),
            ("<dc:title xml:lang='de-at'>a</dc:title>", {"de-AT": "a"}),
            ("<dc:title><rdf:Alt><rdf:li>a</rdf:li></rdf:Alt></dc:title>", {"x-default": "a"}),
            ("<dc:title><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:title>", {"x-default": "a"}),
            ("<dc:title rdf:parseType='Literal'>a</dc:title>", {"x-default": "a"}),
            (
                "<dc:title rdf:parseType='Resource'><rdf:value>a</rdf:value><xmp:Label>q</xmp:Label></dc:title>",
                {"x-default": "a"},
            ),
            ("<dc:title rdf:value='a' xmp:Label='q'/>", {"x-default": "a"}),
            ("<dc:title> \n a\u0301\u0007 </dc:title>", {"x-default": "á"}),
        ],
    )
    def test_a_text_is_the_same_in_every_spelling(self, body: str, value: dict[str, str]) -> None:
        assert parse_xmp(packet(body)).fields == {"title": value}

    def test_several_descriptions_and_typed_nodes_add_up_and_the_first_of_a_name_counts(self) -> None:
        data = packet("<dc:title>a</dc:title>").replace(
            b"</rdf:RDF>",
            b"<rdf:Description photoshop:City='Bern' dc:title='b'/><cc:Work xmlns:cc='urn:cc'><dc:source>x</dc:source>"
            b"<photoshop:Country>CH</photoshop:Country></cc:Work></rdf:RDF>",
        )
        assert parse_xmp(data).fields == {"title": {"x-default": "a"}, "city": "Bern", "country": "CH"}

    def test_a_resource_is_its_uri(self) -> None:
        read = parse_xmp(packet("<plus:DataMining rdf:resource='https://x.example/a?b=1&amp;c=2'/>"))
        assert read.fields == {"data_mining": "https://x.example/a?b=1&c=2"}

    @pytest.mark.parametrize(
        ("uri", "local", "field"),
        [
            ("http://iptc.org/std/Iptc4xmpExt/2008-02-19/", "DigImageGUID", "digital_image_guid"),
            ("https://iptc.org/std/Iptc4xmpExt/2008-02-29", "DigImageGUID", "digital_image_guid"),
            ("http://iptc.org/std/Iptc4xmpExt/1.0/xmlns/", "DigImageGUID", "digital_image_guid"),
            ("http://purl.org/dc/elements/1.0/", "source", ""),
            ("http://purl.org/dc/1.1/", "rights", "copyright_notice"),
            ("http://ns.adobe.com/xmp/1.0/", "Label", "label"),
            ("http://prismstandard.org/namespaces/prismusagerights/3.0/", "expirationDate", "expiration_date"),
            ("http://prismstandard.org/namespaces/pur/2.1/", "expirationDate", "expiration_date"),
            ("http://prismstandard.org/namespaces/basic/3.0/", "expirationDate", "prism_expiration_date"),
            ("http://prismstandard.org/namespaces/1.2/basic/", "expirationDate", "prism_expiration_date"),
            ("http://ns.example/", "City", ""),
        ],
    )
    def test_a_property_is_known_by_its_namespace_not_by_its_prefix(self, uri: str, local: str, field: str) -> None:
        data = packet(f"<any:{local}>2026</any:{local}>", prefixes={"rdf": PREFIXES["rdf"], "any": uri})
        assert list(parse_xmp(data).fields) == ([field] if field else [])

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
    )
    def test_every_encoding_of_unicode_is_read(self, encoding: str) -> None:
        data = packet("<dc:title>Größe 图</dc:title>").decode().encode(encoding)
        read = parse_xmp(data + bytes(8))
        assert (read.fields, read.warnings) == ({"title": {"x-default": "Größe 图"}}, ())

    def test_a_declared_code_page_is_read(self) -> None:
        data = (
            '<?xml version="1.0" encoding="ISO-8859-1"?>' + packet("<dc:title>Größe</dc:title>").decode().split("?>")[1]
        )
        assert parse_xmp(data.encode("latin-1")).fields == {"title": {"x-default": "Größe"}}

    def test_bytes_that_are_no_text_cost_themselves(self) -> None:
        read = parse_xmp(packet("<dc:title>GrXe</dc:title>", "photoshop:City='Z'").replace(b"X", b"\xfc"))
        assert read.fields["city"] == "Z"
        assert codes(read) == [("malformed_xmp", "xmp")]

    def test_what_was_complete_before_the_damage_counts(self) -> None:
        data = packet("<dc:title>a</dc:title><photoshop:City>Zü</photoshop:Cit")
        read = parse_xmp(data)
        assert read.fields == {"title": {"x-default": "a"}}
        assert codes(read) == [("malformed_xmp", "xmp")]

    def test_no_rdf_at_all_is_malformed(self) -> None:
        assert codes(parse_xmp(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")) == [("malformed_xmp", "xmp")]
        assert codes(parse_xmp(b"")) == [("malformed_xmp", "xmp")]


class TestTypes:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("2026", "2026"),
            ("2026-11", "2026-11"),
            ("2026-11-23", "2026-11-23"),
            ("2026-11-23T10:20", "2026-11-23T10:20"),
            ("2026-11-23T10:20Z", "2026-11-23T10:20Z"),
            ("2026-11-23T10:20:30.125+05:30", "2026-11-23T10:20:30.125+05:30"),
            ("2026:11:23 10:20:30", "2026-11-23T10:20:30"),
            ("2026-02-29x", None),
            ("2026-13-01", None),
            ("0000-00-00", None),
            ("soon", None),
            ("٢٠٢٦", None),
        ],
    )
    def test_dates_keep_their_precision_and_what_is_none_costs_the_field(self, written: str, read: str | None) -> None:
        packet_ = parse_xmp(packet(attributes=f"plus:LicenseEndDate='{written}'"))
        assert packet_.fields == ({"license_end_date": read} if read else {})
        assert codes(packet_) == ([] if read else [("malformed_xmp", "license_end_date")])

    def test_of_several_ends_the_first_counts_and_of_several_embargoes_the_last(self) -> None:
        dates = "<rdf:Bag><rdf:li>2027-01-01</rdf:li><rdf:li>2026-01-01</rdf:li></rdf:Bag>"
        body = f"<pur:expirationDate>{dates}</pur:expirationDate><pur:embargoDate>{dates}</pur:embargoDate>"
        assert parse_xmp(packet(body)).fields == {"expiration_date": "2026-01-01", "embargo_date": "2027-01-01"}

    @pytest.mark.parametrize(
        ("attribute", "fields"),
        [
            ("xmp:Rating='5'", {"rating": 5}),
            ("xmp:Rating='-1.0'", {"rating": -1}),
            ("xmp:Rating='3.5'", {}),
            ("xmp:Rating='inf'", {}),
            ("xmp:Rating='1e99'", {}),
            ("xmpRights:Marked='True'", {"marked": True}),
            ("xmpRights:Marked='false'", {"marked": False}),
            ("xmpRights:Marked='perhaps'", {}),
        ],
    )
    def test_numbers_and_booleans_are_what_they_say_or_nothing(self, attribute: str, fields: dict[str, Any]) -> None:
        read = parse_xmp(packet(attributes=attribute))
        assert read.fields == fields
        assert len(read.warnings) == (0 if fields else 1)

    @pytest.mark.parametrize(
        ("tag", "kept"),
        [
            ("DE", "de"),
            ("en_us", "en-US"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("X-DEFAULT", "x-default"),
            ("en-x-us", "en-x-us"),
            ("", "x-default"),
            ("<b>", "x-default"),
        ],
    )
    def test_language_tags_have_the_case_of_the_standard(self, tag: str, kept: str) -> None:
        assert language(tag) == kept


class TestExif:
    @pytest.mark.parametrize("order", "<>")
    @pytest.mark.parametrize(("written", "read"), [("Größe".encode(), "Größe"), ("Größe".encode("cp1252"), "Größe")])
    def test_strings_are_utf_8_or_else_the_old_code_page(self, order: str, written: bytes, read: str) -> None:
        assert read_exif(tiff({DESCRIPTION: text(written)}, order=order)).fields == {"description": {"x-default": read}}

    @pytest.mark.parametrize(
        ("day", "fraction", "zone", "read"),
        [
            ("2026:11:23 10:20:30", "5", "+01:00", "2026-11-23T10:20:30.5+01:00"),
            ("2026:11:23 10:20:30", "   ", "   :  ", "2026-11-23T10:20:30"),
            ("2026:11:  :  :  ", "", "", "2026-11"),
            ("    :  :     :  :  ", "", "", None),
            ("0000:00:00 00:00:00", "", "", None),
            ("2026-11-23", "", "", "2026-11-23"),
        ],
    )
    def test_dates_have_fractions_and_offsets_where_they_are_known(
        self, day: str, fraction: str, zone: str, read: str | None
    ) -> None:
        exif = read_exif(tiff({0x9003: text(day), 0x9291: text(fraction), 0x9011: text(zone)}))
        assert exif.fields.get("date_created") == read
        assert exif.warnings == ()

    def test_photographer_and_editor_are_both_named(self) -> None:
        assert read_exif(tiff({0x8298: text(b"Ann\0Bo")})).fields == {"copyright_notice": {"x-default": "Ann\nBo"}}
        assert read_exif(tiff({0x8298: text(b" \0Bo")})).fields == {"copyright_notice": {"x-default": "Bo"}}

    @pytest.mark.parametrize(
        ("said", "names"),
        [("Ann", ["Ann"]), ("Ann; Bo", ["Ann", "Bo"]), ('"Ann; Co"; Bo', ["Ann; Co", "Bo"]), (";", []), ("", [])],
    )
    def test_creators_stand_between_semicolons(self, said: str, names: list[str]) -> None:
        assert creators(said) == names

    def test_windows_tags_and_the_users_comment_are_what_is_left(self) -> None:
        words = {0x9C9B: "Titel", 0x9C9D: "Ann;Bo", 0x9C9E: "a;b"}
        tags = {tag: (1, 2 * len(word) + 2, word.encode("utf-16-le") + b"\0\0") for tag, word in words.items()}
        comment = b"UNICODE\0" + "Größe".encode("utf-16-be")
        exif = read_exif(tiff(tags | {0x9286: (7, len(comment), comment)}))
        assert exif.fields == {}
        assert exif.fallbacks == {
            "title": {"x-default": "Titel"},
            "description": {"x-default": "Größe"},
            "creator": ["Ann", "Bo"],
            "keywords": ["a", "b"],
        }

    @pytest.mark.parametrize("value", [0, 9, 65535])
    def test_an_absurd_orientation_is_none(self, value: int) -> None:
        exif = read_exif(tiff({0x0112: (3, 1, struct.pack("<H", value))}))
        assert exif.technical == {}
        assert codes(exif) == [("malformed_exif", "orientation")]


class TestIim:
    def test_the_character_set_is_the_declared_one_or_else_what_fits(self) -> None:
        said = [
            (dataset(90, b"\x1b%G", record=1) + dataset(90, "Zürich".encode()), "Zürich"),
            (dataset(90, "Zürich".encode()), "Zürich"),
            (dataset(90, "Zürich".encode("latin-1")), "Zürich"),
            (dataset(90, b"\x1b%G", record=1) + dataset(90, b"Z\xfcrich"), "Z\ufffdrich"),
        ]
        for data, city in said:
            assert read_iptc(data)[0].fields == {"city": city}

    def test_a_dataset_may_be_extended_and_repeated(self) -> None:
        long = b"\x1c\x02\x19\x80\x04" + struct.pack(">I", 5) + b"first"
        assert read_iptc(long + dataset(25, b"second"))[0].fields == {"keywords": ["first", "second"]}

    @pytest.mark.parametrize(
        ("day", "time", "read"),
        [
            (b"20261123", b"102030+0100", "2026-11-23T10:20:30+01:00"),
            (b"20261123", b"102030", "2026-11-23T10:20:30"),
            (b"20261123", b"", "2026-11-23"),
            (b"20261100", b"000000", "2026-11"),
            (b"20260000", b"", "2026"),
        ],
    )
    def test_a_date_and_its_time_are_one(self, day: bytes, time: bytes, read: str) -> None:
        assert read_iptc(dataset(55, day) + dataset(60, time))[0].fields == {"date_created": read}

    @pytest.mark.parametrize(
        "damage", [b"\x1c\x02\x50\x7f\xff", b"no dataset", b"\x1c\x02\x50\x80\xff" + bytes(300), dataset(55, b"soon")]
    )
    def test_what_stands_before_damage_counts(self, damage: bytes) -> None:
        shaped, wrong = read_iptc(dataset(90, b"Bern") + damage)
        assert shaped.fields == {"city": "Bern"}
        assert wrong

    def test_padding_is_no_damage(self) -> None:
        assert read_iptc(dataset(90, b"Bern") + bytes(3))[1] is None


class TestProfiles:
    def test_both_types_of_description_are_read(self) -> None:
        old = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"sRGB\0"
        table = struct.pack(">I4sII", 1, b"desc", 144, len(old))
        assert profile_name(bytes(36) + b"acsp" + bytes(88) + table + old) == "sRGB"
        assert profile_name(profile("Größe P3")) == "Größe P3"
