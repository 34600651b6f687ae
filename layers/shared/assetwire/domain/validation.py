"""Validation: what a template finds wrong with an asset, and what of its metadata others may see.

Pure and total: whatever the fields hold, the answer is a list of problems, in the same order every time. Each check
stands alone, so that one more rule never takes a problem away.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from assetwire.domain.inspection import Inspection, Problem
from assetwire.domain.metadata import FIELDS, FieldValue
from assetwire.domain.money import labelled_amount, money_word
from assetwire.domain.shapes import DEEPEST, is_empty, member_names, of_format, of_type, texts
from assetwire.domain.template import MOST_MATCHED, TECHNICAL, MediaRule, Place, Rule, Template, TermRule, matches
from assetwire.domain.vocabulary import Vocabulary

CODES: Mapping[str, str] = MappingProxyType(
    {
        "unknown_category": "there is no template of the asset's category",
        "required": "a required field is missing or empty",
        "required_locale": "a field has no text in a language that it must have",
        "unknown_field": "no field has this name",
        "forbidden_field": "a price, cost or margin stands in the metadata: it belongs to the PIM",
        "wrong_type": "the value is not of the field's shape, or a number beyond ± 2⁵³",
        "wrong_format": "the text is no date, URI, number, GTIN or language tag, as the rule's `type` asks",
        "pattern_mismatch": "the text does not match the pattern",
        "too_short": "the text has fewer characters than the rule asks",
        "too_long": "the text has more characters than the rule allows",
        "too_few_items": "the list has fewer items than the rule asks",
        "too_many_items": "the list has more items than the rule allows",
        "below_minimum": "the number is less than the rule asks, or is none",
        "above_maximum": "the number is more than the rule allows, or is none",
        "unknown_term": "the text is no term of the vocabulary",
        "ambiguous_term": "the text is the name of several terms: say which by id",
        "deprecated_term": "the term is not to be used any more; the message names its successor",
        "term_not_below": "the term is not below the broader term that the rule asks for",
        "unknown_vocabulary": "the template names a vocabulary that does not exist: nothing can be checked against it",
        "wrong_kind": "files of this kind are not for this category",
        "wrong_media_type": "files of this media type are not for this category",
        "wrong_colour_space": "the picture's colour space is not for this category",
        "resolution_too_low": "the picture has fewer pixels than the rule asks, or nobody knows how many",
    }
)
"""Every code of a problem that validation finds."""

_MOST_PROBLEMS = 50
"""Problems of one code in one place at the most: the first ones say enough."""


def validate(
    fields: Mapping[str, FieldValue],
    inspection: Inspection,
    template: Template,
    vocabularies: Mapping[str, Vocabulary],
) -> tuple[Problem, ...]:
    """Return everything that a template finds wrong with an asset's file and metadata; nothing if it is accepted.

    Whatever the template asks, fields hold their own shape, have a known name, and hold no money.
    """
    found = list(_file_problems(inspection, template.media))
    for name, field in sorted(fields.items()):
        found.extend(_own_problems(name, field.value))
    for name, rule in sorted(template.fields.items()):
        found.extend(_rule_problems(name, _values(name, fields, inspection), rule, vocabularies))
    return tuple(dict.fromkeys(found))


def no_template(category: str) -> Problem:
    """Return what is wrong with an asset whose category nothing judges."""
    return _problem("unknown_category", "category", f"there is no template {category!r}")


def forbidden_field(name: str) -> str | None:
    """Return the word of money in a field's name, in any casing, with any separator; None if there is none."""
    return money_word(name)


def outbound(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return what others may see of an asset's fields: those on the allow-list, without anything that names a price.

    A part that names one is left out with its name: the item of a list, the member of a structure, the text of a
    language.
    """
    shown = {}
    for name, field in fields.items():
        if name in FIELDS and FIELDS[name].public and money_word(name) is None:
            value = _without_money(field.value)
            if value is not None:
                shown[name] = FieldValue(value=value, source=field.source)
    return shown


# --- the file ---


def _file_problems(inspection: Inspection, rule: MediaRule) -> Iterator[Problem]:
    width, height = inspection.width, inspection.height
    edge = None if width is None or height is None else max(width, height)
    if rule.kinds and inspection.kind not in rule.kinds:
        yield _problem("wrong_kind", "kind", f"{inspection.kind or 'unknown'} is none of {_listed(rule.kinds)}")
    if rule.media_types and inspection.media_type not in rule.media_types:
        message = f"{inspection.media_type or 'unknown'} is none of {_listed(rule.media_types)}"
        yield _problem("wrong_media_type", "media_type", message)
    space = str(inspection.metadata.technical.get("colour_space", "unknown"))[:40]
    if rule.colour_spaces and space.casefold() not in {known.casefold() for known in rule.colour_spaces}:
        message = f"{space} is none of {_listed(rule.colour_spaces)}"
        yield _problem("wrong_colour_space", "technical.colour_space", message)
    for name, has, asked, what in (
        ("width", width, rule.min_width, "wide"),
        ("height", height, rule.min_height, "high"),
        ("longest_edge", edge, rule.min_longest_edge, "along the longest edge"),
    ):
        if asked is not None and (has is None or has < asked):
            size = "unknown" if has is None else f"{has} pixels"
            yield _problem("resolution_too_low", name, f"{size} {what}: at least {asked} are asked")


# --- every field, whatever the template asks ---


def _own_problems(name: str, value: Any) -> Iterator[Problem]:
    if money_word(name) is None:
        if name not in FIELDS:
            yield _problem("unknown_field", name, "no field has this name")
        elif not of_type(value, FIELDS[name].type):
            yield _problem("wrong_type", name, f"the value is not of the shape {FIELDS[name].type.value}")
    yield from _capped(money_in(name, value))


def money_in(name: str, value: Any) -> Iterator[Problem]:
    """Return where a field names money: by its own name, by members of its structures, by labels of amounts."""
    named = ((place, money_word(word)) for place, word in ((name, name), *member_names(value, name)))
    labelled = ((f"{name}.{where}" if where else name, labelled_amount(text)) for where, text in texts(value))
    for place, word in chain(named, labelled):
        if word is not None:
            yield _problem("forbidden_field", place, f"{word!r} names money, which has no place in metadata")


def _without_money(value: Any, levels: int = DEEPEST) -> Any:
    """Return a value without its parts that name money; None where nothing is left."""
    if isinstance(value, str):
        return None if labelled_amount(value) else value
    if not isinstance(value, Mapping | list | tuple):
        return value
    if not levels:
        return None
    if isinstance(value, Mapping):
        named = {name: member for name, member in value.items() if money_word(str(name)) is None}
        members = {name: _without_money(member, levels - 1) for name, member in named.items()}
        return {name: member for name, member in members.items() if member is not None} or None
    items = [_without_money(item, levels - 1) for item in value]
    return [item for item in items if item is not None] or None


# --- what a rule asks ---


def _values(name: str, fields: Mapping[str, FieldValue], inspection: Inspection) -> list[Any]:
    """Return what stands in a rule's place: nothing, one value, or the member of each structure."""
    place = Place.of(name)
    if place.field == TECHNICAL:
        facts = inspection.metadata.technical
        return [facts[place.member]] if place.member in facts else []
    if place.field not in fields:
        return []
    value = fields[place.field].value
    if place.member is None:
        return [value]
    wanted = _member(place.member)
    structures = value if isinstance(value, list | tuple) else ()
    return [
        next((held for key, held in structure.items() if _member(str(key)) == wanted), None)
        for structure in structures
        if isinstance(structure, Mapping)
    ]


def _member(name: str) -> str:
    return name.rpartition(":")[2].replace("_", "").casefold()


def _rule_problems(
    name: str, values: list[Any], rule: Rule, vocabularies: Mapping[str, Vocabulary]
) -> Iterator[Problem]:
    if rule.required and (not values or any(is_empty(value) for value in values)):
        yield _problem("required", name, "the field is required")
    held = [value for value in values if not is_empty(value)]
    for locale in rule.locales:
        if not any(speaks(value, locale) for value in held):
            yield _problem("required_locale", f"{name}.{locale}", f"the field has no text in {locale!r}")
    for value in held:
        yield from _size_problems(name, value, rule)
    yield from _capped(_text_problems(name, held, rule))
    if rule.vocabulary is None:
        return
    vocabulary = vocabularies.get(rule.vocabulary.name)
    if vocabulary is None:
        message = f"there is no vocabulary {rule.vocabulary.name!r}"
        yield _problem("unknown_vocabulary", name, message)
        return
    yield from _capped(
        problem
        for value in held
        for where, text in texts(value)
        for problem in _term_problems(
            name,
            where,
            text,
            rule.vocabulary,
            vocabulary=vocabulary,
            locale=where if isinstance(value, Mapping) else None,
        )
    )


def _size_problems(name: str, value: Any, rule: Rule) -> Iterator[Problem]:
    if isinstance(value, list | tuple):
        if rule.min_items is not None and len(value) < rule.min_items:
            yield _problem("too_few_items", name, f"{len(value)} items: at least {rule.min_items} are asked")
        if rule.max_items is not None and len(value) > rule.max_items:
            yield _problem("too_many_items", name, f"{len(value)} items: at most {rule.max_items} are allowed")
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if rule.minimum is not None and (number is None or not number >= rule.minimum):
        yield _problem("below_minimum", name, f"less than {rule.minimum:g}")
    if rule.maximum is not None and (number is None or not number <= rule.maximum):
        yield _problem("above_maximum", name, f"more than {rule.maximum:g}")


def _text_problems(name: str, values: list[Any], rule: Rule) -> Iterator[Problem]:
    tried = 0
    for where, text in (found for value in values for found in texts(value)):
        place = f"{name}.{where}" if where else name
        if rule.type is not None and not of_format(text, rule.type.value):
            yield _problem("wrong_format", place, f"the text is no {rule.type.value}")
        if rule.pattern is not None:
            tried += len(text)
            if tried > MOST_MATCHED or not matches(rule.pattern, text):
                yield _problem("pattern_mismatch", place, f"the text does not match {rule.pattern}")
        if rule.min_length is not None and len(text) < rule.min_length:
            yield _problem("too_short", place, f"{len(text)} characters: at least {rule.min_length} are asked")
        if rule.max_length is not None and len(text) > rule.max_length:
            yield _problem("too_long", place, f"{len(text)} characters: at most {rule.max_length} are allowed")


def _term_problems(
    name: str, where: str, text: str, rule: TermRule, *, vocabulary: Vocabulary, locale: str | None
) -> Iterator[Problem]:
    place = f"{name}.{where}" if where else name
    term, candidates = vocabulary.resolve(text, locale)
    if rule.strict:
        term, candidates = vocabulary.code(text), ()
    public = FIELDS[Place.of(name).field].public if Place.of(name).field in FIELDS else True
    said = f"'{text[:60]}'" if public else "the text"
    if candidates:
        message = f"{said} is the name of several terms of {vocabulary.name}: {', '.join(candidates[:10])}"
        yield _problem("ambiguous_term", place, message)
    elif term is None:
        yield _problem("unknown_term", place, f"{said} is no term of {vocabulary.name}")
    if term is None:
        return
    if term.deprecated:
        instead = f": use {term.replaced_by}" if term.replaced_by else ""
        yield _problem("deprecated_term", place, f"{term.id} is not to be used any more{instead}")
    if rule.broader is not None and not vocabulary.is_below(term.id, rule.broader):
        yield _problem("term_not_below", place, f"{term.id} is not below {rule.broader}")


def speaks(value: Any, locale: str) -> bool:
    """Tell whether a text in several languages has one in this language: `de` is there if `de` or `de-AT` is."""
    if not isinstance(value, Mapping):
        return False
    wanted = locale.casefold()
    return any(
        str(tag).casefold() == wanted or str(tag).casefold().startswith(f"{wanted}-")
        for tag, text in value.items()
        if not is_empty(text)
    )


def _capped(problems: Iterable[Problem]) -> Iterator[Problem]:
    counts = Counter[str]()
    for problem in problems:
        counts[problem.code] += 1
        if counts[problem.code] <= _MOST_PROBLEMS:
            yield problem


def _problem(code: str, field: str, message: str) -> Problem:
    return Problem(code=code, field=_printable(field)[:200], message=_printable(message)[:1000])


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(str(value) for value in values)
