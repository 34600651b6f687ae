"""What is said of a picture of a product in one language: alt text, caption, credit; and where each comes from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from assetwire.domain.alt_text_templates import template_in
from assetwire.domain.link import LinkRole
from assetwire.domain.locales import ANY_LANGUAGE, said_in
from assetwire.domain.metadata import FieldValue
from assetwire.domain.product import Product, ProductTexts


class AltText(NamedTuple):
    """A text alternative, which is never empty, and where it comes from."""

    text: str
    source: str
    """`product`: PIM wrote it; `embedded`: the file says it; `template`: made of the product's name and attributes;
    `sku`: it has no name in the language."""


def alt_text_of(
    product: Product, fields: Mapping[str, FieldValue], *, role: LinkRole, number: int, locale: str
) -> AltText:
    """Return the text alternative of a role's `number`th picture: PIM's, else the file's, else one by a template.

    PIM writes one text a product, which is said of its hero alone: the same words at each picture tell nobody anything.
    """
    texts, template = _texts_in(product, locale), template_in(locale)
    if role is LinkRole.HERO and texts.alt_text:
        return AltText(texts.alt_text, "product")
    if embedded := said_by(fields, "alt_text", locale):
        return AltText(embedded, "embedded")
    is_first = role is LinkRole.HERO and number == 1
    called = {} if is_first else {"role": template.roles.get(role, ""), "number": str(number)}
    if texts.alt_text:
        words = " ".join(word for word in called.values() if word)
        return AltText(f"{texts.alt_text} ({words})" if words else texts.alt_text, "product")
    if not texts.name:
        return AltText(product.sku, "sku")
    known = product.facts.attributes | texts.attributes
    made = template.made({**known, "name": texts.name, "sku": product.sku, "role": "", "number": "", **called})
    return AltText(made or texts.name, "template")


def unsaid_locales(product: Product, fields: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """Return the locales, sorted, in which a product has a name and neither PIM nor a picture's file an alt text."""
    named = sorted(locale for locale, texts in product.facts.texts.items() if texts.name)
    said = {locale: _texts_in(product, locale).alt_text or said_by(fields, "alt_text", locale) for locale in named}
    return tuple(locale for locale in named if not said[locale])


def caption_of(product: Product, fields: Mapping[str, FieldValue], *, role: LinkRole, locale: str) -> str:
    """Return a picture's caption: of the hero what PIM says, else what the file says; empty if nobody does."""
    texts = _texts_in(product, locale)
    if role is LinkRole.HERO and texts.caption:
        return texts.caption
    return said_by(fields, "description", locale)


def said_by(fields: Mapping[str, FieldValue], name: str, locale: str) -> str:
    """Return what a field says in a language: a text by language, a list, or a plain one; empty if nothing."""
    value: Any = fields[name].value if name in fields else None
    match value:
        case str():
            return value.strip()
        case dict():
            texts = {tag: text for tag, text in value.items() if isinstance(text, str)}
            return (said_in(texts, locale) or texts.get(ANY_LANGUAGE, "")).strip()
        case list() | tuple():
            return ", ".join(text for text in value if isinstance(text, str))
        case _:
            return ""


def _texts_in(product: Product, locale: str) -> ProductTexts:
    """Return what PIM says in a language: what is not said under its own tag, as it is under the next wider one."""
    found: dict[str, Any] = {}
    for name in ProductTexts.model_fields:
        said = {tag: getattr(texts, name) for tag, texts in product.facts.texts.items() if getattr(texts, name)}
        if said and (text := said_in(said, locale)):
            found[name] = text
    return ProductTexts.model_construct(**{"attributes": {}} | found)
