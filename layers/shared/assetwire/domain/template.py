"""Metadata templates: what the house asks of the assets of one category.

A template is complete in itself and named like the category that it judges: it does not build upon others, so that a
change of one re-validates one category, and its difference says all that changed.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, NamedTuple, Self

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator
from pydantic_core import SchemaError

from assetwire.domain.data_files import shipped
from assetwire.domain.inspection import Kind
from assetwire.domain.metadata import FIELDS, Type
from assetwire.domain.model import Value
from assetwire.domain.vocabulary import Locale, Name, TermId

DEFAULT = "default"
"""The category of an asset that names none."""
TECHNICAL = "technical"
LONGEST_PATTERN = 200
"""Characters of a pattern at the most."""
LONGEST_MATCHED = 2000
"""Characters of one text that a pattern is tried on at the most: a longer one does not match."""
MOST_MATCHED = 20_000
"""Characters of one field that a pattern is tried on at the most, over all its texts."""


class Format(StrEnum):
    """What the text of a field has to be, beyond the shape that the field has anyway."""

    DATE = "date"
    """ISO 8601: a year, a month, a day, or a moment of a day that is in the calendar."""
    URI = "uri"
    """An absolute URI: scheme, colon, the rest without spaces."""
    INTEGER = "integer"
    GTIN = "gtin"
    """8, 12, 13 or 14 digits, and the check digit is right."""
    LANGUAGE = "language"
    """A language tag of RFC 5646."""


class TermRule(Value):
    """The field's texts are terms of a vocabulary."""

    name: Name
    strict: bool = False
    """The id or notation as it is defined; else labels and synonyms are terms too, in any spelling."""
    broader: TermId | None = None
    """Only this term and what is below it."""


_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Rule(Value):
    """What is asked of one field; nothing that is left out."""

    required: bool = False
    locales: Annotated[tuple[Locale, ...], Field(max_length=50)] = ()
    """Languages that the field must have; `de` is there if `de` or `de-AT` is, and never by `x-default`."""
    type: Format | None = None
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PATTERN)] | None = None
    """A regular expression that each text matches as a whole, in the syntax of Rust's `regex`: it cannot backtrack."""
    vocabulary: TermRule | None = None
    min_length: _Count | None = None
    """Characters of each text."""
    max_length: _Count | None = None
    min_items: _Count | None = None
    max_items: _Count | None = None
    minimum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    maximum: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        for low, high in (("min_length", "max_length"), ("min_items", "max_items"), ("minimum", "maximum")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise ValueError(f"{low} {least} is more than {high} {most}")
        if self.pattern is not None:
            _compiled(self.pattern)
        return self


class MediaRule(Value):
    """What is asked of the file itself; nothing that is left out. Sizes in pixels of the upright picture."""

    kinds: tuple[Kind, ...] = ()
    media_types: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,100}$")], ...] = ()
    min_width: Annotated[int, Field(ge=1)] | None = None
    min_height: Annotated[int, Field(ge=1)] | None = None
    min_longest_edge: Annotated[int, Field(ge=1)] | None = None
    colour_spaces: tuple[Annotated[str, StringConstraints(min_length=1, max_length=40)], ...] = ()
    """As in the technical facts: `srgb`, `cmyk`, `b-w` …"""


class Place(NamedTuple):
    """What a rule is about: a field, a member of a field's structures, or a technical fact."""

    field: str
    member: str | None = None

    @classmethod
    def of(cls, name: str) -> "Place":
        """Return the place that a rule's name means: `alt_text`, `licensor.LicensorName`, `technical.frames`."""
        field, _, member = name.partition(".")
        return cls(field, member or None)


class Template(Value):
    """What the house asks of one category's assets."""

    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    description: Annotated[str, StringConstraints(max_length=2000)] = ""
    media: MediaRule = MediaRule()
    fields: Annotated[dict[str, Rule], Field(max_length=200, default_factory=dict)]
    """By the name of a field, `field.Member` of its structures, or `technical.fact`."""

    @model_validator(mode="after")
    def _asks_what_fields_can_hold(self) -> Self:
        wrong = [f"fields.{name}: {why}" for name, rule in self.fields.items() for why in _misfits(name, rule)]
        if wrong:
            raise ValueError("; ".join(wrong[:10]))
        return self

    @property
    def vocabularies(self) -> frozenset[str]:
        """The names of the vocabularies that this template needs."""
        return frozenset(rule.vocabulary.name for rule in self.fields.values() if rule.vocabulary)


_TEXTS = frozenset({Type.TEXT, Type.LANG_ALT, Type.LIST, Type.DATE, Type.URI})
_LISTS = frozenset({Type.LIST, Type.STRUCTURES})


def _misfits(name: str, rule: Rule) -> Iterator[str]:
    place = Place.of(name)
    if place.field == TECHNICAL:
        if place.member is None:
            yield "technical facts are named technical.<fact>"
        if rule.locales:
            yield "technical facts have no languages"
        return
    if place.field not in FIELDS:
        yield "no field of this name"
        return
    kind = FIELDS[place.field].type
    if place.member is not None:
        if kind is not Type.STRUCTURES:
            yield f"a field of type {kind} has no members"
        return
    asked = rule.model_dump(exclude_defaults=True).keys()
    if rule.locales and kind is not Type.LANG_ALT:
        yield f"a field of type {kind} has no languages"
    if asked & {"min_items", "max_items"} and kind not in _LISTS:
        yield f"a field of type {kind} has no items"
    if asked & {"type", "pattern", "vocabulary", "min_length", "max_length"} and kind not in _TEXTS:
        yield f"a field of type {kind} has no text: ask for its members"
    if asked & {"minimum", "maximum"} and kind is not Type.INTEGER:
        yield f"a field of type {kind} is no number"


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text as a whole matches a pattern; one of more than 2,000 characters does not.

    The engine is Rust's `regex` (through pydantic): it runs all alternatives at once, so that its time is bounded by
    the length of the pattern, compiled to 10 MB at the most, times that of the text.
    """
    if len(text) > LONGEST_MATCHED:
        return False
    try:
        _compiled(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> TypeAdapter[str]:
    for expression in (pattern, rf"\A(?:{pattern})\z"):  # alone too: `a)|(b` would break out of the group
        try:
            adapter = TypeAdapter(
                Annotated[str, StringConstraints(pattern=expression)], config=ConfigDict(regex_engine="rust-regex")
            )
        except SchemaError as error:
            reason = str(error).strip().splitlines()[-1].removeprefix("error: ")
            raise ValueError(f"pattern {pattern!r} cannot be used: {reason}") from error
    return adapter


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Return the templates that ship with the code, by name."""
    return {template.name: template for template in shipped("templates", Template)}
