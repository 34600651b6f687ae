"""An asset as others see it: nothing private, nothing that names money, wherever it stands in the record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import Edit
from assetwire.domain.metadata import FIELDS, Conflict, FieldValue, Metadata, Origin, Type
from assetwire.domain.outbound import public_asset, public_declaration
from fakes import some
from fakes.some import NOW

SECRET = "between us"
PRIVATE = sorted(name for name, facts in FIELDS.items() if not facts.public)


def test_what_is_private_is_nowhere_in_the_answer() -> None:
    fields = {name: FieldValue(value=[{"a": SECRET}], source=Origin.XMP) for name in PRIVATE}
    metadata = Metadata(
        technical={"orientation": 1},
        fields=fields | {"headline": FieldValue(value="Boot", source=Origin.XMP)},
        conflicts=(
            Conflict(field="instructions", kept=Origin.XMP, overruled=Origin.IPTC, value=SECRET),
            Conflict(field="headline", kept=Origin.XMP, overruled=Origin.IPTC, value=SECRET),
        ),
        private={"gps": SECRET},
    )
    asset = some.asset(
        inspection=some.inspection(metadata=metadata),
        edits={name: Edit(value=SECRET, by="ada", at=NOW) for name in PRIVATE} | {"city": Edit(value="Rome", at=NOW)},
    )
    answer = public_asset(asset)
    assert SECRET not in json.dumps(answer)
    assert answer["inspection"]["metadata"]["technical"] == {"orientation": 1}
    assert answer["inspection"]["metadata"]["conflicts"] == [{"field": "headline", "kept": "xmp", "overruled": "iptc"}]
    assert set(answer["metadata"]) == {"headline", "city"}
    assert answer["edits"]["city"]["value"] == "Rome"


@given(
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(["EK: 4711", "Preis 4711,00 €", "4711 USD (MSRP)"]),
    st.booleans(),
)
def test_a_price_that_someone_typed_is_nowhere_in_the_answer(name: str, price: str, edited: bool) -> None:
    shapes = {Type.LANG_ALT: {"de": price}, Type.LIST: [price], Type.STRUCTURES: [{"Note": price, "Price": "4711"}]}
    value = shapes.get(FIELDS[name].type, price)
    if edited:
        asset = some.asset(edits={name: Edit(value=value, at=NOW)})
    else:
        read = Metadata(fields={name: FieldValue(value=value, source=Origin.XMP)})
        asset = some.asset(inspection=some.inspection(metadata=read))
    assert "4711" not in json.dumps(public_asset(asset))


@pytest.mark.parametrize("name", ["headline", *PRIVATE])
def test_what_is_declared_is_shown_without_what_is_private_and_without_prices(name: str) -> None:
    said = some.declaration(fields={name: "EK: 4711", "title": {"de": "Schuh", "en": "4711 USD (MSRP)"}})
    answer = public_declaration(said)
    assert "4711" not in json.dumps(answer)
    assert answer == said.model_dump(mode="json") | {"fields": {"title": {"de": "Schuh"}}}


def test_everything_else_of_an_asset_is_as_it_is() -> None:
    asset = some.asset(rights=some.rights())
    answer, whole = public_asset(asset), asset.model_dump(mode="json")
    changed = {name for name in whole if answer[name] != whole[name]}
    assert changed <= {"inspection", "edits"}
    assert answer.keys() - whole.keys() == {"metadata"}
