"""Attributes: what PIM says of how a product looks and which of its kind it is, as far as media need it."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from assetwire.domain.money import labelled_amount, money_word

MOST_ATTRIBUTES = 40


def _is_no_money(name: str) -> str:
    if word := money_word(name):
        raise ValueError(f"{name!r} names money ({word}), which has no place here")
    return name


def _says_no_amount(text: str) -> str:
    if word := labelled_amount(text):
        raise ValueError(f"it holds an amount of money ({word}), which has no place here")
    return text


AttributeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$"), AfterValidator(_is_no_money)]
"""Lower-case: `colour`, `heel_height`."""
AttributeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(_says_no_amount),
]
Attributes = Annotated[dict[AttributeName, AttributeText], Field(max_length=MOST_ATTRIBUTES)]
"""By name. Two texts are the same value if only case tells them apart."""
