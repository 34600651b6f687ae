"""Fields as a master says them, and what a template of some rules finds wrong with them."""

from typing import Any

from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.template import MediaRule, Rule, Template
from assetwire.domain.validation import validate
from assetwire.domain.vocabulary import Term, Vocabulary
from fakes import some

COLOURS = Vocabulary(
    name="colours",
    terms=(
        Term(id="colour", labels={"en": "Colour"}),
        Term(id="red", notation="R1", labels={"en": "Red", "de": "Rot"}, broader=("colour",)),
        Term(id="ruby", labels={"en": "Ruby"}, broader=("red",)),
        Term(id="stone", labels={"en": "Ruby"}),
        Term(id="rouge", labels={"en": "Rouge"}, deprecated=True, replaced_by="red"),
        Term(id="wood", labels={"en": "Wood"}),
    ),
)


KNOWN = {"colours": COLOURS}


def fields(**values: Any) -> dict[str, FieldValue]:
    return {name: FieldValue(value=value, source=Origin.XMP) for name, value in values.items()}


def found(
    held: dict[str, FieldValue] | None = None,
    *,
    of: Inspection | None = None,
    media: MediaRule | None = None,
    **rules: Rule,
) -> list[tuple[str, str]]:
    asked = {name.replace("__", "."): rule for name, rule in rules.items()}
    template = Template(name="swatch", media=media or MediaRule(), fields=asked)
    return [(p.code, p.field) for p in validate(held or {}, of or some.inspection(), template, KNOWN)]
