"""Files of products: each problem is told with its line, column and code; what is right is the same in any form."""

import json
from typing import Any

import pytest

from assetwire.domain.product_file import MOST_PROBLEMS, parse
from assetwire.domain.product_import import ImportedProduct

CSV = """\
sku,status,parent,gtins,aliases,name.de-DE,alt_text.de-DE,caption.en,attribute.colour,attribute.colour.de-DE,image_axes
S,published,,,,Schuh,,,,,colour|size
S-1,published,S,4012345123456|4006381333931,M-7,"Schuh, rot",Ein roter Schuh,"Two
lines",red,Rot,

S-2,unpublished,S,,,,,,,,
"""
PRODUCTS: list[dict[str, Any]] = [
    {"sku": "S", "status": "published", "texts": {"de-DE": {"name": "Schuh"}}, "image_axes": ["colour", "size"]},
    {
        "sku": "S-1",
        "status": "published",
        "parent": "S",
        "gtins": ["4012345123456", "4006381333931"],
        "aliases": ["M-7"],
        "texts": {
            "de-DE": {"name": "Schuh, rot", "alt_text": "Ein roter Schuh", "attributes": {"colour": "Rot"}},
            "en": {"caption": "Two\nlines"},
        },
        "attributes": {"colour": "red"},
    },
    {"sku": "S-2", "status": "unpublished", "parent": "S"},
]
WANTED = [ImportedProduct.model_validate(each) for each in PRODUCTS]
FORMS = {
    "p.csv": CSV,
    "p.txt": CSV.replace(",", ";").replace('"Schuh; rot"', '"Schuh, rot"'),
    "p.json": json.dumps(PRODUCTS),
    "p.JSON": json.dumps({"products": PRODUCTS}),
    "p.jsonl": "\n".join(json.dumps(each) for each in PRODUCTS),
    "p.ndjson": "\n\n".join(json.dumps(each) for each in PRODUCTS) + "\n",
}


def problems(text: str | bytes, name: str = "p.csv") -> list[tuple[int, str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(each.line, each.column, each.code) for each in parse(name, data).problems]


@pytest.mark.parametrize("name", FORMS)
def test_a_file_says_the_same_in_every_form(name: str) -> None:
    found = parse(name, b"\xef\xbb\xbf" + FORMS[name].encode())
    assert found.problems == ()
    assert [row.product for row in found.rows] == WANTED


def test_rows_know_their_lines() -> None:
    assert [row.line for row in parse("p.csv", CSV.encode()).rows] == [2, 3, 6]
    assert [row.line for row in parse("p.ndjson", FORMS["p.ndjson"].encode()).rows] == [1, 3, 5]
    assert [row.line for row in parse("p.json", FORMS["p.json"].encode()).rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("sku,status,price", [(1, "price", "forbidden_field")]),
        ("sku,status,attribute.ek_preis", [(1, "attribute.ek_preis", "forbidden_field")]),
        ("sku,status,name.de.uvp", [(1, "name.de.uvp", "forbidden_field")]),
        ("sku,status,weight,name", [(1, "weight", "unknown_column"), (1, "name", "unknown_column")]),
        ("sku,status,sku", [(1, "sku", "duplicate_column")]),
        ("sku", [(1, "status", "missing_column")]),
        ("status", [(1, "sku", "missing_column")]),
    ],
)
def test_a_head_with_other_columns_is_refused_by_their_names(head: str, expected: Any) -> None:
    assert problems(f"{head}\nS-1,published,9,9\n") == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a/b,published,,", (2, "sku", "string_pattern_mismatch")),
        (",published,,", (2, "sku", "missing")),
        ("S-1,sold,,", (2, "status", "enum")),
        ("S-1,published,123,", (2, "gtins", "value_error")),
        ("S-1,published,,Schuh\x01", (2, "name.german", "string_pattern_mismatch")),
        ("S-1,published,,,more", (2, "", "too_many_values")),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_its_column(row: str, expected: Any) -> None:
    head = "sku,status,gtins,name.de" if expected[1] != "name.german" else "sku,status,gtins,name.german"
    found = problems(f"{head}\n{row}\n")
    assert found[0] == expected if expected[1] != "name.german" else expected in found
    assert {line for line, _, _ in found} == {2}


def test_a_row_that_is_wrong_leaves_the_others_as_they_are() -> None:
    found = parse("p.csv", b"sku,status,parent\nS-1,published,\nS-2,sold,\nS-3,published,S-3\nS-1,published,\n")
    assert [row.product.sku for row in found.rows] == ["S-1"]
    assert [(each.line, each.column, each.code) for each in found.problems] == [
        (3, "status", "enum"),
        (4, "parent", "own_parent"),
        (5, "sku", "duplicate_sku"),
    ]


def test_prices_in_json_are_refused_by_their_path() -> None:
    product = {"sku": "S-1", "status": "published", "price": 1, "texts": {"de": {"cost": "9"}}, "weight": 2}
    expected = [
        (1, "texts.de.cost", "forbidden_field"),
        (1, "price", "forbidden_field"),
        (1, "weight", "extra_forbidden"),
    ]
    assert problems(json.dumps([product]), "p.json") == problems(json.dumps(product), "p.jsonl") == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("", "p.csv", (0, "", "no_rows")),
        ("sku,status\n", "p.csv", (0, "", "no_rows")),
        ("[]", "p.json", (0, "", "no_rows")),
        (b"sku,status\n\xff,published\n", "p.csv", (2, "", "not_utf8")),
        ('sku,status\n"S-1,published\n', "p.csv", (2, "", "invalid_csv")),
        ("[\n{", "p.json", (2, "", "invalid_json")),
        ("[NaN]", "p.json", (0, "", "invalid_json")),
        ('{"sku": 1, "sku": 2}', "p.jsonl", (1, "sku", "duplicate_column")),
        ('{"items": []}', "p.json", (0, "products", "wrong_type")),
        ("[1]", "p.json", (1, "", "model_type")),
        ("\n{\n", "p.jsonl", (2, "", "invalid_json")),
    ],
)
def test_what_is_no_file_of_products_is_told(text: str | bytes, name: str, expected: Any) -> None:
    assert problems(text, name) == [expected]


def test_of_many_problems_the_first_are_told() -> None:
    assert len(problems("sku,status\n" + "/,published\n" * (MOST_PROBLEMS + 5))) == MOST_PROBLEMS
