"""What is said of a picture of a product in one language: alt text, caption, credit; and where each comes from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from assetwire.domain.link import LinkRole
from assetwire.domain.locales import ANY_LANGUAGE, said_in
from assetwire.domain.metadata import FieldValue
from assetwire.domain.product import Product, ProductTexts

_NO_TEXTS = ProductTexts()


class AltText(NamedTuple):
    """A text alternative, which is never empty, and where it comes from."""

    text: str
    source: str
    """`product`: PIM wrote it; `embedded`: the file says it; `name`, `sku`: made of what the product is called."""


def alt_text_of(
    product: Product, fields: Mapping[str, FieldValue], *, role: LinkRole, number: int, locale: str
) -> AltText:
    """Return the text alternative of a role's `number`th picture: PIM's, else the file's, else one made of the name.

    PIM writes one text a product, which is said of its hero alone: the same words at each picture tell nobody anything.
    """
    texts = said_in(product.facts.texts, locale) or _NO_TEXTS
    if role is LinkRole.HERO and texts.alt_text:
        return AltText(texts.alt_text, "product")
    if embedded := said_by(fields, "alt_text", locale):
        return AltText(embedded, "embedded")
    if texts.alt_text:
        return AltText(_numbered(texts.alt_text, role, number), "product")
    return AltText(_numbered(texts.name, role, number), "name") if texts.name else AltText(product.sku, "sku")


def caption_of(product: Product, fields: Mapping[str, FieldValue], *, role: LinkRole, locale: str) -> str:
    """Return a picture's caption: of the hero what PIM says, else what the file says; empty if nobody does."""
    texts = said_in(product.facts.texts, locale) or _NO_TEXTS
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


def _numbered(text: str, role: LinkRole, number: int) -> str:
    return text if role is LinkRole.HERO and number == 1 else f"{text} ({role.value} {number})"
