"""Akeneo's products and product models, as its API and its events write them alike, as changes of products.

Source: Akeneo's API documentation, "Concepts and resources", products and product models: values by attribute, each
with locale, scope and data.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assetwire.domain.akeneo_mapping import IDENTIFIER, AkeneoMapping
from assetwire.domain.attributes import AttributeText
from assetwire.domain.errors import Misconfigured, NotUnderstood
from assetwire.domain.gtin import gtin14
from assetwire.domain.locales import Locale
from assetwire.domain.model import Instant
from assetwire.domain.product import MOST_ALIASES, MOST_GTINS, MOST_LOCALES, ProductFacts, ProductStatus, Text
from assetwire.domain.product_change import ProductChange
from assetwire.domain.product_feed import MOST_AHEAD, MOST_LEFT_OUT, LeftOut, Told
from assetwire.domain.sku import Sku

PRICES = "pim_catalog_price_collection"
"""Akeneo's type of attributes that hold prices."""
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_CHECKS: dict[str, TypeAdapter[Any]] = {
    "text": TypeAdapter(Text),
    "attribute": TypeAdapter(AttributeText),
    "locale": TypeAdapter(Locale),
    "sku": TypeAdapter(Sku),
    "instant": TypeAdapter(Instant),
}
Resource = Mapping[str, Any]


class Kind(StrEnum):
    """What Akeneo has: products, of which variants are some, and the models that variants have in common."""

    PRODUCT = "product"
    MODEL = "product_model"


def change_of(
    resource: Resource, *, kind: Kind, mapping: AkeneoMapping, source: str, seen_at: datetime
) -> ProductChange | None:
    """Return what is said of a product or a product model; None of a product that has no SKU yet.

    What cannot be taken of it is left out, and told: the rest counts.

    Raises:
        NotUnderstood: it has no shape of Akeneo's, or its SKU can be none here (`invalid_sku`).
        Misconfigured: the mapping names an attribute of prices (`price_mapped`).
    """
    values = resource.get("values") or {}
    if not isinstance(values, dict):
        raise NotUnderstood("the values of a product are no object")
    read = _Reader(values, mapping)
    sku = read.sku(resource, kind)
    if sku is None:
        return None
    facts = ProductFacts(
        status=ProductStatus.UNPUBLISHED if resource.get("enabled") is False else ProductStatus.PUBLISHED,
        texts=read.texts(),
        gtins=read.gtins(),
        aliases=read.aliases(),
        parent=read.parent(resource.get("parent"), sku),
        attributes=read.attributes(),
    )
    told = Told(
        source=source,
        ref=ref_of(resource, kind),
        changed_at=moment_of(resource.get("updated"), "updated"),
        seen_at=seen_at,
        left_out=tuple(read.left_out[:MOST_LEFT_OUT]),
    )
    return ProductChange(sku, facts, told)


def timely(change: ProductChange | None, *, now: datetime) -> ProductChange | None:
    """Return a change that happened.

    Raises:
        NotUnderstood: it is of a moment yet to come (`in_future`): nothing that is told till then would count.
    """
    if change is not None and change.told.is_ahead_of(now):
        raise NotUnderstood(f"{change.sku} changed more than {MOST_AHEAD} ahead of {now}", code="in_future")
    return change


def removal_of(resource: Resource, *, kind: Kind, source: str, at: datetime) -> ProductChange | None:
    """Return that a product or model is there no more; None of a product that had no SKU.

    Raises:
        NotUnderstood: its SKU can be none here (`invalid_sku`).
    """
    name = resource.get("code" if kind is Kind.MODEL else IDENTIFIER)
    if name is None:
        return None
    return ProductChange(_sku(name), None, Told(source=source, ref=ref_of(resource, kind), changed_at=at, seen_at=at))


def ref_of(resource: Resource, kind: Kind) -> str:
    """Return what Akeneo calls it: a product by its UUID, which older versions do not tell; a model by its code."""
    name = resource.get("code") if kind is Kind.MODEL else resource.get("uuid") or resource.get(IDENTIFIER)
    return f"{kind}:{name}"[:200]


def sku_of(resource: Resource, *, kind: Kind, mapping: AkeneoMapping) -> str | None:
    """Return the SKU of what the rest cannot be read of; None if it has none that can be one here."""
    values = resource.get("values")
    try:
        return _Reader(values if isinstance(values, dict) else {}, mapping).sku(resource, kind)
    except NotUnderstood:
        return None


def moment_of(said: object, field: str) -> datetime:
    """Return a moment as Akeneo writes it, ISO 8601 with its offset.

    Raises:
        NotUnderstood: it is none.
    """
    try:
        return _CHECKS["instant"].validate_python(said)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise NotUnderstood(f"{field} is {ascii(said)[:64]}: a moment with its offset is needed") from error


class _Reader:
    """Reads one product's values by a mapping, and keeps what could not be taken."""

    def __init__(self, values: dict[str, Any], mapping: AkeneoMapping) -> None:
        self._values, self._mapping = values, mapping
        self.left_out: list[LeftOut] = []

    def sku(self, resource: Resource, kind: Kind) -> str | None:
        if kind is Kind.MODEL:
            return _sku(resource.get("code"))
        if self._mapping.sku == IDENTIFIER:
            name = resource.get(IDENTIFIER)
        else:
            name = next((value.get("data") for value in self._of(self._mapping.sku)), None)
        return None if name in {None, ""} else _sku(name)

    def texts(self) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {}
        for field, codes in self._mapping.texts.model_dump().items():
            for locale, text in self._by_locale(codes):
                found.setdefault(locale, {}).setdefault(field, text)
        for name, codes in self._mapping.attributes.items():
            for locale, label in self._labels(codes):
                found.setdefault(locale, {}).setdefault("attributes", {}).setdefault(name, label)
        return dict(sorted(found.items())[:MOST_LOCALES])

    def gtins(self) -> tuple[str, ...]:
        numbers = [each for code in self._mapping.gtins for each in self._strings(code)]
        sound = {number: gtin14(number) for _, number in numbers}
        self._leave_out((c, "no_gtin", n) for c, n in numbers if sound[n] is None)
        return tuple(sorted({n for n in sound.values() if n is not None}))[:MOST_GTINS]

    def aliases(self) -> tuple[str, ...]:
        names = [each for code in self._mapping.aliases for each in self._strings(code)]
        return tuple(dict.fromkeys(n for c, n in names if self._takes("sku", n, c, "invalid_sku")))[:MOST_ALIASES]

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, codes in self._mapping.attributes.items():
            said = (each for code in codes for each in self._strings(code))
            value = next((v for c, v in said if self._takes("attribute", v, c, "invalid_attribute")), None)
            if value is not None:
                found[name] = value
        return found

    def parent(self, code: object, sku: str) -> str | None:
        if code in {None, "", sku} or not self._takes("sku", code, "parent", "invalid_sku"):
            return None
        return str(code)

    def _by_locale(self, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
        for code in codes:
            for value in self._of(code):
                locale = self._locale(value.get("locale"), code)
                text = _text(value.get("data"))
                if text is None:
                    self._leave_out([(code, "wrong_type", str(value.get("data")))])
                elif locale is not None and text and self._takes("text", text, code, "invalid_text"):
                    yield locale, text

    def _labels(self, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield what an attribute's option is called in each language, where Akeneo says so."""
        for code in codes:
            for value in self._of(code):
                linked = value.get("linked_data")
                labels = linked.get("labels") if isinstance(linked, dict) else None
                for tag, label in (labels if isinstance(labels, dict) else {}).items():
                    locale = self._locale(tag, code)
                    if locale is not None and label and self._takes("attribute", label, code, "invalid_attribute"):
                        yield locale, label

    def _strings(self, code: str) -> list[tuple[str, str]]:
        found = []
        for value in self._of(code):
            text = _plain(value.get("data"))
            if text is None:
                self._leave_out([(code, "wrong_type", str(value.get("data")))])
            elif text:
                found.append((code, text))
        return found

    def _of(self, code: str) -> list[dict[str, Any]]:
        """Return an attribute's values in the mapping's channel, or in none.

        Raises:
            Misconfigured: they are prices.
        """
        said = self._values.get(code) or []
        values = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
        if any(_is_price(value) for value in values):
            raise Misconfigured(f"{code} holds prices, which have no place here: see data/akeneo", code="price_mapped")
        return [each for each in values if each.get("scope") in {None, self._mapping.channel}]

    def _locale(self, tag: object, code: str) -> str | None:
        if tag is None:
            return self._mapping.any_language
        locale = self._mapping.locales.get(str(tag)) or str(tag).replace("_", "-")
        return locale if self._takes("locale", locale, code, "unknown_locale") else None

    def _takes(self, check: str, value: object, field: str, code: str) -> bool:
        try:
            _CHECKS[check].validate_python(value)
        except ValidationError:
            self._leave_out([(field, code, str(value))])
            return False
        return True

    def _leave_out(self, found: Iterable[tuple[str, str, str]]) -> None:
        for field, code, said in found:
            told = LeftOut(field=field[:100], code=code, message=ascii(said)[:200])
            if told not in self.left_out:
                self.left_out.append(told)


def _is_price(value: dict[str, Any]) -> bool:
    """Tell a value of prices by its type, which newer versions tell, or by its shape: amounts in currencies."""
    data = value.get("data")
    parts = data if isinstance(data, list) else [data]
    return value.get("attribute_type") == PRICES or any(isinstance(part, dict) and "currency" in part for part in parts)


def _plain(data: object) -> str | None:
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, str | int | float):
        return str(data).strip()
    if isinstance(data, list) and all(isinstance(each, str) for each in data):
        return ", ".join(data)
    return "" if data is None else None


def _text(data: object) -> str | None:
    """Return a value as plain text: of rich text what a reader sees."""
    plain = _plain(data)
    if plain is None or not _TAG.search(plain):
        return plain
    reader = _Seen()
    reader.feed(plain)
    reader.close()
    return " ".join("".join(reader.seen).split())


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"a", "b", "em", "i", "span", "strong", "sub", "sup", "u"}:
            self.seen.append(" ")

    def handle_startendtag(self, _tag: str, _attributes: object) -> None:
        self.seen.append(" ")


def _sku(name: object) -> str:
    try:
        return str(_CHECKS["sku"].validate_python(name))
    except ValidationError as error:
        raise NotUnderstood(f"{str(name)[:64]!r} is no SKU", code="invalid_sku") from error
