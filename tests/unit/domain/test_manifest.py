"""Manifests: every problem is found, with line, column and code, and one problem refuses the whole."""

import csv
import io
import json
import re
import runpy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain import manifest
from assetwire.domain.declared import Declared
from assetwire.domain.gtin import is_sound
from assetwire.domain.manifest import MOST_ROWS, Manifest
from assetwire.domain.manifest_columns import COLUMNS, column_of
from assetwire.domain.metadata import Type
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.validation import forbidden_field

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))
TEXTS = [name for name, column in COLUMNS.items() if column.type is Type.TEXT and not column.holds]
PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)


def of_csv(text: str | bytes) -> Manifest:
    data = text.encode() if isinstance(text, str) else text
    return manifest.parse("manifest.csv", data, forbidden=forbidden_field)


def of_json(document: Any) -> Manifest:
    text = document if isinstance(document, str) else json.dumps(document)
    return manifest.parse("manifest.json", text.encode(errors="surrogatepass"), forbidden=forbidden_field)


def problems(found: Manifest) -> str:
    """Return line, column and code of each problem."""
    assert found.rows == () or not found.problems
    return "; ".join(f"{each.line}, {each.column}, {each.code}" for each in found.problems)


FULL = Declared(
    file="a/shoe.jpg",
    skus=("S-1", "S-2"),
    gtins=("4006381333931",),
    category="low-shoes",
    rights=Rights(
        holder="Studio",
        licence_id="L-7",
        windows=(Window(starts=datetime(2026, 1, 1, tzinfo=UTC), ends=datetime(2026, 12, 31, 22, tzinfo=UTC)),),
        territories=("AT", "DE"),
        excluded_territories=("CH",),
        usages=(Usage.PRINT, Usage.WEB),
    ),
    fields={
        "title": {"x-default": "Shoe", "de": "Schuh"},
        "alt_text": {"de": "Ein Schuh,\nseitlich"},
        "keywords": ["red", "shoe"],
        "marked": True,
        "rating": 5,
        "expiration_date": "2027-01",
        "web_statement_of_rights": "https://studio.example/rights",
    },
)
FULL_CSV = (
    "file,sku,gtin,category,title,title.de,alt_text.de,keywords,marked,rating,expiration_date,"
    "web_statement_of_rights,rights.holder,rights.licence_id,rights.starts,rights.ends,rights.territories,"
    "rights.excluded_territories,rights.usages\r\n"
    'a/shoe.jpg,S-1|S-2,4006381333931,low-shoes,Shoe,Schuh,"Ein Schuh,\nseitlich",red| shoe,TRUE,5,2027-01,'
    "https://studio.example/rights,Studio,L-7,2026-01-01,2027-01-01T00:00:00+02:00,DE|at,CH,web|PRINT\r\n"
)
FULL_JSON = {
    "file": "a/shoe.jpg",
    "sku": ["S-1", "S-2"],
    "gtin": "4006381333931",
    "category": "low-shoes",
    "title": {"x-default": "Shoe", "de": "Schuh"},
    "alt_text": {"de": "Ein Schuh,\nseitlich"},
    "keywords": ["red", "shoe"],
    "marked": True,
    "rating": 5,
    "expiration_date": "2027-01",
    "web_statement_of_rights": "https://studio.example/rights",
    "rights": {
        "holder": "Studio",
        "licence_id": "L-7",
        "starts": "2026-01-01",
        "ends": "2027-01-01T00:00:00+02:00",
        "territories": ["DE", "AT"],
        "excluded_territories": ["CH"],
        "usages": ["web", "print"],
    },
}


def test_csv_and_json_say_the_same() -> None:
    for found in (of_csv(FULL_CSV), of_csv("\ufeff" + FULL_CSV), of_json({"files": [FULL_JSON]})):
        assert found == ((FULL,), ())


def test_the_schema_knows_the_documented_example_and_every_column() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert runpy.run_path(str(ROOT / "scripts" / "make_manifest_schema.py"))["schema"]() == SCHEMA
    jsonschema.validate({"files": [FULL_JSON]}, SCHEMA)
    properties = SCHEMA["properties"]["files"]["items"]["properties"]
    assert set(properties) == {name.split(".")[0] for name in COLUMNS}
    assert {f"rights.{name}" for name in properties["rights"]["properties"]} < set(COLUMNS)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"files": [FULL_JSON | {"price": "9.99"}]}, SCHEMA)


def test_every_column_is_documented() -> None:
    text = (ROOT / "docs" / "uploads.md").read_text(encoding="utf-8")
    for name in COLUMNS:
        assert f"`{name}`" in text, name


def test_every_problem_code_is_documented() -> None:
    text = (ROOT / "docs" / "uploads.md").read_text(encoding="utf-8")
    source = "".join(
        (ROOT / "layers/shared/assetwire/domain" / name).read_text() for name in ("manifest.py", "declared.py")
    )
    codes = set(re.findall(r'(?:problem\([^)]*?|, )"([a-z]+_[a-z_0-9]+)"', source)) - {
        name.rpartition(".")[2] for name in COLUMNS
    }
    assert len(codes) > 15
    assert [code for code in sorted(codes) if f"`{code}`" not in text] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sku\nS-1\n", "1, file, missing_column; 2, file, missing_value"),
        ("file,colour\na.jpg,red\n", "1, colour, unknown_column"),
        ("file,title.\na.jpg,x\n", "1, title., unknown_column"),
        ("file,headline.de\na.jpg,x\n", "1, headline.de, unknown_column"),
        ("file,licensor\na.jpg,x\n", "1, licensor, unknown_column"),
        (
            "file,Purchase Price,EK,kosten.de\na.jpg,9,8,7\n",
            "1, Purchase Price, forbidden_field; 1, EK, forbidden_field; 1, kosten.de, forbidden_field",
        ),
        ("file,sku,sku\na.jpg,S,S\n", "1, sku, duplicate_column"),
        ("file,alt_text.de,alt_text.DE\na.jpg,x,y\n", "1, alt_text.DE, duplicate_column"),
        ("file,title.x-default,title\na.jpg,x,y\n", "1, title, duplicate_column"),
        ("file,sku\na.jpg,S\na.jpg,T\n", "3, file, duplicate_file"),
        ("file\nSch\u00fch.jpg\nSchu\u0308h.jpg\n", "3, file, duplicate_file"),
        ("file,sku\n,S\n", "2, file, missing_value"),
        ("file,sku\na.jpg,S,T\n", "2, , too_many_values"),
        (
            "file\n../a.jpg\n/b.jpg\nc\\d.jpg\ne.jpg.xmp\ndrops/a.zip\n",
            "; ".join(f"{line}, file, invalid_file" for line in range(2, 7)),
        ),
        ('file,title\na.jpg,"two\nlines"\nb.jpg,x\nb.jpg,y\n', "5, file, duplicate_file"),
        (
            "file,gtin\na.jpg,4006381333932\nb.jpg,4.00638E+12\n",
            "2, gtin, invalid_gtin; 3, gtin, invalid_gtin",
        ),
        ("file,sku\na.jpg," + "x" * 101 + "\n", "2, sku, invalid_sku"),
        ("file,category\na.jpg,Shoes!\n", "2, category, invalid_category"),
        ("file,rating\na.jpg,many\n", "2, rating, invalid_integer"),
        ("file,marked\na.jpg,perhaps\n", "2, marked, invalid_boolean"),
        (
            "file,expiration_date\na.jpg,31.12.2026\nb.jpg,2026-02-30\n",
            "2, expiration_date, invalid_date; 3, expiration_date, invalid_date",
        ),
        ("file,data_mining\na.jpg,two words\n", "2, data_mining, invalid_uri"),
        ("file,title\na.jpg,bell\a\n", "2, title, control_character"),
        ("file,title\na.jpg," + "x" * 4001 + "\n", "2, title, too_long"),
        ("file,keywords\na.jpg," + "k|" * 501 + "\n", "2, keywords, too_many_values"),
        (
            "file,rights.territories,rights.usages\na.jpg,DE|XX,web|tv\n",
            "2, rights.territories, unknown_territory; 2, rights.usages, unknown_usage",
        ),
        (
            "file,rights.holder\na.jpg,Studio\n",
            "2, rights.territories, missing_value; 2, rights.usages, missing_value",
        ),
        (
            "file,rights.territories,rights.usages,rights.starts,rights.ends\na.jpg,*,web,2026-02-01,2026-02-01\n",
            "2, rights.ends, window_order",
        ),
        (
            "file,rights.territories,rights.usages,rights.ends\na.jpg,*,web,2026-02-01T00:00\n",
            "2, rights.ends, invalid_date",
        ),
        (
            "file,rights.territories,rights.usages,rights.holder\na.jpg,*,web," + "x" * 201 + "\n",
            "2, rights.holder, too_long",
        ),
        ('file,title\na.jpg,"open\n', "2, , invalid_csv"),
        ('file,title\na.jpg,"a"b\n', "2, , invalid_csv"),
        ("", "0, , no_rows"),
        ("file\n\n\n", "0, , no_rows"),
        (b"file\n\xff.jpg\n", "2, , not_utf8"),
        ("file\na.jpg\n".encode("utf-16"), "1, , not_utf8"),
        (b"file\n" + b"x" * 8 * 1024 * 1024, "0, , too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) and re.match(r"\d+, ", value) else "",
)
def test_a_problem_of_a_table_is_told_with_its_line_its_column_and_its_code(text: str | bytes, found: str) -> None:
    assert problems(of_csv(text)) == found


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("{", "1, , invalid_json"),
        ("[" * 100_000, "0, , invalid_json"),
        ('{"files": [NaN]}', "0, , invalid_json"),
        ('{"files": [{"file": "a.jpg", "file": "b.jpg"}]}', "0, file, duplicate_column"),
        ('{"files": [{"file": "a.jpg", "title": {"de": "x", "DE": "y"}}]}', "1, title.DE, duplicate_column"),
        ([], "0, files, wrong_type"),
        ({"files": [], "more": 1}, "0, files, wrong_type"),
        ({"files": {}}, "0, files, wrong_type"),
        ({"files": []}, "0, , no_rows"),
        ({"files": ["a.jpg"]}, "1, , wrong_type"),
        ({"files": [{"file": "a.jpg", "gtin": 4006381333931.5}]}, "1, gtin, wrong_type"),
        ({"files": [{"file": "a.jpg", "keywords": [["x"]]}]}, "1, keywords, wrong_type"),
        ({"files": [{"file": "a.jpg", "headline": ["x"]}]}, "1, headline, wrong_type"),
        ({"files": [{"file": "a.jpg", "rights": {"territory": "DE"}}]}, "1, rights.territory, unknown_column"),
        ({"files": [{"file": "a.jpg", "cost": 7}]}, "1, cost, forbidden_field"),
        ({"files": [{"file": "a.jpg"}, {"file": "a.jpg"}]}, "2, file, duplicate_file"),
        ({"files": [{"file": "a.jpg"}] * (MOST_ROWS + 1)}, "0, files, too_many_rows"),
        ({"files": [{"file": "a.jpg", "title": "\ud800"}]}, "1, title, control_character"),
    ],
    ids=lambda value: value if isinstance(value, str) and re.match(r"\d+, ", value) else "",
)
def test_a_problem_of_a_document_is_told_likewise(document: Any, found: str) -> None:
    assert problems(of_json(document)) == found


def test_a_table_with_semicolons_is_read() -> None:
    assert of_csv("file;title\na.jpg;one, two\n").rows == (
        Declared(file="a.jpg", fields={"title": {"x-default": "one, two"}}),
    )


def test_ten_thousand_rows_are_taken_and_one_more_is_not() -> None:
    rows = "".join(f"{n}.jpg\n" for n in range(MOST_ROWS))
    assert len(of_csv("file\n" + rows).rows) == MOST_ROWS
    assert problems(of_csv("file\n" + rows + "more.jpg\n")) == f"{MOST_ROWS + 2}, , too_many_rows"


def test_no_more_than_a_thousand_problems_are_told() -> None:
    assert len(of_csv("file,gtin\n" + "".join(f"{n}.jpg,1\n" for n in range(3000))).problems) == 1000


def test_rights_without_dates_have_no_end_and_a_row_without_rights_says_nothing_of_them() -> None:
    with_rights, without = of_csv("file,rights.territories,rights.usages\na.jpg,*,web\nb.jpg,,\n").rows
    assert with_rights.rights == Rights(territories=("*",), usages=(Usage.WEB,), windows=(Window(),))
    assert without == Declared(file="b.jpg")


@pytest.mark.parametrize("gtin", ["4006381333931", "96385074", "036000291452", "14006381333938"])
def test_a_gtin_has_its_check_digit(gtin: str) -> None:
    assert is_sound(gtin)
    assert not any(is_sound(gtin[:-1] + digit) for digit in "0123456789" if digit != gtin[-1])


@pytest.mark.parametrize("text", ["", "4006381333", "400638133393١", " 4006381333931", "0" * 15])
def test_what_has_another_form_is_no_gtin(text: str) -> None:
    assert not is_sound(text)


@given(
    st.lists(st.sampled_from([n for n, c in COLUMNS.items() if c.type is Type.TEXT and not c.holds]), unique=True),
    st.data(),
)
def test_what_a_spreadsheet_wrote_is_read_as_it_was(columns: list[str], data: st.DataObject) -> None:
    cells = [data.draw(PRINTABLE.map(str.strip)) for _ in columns]
    for delimiter in ",;":
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows([["file", *columns], ["a.jpg", *cells]])
        if delimiter == ";" and not columns:
            continue
        (row,) = of_csv(out.getvalue()).rows
        assert row.fields == {name: cell for name, cell in zip(columns, cells, strict=True) if cell}


@given(st.binary(max_size=200), st.sampled_from(["m.csv", "m.json"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    manifest.parse(name, b"file,title\n" + data if name == "m.csv" else data, forbidden=forbidden_field)


@pytest.mark.parametrize("name", ["alt_text.de", "title.zh-Hant-TW", "title.x-default", "alt_text.es-419", "title"])
def test_languages_stand_behind_the_field(name: str) -> None:
    column = column_of(name)
    assert column is not None
    assert column.locale == (name.partition(".")[2] or "x-default")
