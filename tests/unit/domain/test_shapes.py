"""Shapes of values: what is empty, what is of a type, what is written as a format asks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.metadata import Type
from assetwire.domain.shapes import is_empty, of_format, of_type, texts

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters()) | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(alphabet=st.characters(), max_size=9) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("value", [None, "", " \n", [], {}, {"x-default": ""}, [{"a": ""}, {}], ["", " "]])
def test_what_says_nothing_is_empty(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, "a", ["", "a"], {"de": "a"}])
def test_what_says_something_is_not(value: Any) -> None:
    assert not is_empty(value)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Type.TEXT, ["", "a"], [None, 1, ["a"], {"de": "a"}]),
        (Type.LANG_ALT, [{"x-default": "a", "de-AT": "b"}, {}], ["a", {"de": 1}, {"not a tag": "a"}, [{"de": "a"}]]),
        (Type.LIST, [[], ["a"], ("a",)], ["a", [1], [["a"]]]),
        (Type.DATE, ["2026"], [2026]),
        (Type.URI, ["urn:a"], [None]),
        (Type.BOOLEAN, [True, False], [1, "true"]),
        (Type.INTEGER, [1, -1, 2**53, -(2**53)], [True, 1.0, "1", 2**53 + 1, -(10**400)]),
        (
            Type.STRUCTURES,
            [[], [{"a": "b", "c": {"de": "d"}, "e": [1, 2.5, None, 0.0, -1e-100]}]],
            [{}, ["a"], [{"a": b"x"}], [{"a": 10**40}], [{"a": 1e300}], [{"a": 1e-200}], [{"a": float("nan")}]],
        ),
    ],
)
def test_a_value_is_of_a_type_by_its_shape_in_json(kind: Type, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not of_type(value, kind)] == []
    assert [value for value in bad if of_type(value, kind)] == []


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (
            "date",
            "2026 2026-02 2024-02-29 2026-02-01T10:00 2026-02-01T10:00:00Z 2026-02-01T10:00:00.5+01:00".split(),
            "26 2026-13 2026-02-30 2025-02-29 2026-02-01T25:00 01.02.2026 2026-2-1 ２０２６ 0000".split(),
        ),
        ("uri", ["https://a.example/b?c#d", "urn:isbn:1"], ["a.example", "http://a b", "://", "", "http://a\nb"]),
        ("integer", ["0", "-12", "+7"], ["1.0", "", "١٢", "1" * 19, "0x1"]),
        (
            "gtin",
            ["4006381333931", "04006381333931", "96385074", "036000291452"],
            ["4006381333932", "400638133393", "abc", "", "40063813339310000", "٤٠٠٦٣٨١٣٣٣٩٣١"],
        ),
        ("language", ["de", "de-AT", "x-default", "zh-Hant-TW"], ["", "german!", "d", "de_AT"]),
    ],
)
def test_a_text_is_of_a_format_by_how_it_is_written(form: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not of_format(text, form)] == []
    assert [text for text in bad if of_format(text, form)] == []


@given(anything, st.sampled_from(list(Type)))
def test_any_value_has_an_answer(value: Any, kind: Type) -> None:
    is_empty(value)
    of_type(value, kind)
    assert all(isinstance(text, str) for _, text in texts(value))


def test_no_depth_is_too_deep() -> None:
    deep: Any = "price: 1"
    for _ in range(100_000):
        deep = [deep]
    assert list(texts(deep)) == []
    assert not is_empty(deep)
    assert not of_type([{"a": deep}], Type.STRUCTURES)
