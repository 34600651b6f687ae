"""What is written inside renditions: what counts and may be seen, the licence where nobody else is named, no more."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import Asset, Edit
from assetwire.domain.inscription import INSCRIBED, Inscription, inscription_of
from assetwire.domain.metadata import FIELDS, FieldValue, Metadata, Origin, Type
from fakes import some
from fakes.some import NOW

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"


def asset_of(**fields: Any) -> Asset:
    read = Metadata(fields={name: FieldValue(value=value, source=Origin.XMP) for name, value in fields.items()})
    return some.asset(inspection=some.inspection(metadata=read))


def written_in(asset: Asset) -> dict[str, Any]:
    return inscription_of(asset.fields, asset.rights).fields


def written(**fields: Any) -> dict[str, Any]:
    return written_in(asset_of(**fields))


def sample(name: str) -> Any:
    shapes: dict[Type, Any] = {
        Type.LANG_ALT: {"x-default": "text"},
        Type.LIST: ["text"],
        Type.STRUCTURES: [{"LicensorURL": "https://a.example", "CopyrightOwnerName": "A"}],
        Type.BOOLEAN: True,
        Type.INTEGER: 1,
    }
    return shapes.get(FIELDS[name].type, "text")


def test_every_field_that_is_inscribed_is_public_and_has_a_place_in_xmp() -> None:
    assert all(FIELDS[name].public and FIELDS[name].xmp for name in INSCRIBED)


def test_what_is_inscribed_is_written_and_nothing_else_that_a_master_says() -> None:
    assert set(written(**{name: sample(name) for name in FIELDS})) == set(INSCRIBED)


def test_an_edit_counts_before_the_master_and_takes_a_value_away() -> None:
    asset = asset_of(credit_line="Old", creator=["Ann"]).model_copy(
        update={"edits": {"credit_line": Edit(value="New", at=NOW), "creator": Edit(value=None, at=NOW)}}
    )
    assert written_in(asset) == {"credit_line": "New"}


def test_a_licensor_keeps_name_number_and_address_on_the_web_and_no_other_way_to_reach_anybody() -> None:
    licensor = {
        "LicensorID": "P-1",
        "LicensorName": "Agency",
        "LicensorURL": "https://agency.example",
        "LicensorEmail": "ann@agency.example",
        "LicensorTelephone1": "+43 1 0",
        "LicensorStreetAddress": "Ring 1",
    }
    fields = written(licensor=[licensor, {"LicensorEmail": "bo@agency.example"}])
    assert fields == {
        "licensor": [{"LicensorID": "P-1", "LicensorName": "Agency", "LicensorURL": "https://agency.example"}]
    }


class TestRights:
    def test_the_holder_and_the_licence_stand_in_where_the_metadata_names_nobody(self) -> None:
        asset = some.asset(rights=some.rights(holder="Studio Nord", licence_id="L-7"))
        assert written_in(asset) == {
            "copyright_owner": [{"CopyrightOwnerName": "Studio Nord"}],
            "license_id": "L-7",
        }

    def test_the_metadata_counts_before_the_rights(self) -> None:
        asset = asset_of(copyright_owner=[{"CopyrightOwnerName": "Heirs"}], license_id="M-1")
        asset = asset.model_copy(update={"rights": some.rights(holder="Studio Nord", licence_id="L-7")})
        assert written_in(asset) == {
            "copyright_owner": [{"CopyrightOwnerName": "Heirs"}],
            "license_id": "M-1",
        }

    def test_an_empty_field_of_the_metadata_names_nobody(self) -> None:
        asset = asset_of(copyright_owner=[{"CopyrightOwnerName": " "}]).model_copy(update={"rights": some.rights()})
        assert written_in(asset)["copyright_owner"] == [{"CopyrightOwnerName": "Studio Nord"}]

    def test_rights_that_name_nobody_write_nothing(self) -> None:
        assert written_in(some.asset(rights=some.rights(holder="", licence_id=""))) == {}


class TestTerms:
    def test_a_short_form_is_written_as_the_standards_identifier(self) -> None:
        fields = written(digital_source_type="trainedAlgorithmicMedia", image_alteration_constraints=["AL-CRP"])
        assert fields == {
            "digital_source_type": f"{SOURCE_TYPE}trainedAlgorithmicMedia",
            "image_alteration_constraints": [f"{VOCABULARY}AL-CRP"],
        }

    def test_an_identifier_stays_as_it_is(self) -> None:
        fields = {"digital_source_type": f"{SOURCE_TYPE}trainedAlgorithmicMedia"}
        assert written(**fields) == fields

    def test_a_term_of_another_vocabulary_stays_as_it_is(self) -> None:
        fields = {"digital_source_type": "https://house.example/terms/rendered"}
        assert written(**fields) == fields


@given(st.sampled_from(INSCRIBED), st.sampled_from(["EK: 4711", "Preis 4711,00 €", "4711 USD (MSRP)"]))
def test_a_price_is_never_written(name: str, price: str) -> None:
    shapes: dict[Type, Any] = {
        Type.LANG_ALT: {"de": price},
        Type.LIST: [price],
        Type.STRUCTURES: [{"LicensorName": price, "CopyrightOwnerName": price, "Price": "4711"}],
    }
    assert "4711" not in str(written(**{name: shapes.get(FIELDS[name].type, price)}))


def test_a_price_as_the_holder_of_rights_is_not_written_either() -> None:
    assert written_in(some.asset(rights=some.rights(holder="EK: 4711", licence_id="MSRP 4711 USD"))) == {}


@given(
    st.dictionaries(
        st.sampled_from(INSCRIBED),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=12), inner, max_size=2),
            max_leaves=5,
        ),
    )
)
def test_a_value_of_another_shape_is_left_out_and_raises_nothing(fields: dict[str, Any]) -> None:
    asset = some.asset(edits={name: Edit(value=value, at=NOW) for name, value in fields.items()})
    for name, value in written_in(asset).items():
        assert isinstance(
            value, {Type.LANG_ALT: dict, Type.LIST: list, Type.STRUCTURES: list}.get(FIELDS[name].type, str)
        )


class TestDigest:
    def test_it_is_empty_where_nothing_is_written(self) -> None:
        assert Inscription().digest == ""

    def test_it_changes_with_a_value_and_not_with_the_order_of_fields(self) -> None:
        one = Inscription(fields={"credit_line": "A", "license_id": "1"})
        assert one.digest == Inscription(fields={"license_id": "1", "credit_line": "A"}).digest
        assert one.digest != Inscription(fields={"credit_line": "B", "license_id": "1"}).digest
