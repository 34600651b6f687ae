"""Evidence from fields and file names, and how witnesses raise and lower each other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.identifiers import FILE_NAME_STANDARD, combined, of_fields, of_file_name
from assetwire.domain.inspection import Identifier
from assetwire.domain.metadata import FieldValue, Origin

EAN, OTHER = "4006381333931", "5030159003930"
GTIN, OTHER_GTIN = "0" + EAN, "0" + OTHER


def field(value: Any, source: Origin = Origin.XMP) -> FieldValue:
    return FieldValue(value=value, source=source)


def found(**fields: Any) -> list[tuple[str, str, str | None]]:
    evidence = of_fields({name: field(value) for name, value in fields.items()})
    return [(each.kind, each.value, each.gtin) for each in evidence]


def evidence(value: str = EAN, *, source: str, confidence: float, kind: str = "gtin") -> Identifier:
    gtin = value.zfill(14) if kind == "gtin" else None
    return Identifier(kind=kind, value=value, source=source, confidence=confidence, gtin=gtin)


class TestFields:
    """What people write into metadata."""

    def test_product_in_image_gives_its_gtin_and_its_id(self) -> None:
        products = [
            {"ProductGTIN": EAN, "ProductId": "AW-1001", "ProductName": {"x-default": "Cup"}},
            {"product_gtin": "036000291452"},
        ]
        assert found(product_in_image=products) == [
            ("gtin", EAN, GTIN),
            ("sku", "AW-1001", None),
            ("gtin", "036000291452", "00036000291452"),
        ]

    def test_a_stated_gtin_with_a_wrong_check_digit_is_weak_evidence_and_no_gtin(self) -> None:
        (one,) = of_fields({"product_in_image": field([{"ProductGTIN": "4006381333932"}])})
        assert (one.value, one.gtin) == ("4006381333932", None)
        assert one.confidence < FILE_NAME_STANDARD

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (f"GTIN: {EAN}", ("gtin", EAN, GTIN)),
            (f"ean={EAN}", ("gtin", EAN, GTIN)),
            (f"Front of pack, EAN-13 {EAN}.", ("gtin", EAN, GTIN)),
            ("UPC 0 36000 29145 2", ("gtin", "036000291452", "00036000291452")),
            ("upc-a:036000291452", ("gtin", "036000291452", "00036000291452")),
            ("ISBN 978-3-16-148410-0", ("isbn", "9783161484100", "09783161484100")),
            ("ISBN 3-16-148410-X", ("isbn", "316148410X", "09783161484100")),
            ("SKU: AW-1001", ("sku", "AW-1001", None)),
            ("sku AW-1001, front", ("sku", "AW-1001", None)),
            ("Article no.: 47.11", ("sku", "47.11", None)),
            ("MPN=XK-200B", ("mpn", "XK-200B", None)),
            ("ASIN B000123456", ("asin", "B000123456", None)),
            ("see B01N5IB20Q", ("asin", "B01N5IB20Q", None)),
            (f"https://id.gs1.org/01/{GTIN}", ("gtin", GTIN, GTIN)),
            (f"(01){GTIN}", ("gtin", GTIN, GTIN)),
            (EAN, ("gtin", EAN, GTIN)),
            ("2111220009686", ("restricted", "2111220009686", None)),
        ],
    )
    def test_a_text_says_what_its_numbers_are(self, text: str, expected: tuple[str, str, str | None]) -> None:
        assert expected in found(instructions=text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Product photography of item shots, style guide applied",
            "4006381333932",
            "1920081045006",
            "3.4006381333931",
            "4006381333931.5",
            "123456789012345678",
            "Shot on 2026-11-23 at 12:00:00",
            "call +49 170 1234567",
            "SKU list",
            "https://example.com/product/1",
        ],
    )
    def test_a_text_without_evidence_gives_none(self, text: str) -> None:
        assert found(description={"en": text}, keywords=[text]) == []

    def test_an_unlabelled_number_is_weaker_than_a_labelled_one_and_stronger_than_a_file_name(self) -> None:
        (bare,) = of_fields({"keywords": field([EAN])})
        (labelled,) = of_fields({"keywords": field([f"gtin:{EAN}"])})
        (name,) = of_file_name(f"{GTIN}_A1C1.jpg")
        assert labelled.confidence > bare.confidence > name.confidence

    def test_job_id_and_guid_are_evidence_of_their_own_kinds_with_their_source(self) -> None:
        evidence = of_fields(
            {"job_id": field(EAN, Origin.IPTC), "digital_image_guid": field("urn:uuid:1"), "title": field(17)}
        )
        assert [(each.kind, each.source, each.where) for each in evidence] == [
            ("job_id", "iptc", "job_id"),
            ("gtin", "iptc", "job_id"),
            ("image_guid", "xmp", "digital_image_guid"),
        ]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=40),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
            max_leaves=8,
        )
    )
    def test_any_shape_of_value_is_answered(self, value: Any) -> None:
        names = ("product_in_image", "job_id", "keywords", "title", "digital_image_guid", "instructions")
        of_fields({name: field(value) for name in names})

    @pytest.mark.parametrize(
        "text", ["1 " * 60_000, "ean " * 30_000, "sku:" * 30_000, "(01)" * 30_000, "https://" * 15_000]
    )
    def test_long_texts_cost_little(self, text: str) -> None:
        assert len(of_fields({"description": field(text)})) <= 200


class TestFileNames:
    """The weakest evidence."""

    @pytest.mark.parametrize(
        ("name", "kind", "value", "where"),
        [
            (f"{GTIN}_A1C1.jpg", "gtin", GTIN, "gs1 type=A face=1 angle=C state=1"),
            (f"{GTIN}_c7n0_en.TIF", "gtin", GTIN, "gs1 type=C face=7 angle=N state=0"),
            (f"{EAN}_A1L1_s01.png", "gtin", EAN, "gs1 type=A face=1 angle=L state=1"),
            ("036000291452_A1R1.jpg", "gtin", "036000291452", "gs1 type=A face=1 angle=R state=1"),
            ("B000123456.MAIN.jpg", "asin", "B000123456", "amazon variant=MAIN"),
            ("B000123456.PT02.jpg", "asin", "B000123456", "amazon variant=PT02"),
            ("316148410X.SWCH.jpg", "asin", "316148410X", "amazon variant=SWCH"),
            (f"{EAN}.INGR.jpg", "gtin", EAN, "amazon variant=INGR"),
            (f"front_{EAN}-v2.jpg", "gtin", EAN, "number"),
            (f"../../{EAN}.jpg", "gtin", EAN, "number"),
            (f"C:\\photos\\{EAN}.jpg", "gtin", EAN, "number"),
            ("B01N5IB20Q.jpg", "asin", "B01N5IB20Q", "asin"),
        ],
    )
    def test_names_of_the_standards_and_bare_numbers_are_evidence(
        self, name: str, kind: str, value: str, where: str
    ) -> None:
        (one,) = of_file_name(name)
        assert (one.kind, one.value, one.where, one.source) == (kind, value, where, "filename")
        assert one.confidence <= FILE_NAME_STANDARD

    def test_an_asin_that_is_an_isbn_10_is_a_gtin_too(self) -> None:
        (one,) = of_file_name("316148410X.MAIN.jpg")
        assert one.gtin == "09783161484100"

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".jpg",
            "IMG_4711.jpg",
            "IMG_20261123_120000.jpg",
            "20261123.jpg",
            "04006381333932_A1C1.jpg",
            f"x{EAN}.jpg",
            "DSC00012345.ARW",
            "\x00\n\x1f",
            "1234567890.MAIN.jpg",
            "B000123456.XXXX.jpg".lower(),
        ],
    )
    def test_names_without_evidence_give_none(self, name: str) -> None:
        assert of_file_name(name) == ()

    @given(st.text(max_size=300))
    def test_any_name_is_answered(self, name: str) -> None:
        of_file_name(name)


class TestCombined:
    """Agreement raises, contradiction lowers."""

    def test_independent_witnesses_raise_each_other(self) -> None:
        barcode, name = evidence(source="barcode", confidence=0.9), evidence(source="filename", confidence=0.5)
        assert [each.confidence for each in combined([barcode], [name])] == [0.95, 0.95]

    def test_copies_of_one_text_in_several_formats_are_one_witness(self) -> None:
        copies = [evidence(source=source, confidence=0.6) for source in ("xmp", "iptc", "exif")]
        assert {each.confidence for each in combined(copies)} == {0.6}

    def test_witnesses_that_name_different_products_lower_each_other(self) -> None:
        barcode, name = evidence(source="barcode", confidence=0.95), evidence(OTHER, source="filename", confidence=0.3)
        assert [each.confidence for each in combined([name, barcode])] == [0.76, 0.15]

    def test_several_products_of_one_witness_are_no_contradiction(self) -> None:
        both = [evidence(source="barcode", confidence=0.9), evidence(OTHER, source="barcode", confidence=0.9)]
        name = evidence(source="filename", confidence=0.3)
        weighed = {(each.value, each.source): each.confidence for each in combined(both, [name])}
        assert weighed == {(EAN, "barcode"): 0.93, (EAN, "filename"): 0.93, (OTHER, "barcode"): 0.9}

    def test_a_case_and_the_item_in_it_are_no_contradiction(self) -> None:
        case = evidence("14006381333938", source="barcode", confidence=0.9)
        item = evidence(source="xmp", confidence=0.8)
        assert {each.confidence for each in combined([case, item])} == {0.9, 0.8}

    def test_kinds_that_say_different_things_do_not_touch_each_other(self) -> None:
        sku, barcode = (
            evidence("A-1", source="xmp", confidence=0.8, kind="sku"),
            evidence(source="barcode", confidence=0.9),
        )
        assert {each.confidence for each in combined([sku], [barcode])} == {0.8, 0.9}

    @given(
        st.lists(
            st.builds(
                evidence,
                st.sampled_from([EAN, OTHER]),
                source=st.sampled_from(["xmp", "iptc", "barcode", "filename", "manifest"]),
                confidence=st.floats(0, 1),
            ),
            max_size=8,
        )
    )
    def test_confidences_stay_confidences_and_nothing_is_invented(self, given_: list[Identifier]) -> None:
        weighed = combined(given_)
        assert all(0 <= each.confidence <= 1 for each in weighed)
        assert {(each.value, each.source) for each in weighed} == {(each.value, each.source) for each in given_}
        assert [each.confidence for each in weighed] == sorted((each.confidence for each in weighed), reverse=True)
