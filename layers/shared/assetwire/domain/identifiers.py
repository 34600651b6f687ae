"""Evidence of the product that a master shows: from metadata fields, from file names, and how pieces of it add up.

Everything here is what somebody wrote, so nothing is certain: `docs/identifiers.md` has the table of confidences.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from assetwire.domain import gs1, gtin
from assetwire.domain.inspection import Identifier
from assetwire.domain.metadata import FieldValue

PRODUCT_IN_IMAGE = 0.9
"""A field that exists for this."""
LABELLED = 0.75
"""A text that says what its number is."""
IMAGE_GUID = 0.9
JOB_ID = 0.6
"""A field for job and tracking numbers: in retail mostly the SKU or the order's number."""
UNLABELLED = 0.4
"""A number in a text whose check digit is right, or an ASIN by its looks: one number in ten passes by chance."""
UNSOUND = 0.15
"""A text calls its number a GTIN, and the check digit is wrong: evidence of a typing error at least."""
FILE_NAME_STANDARD = 0.35
"""A file name of GS1's or Amazon's pattern."""
FILE_NAME = 0.2
"""A number in any other file name whose check digit is right."""

LONGEST_TEXT = 20_000
"""Characters of one field that are searched."""
MOST = 200
"""Pieces of evidence that one source may give."""
_TEXTS = ("keywords", "title", "description", "instructions", "headline", "alt_text", "extended_description", "source")
"""The fields in which people type numbers."""

_GAP = r"[\s.:=#_/-]{0,4}"
_GTIN_LABEL = re.compile(
    rf"(?<![a-z])(?:gtin|ean|upc|jan|isbn|issn|bar-?code)(?:[\s_-]?(?:8|10|12|13|14|[ae])(?![a-z\d]))?{_GAP}"
    rf"(?:(?:code|number|no|nr)(?![a-z]){_GAP})?(\d(?:[ -]?[\dx]){{6,16}})(?![\da-z])",
    re.IGNORECASE,
)
_SKU_LABEL = re.compile(
    r"(?<![a-z])(sku|article|artikel|art|item|style|product|mpn)[\s_-]?(?:(?:number|code|id|no|nr)(?![a-z]))?"
    r"(\s?[.:=#]+\s?|\s)([a-z0-9][a-z0-9._/-]{1,39})",
    re.IGNORECASE,
)
_ASIN_LABEL = re.compile(r"(?<![a-z])asin[\s:=#_-]{1,3}(B[0-9A-Z]{9}|\d{9}[\dX])(?![0-9a-z])", re.IGNORECASE)
_ASIN = re.compile(r"(?<![0-9A-Za-z])B0(?=[0-9A-Z]*\d)[0-9A-Z]{8}(?![0-9A-Za-z])")
_URI = re.compile(r"https?://[^\s<>\"]{4,500}", re.IGNORECASE)
_BRACKETS = re.compile(r"(?:\(\d{2,4}\)[!-'*-z]{1,90}){1,10}")
_DIGITS = re.compile(r"(?<![\d.,])\d{8,14}(?![\d.,]\d|\d)")

_GS1_NAME = re.compile(r"(\d{14}|\d{13}|\d{12}|\d{8})_([A-Z])(\d)([CLRN])([0-9A-Z])(?:_[0-9A-Za-z_-]{1,40})?")
"""GTIN, type of image, face, angle, state; language and number may follow. GS1 Product Image Specification 4.4."""
_AMAZON_NAME = re.compile(r"(B[0-9A-Z]{9}|\d{9}[\dX]|\d{8}|\d{12,14})\.([A-Z]{4}|[A-Z]{2}\d{2})")
_AMAZON_VARIANTS = re.compile(
    r"MAIN|SWCH|FACT|INGR|TOPP|BOTT|LEFT|RGHT|FRNT|BACK|SIDE|PAIR|EEGL|DTLS|(?:PT|IN|PS|TT|EE|PK)\d\d", re.ASCII
)
_NAME_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d{8,14}(?![0-9A-Za-z])")

_FAMILIES = {"xmp": "embedded", "iptc": "embedded", "exif": "embedded", "container": "embedded"}
"""Copies of one text in several formats are one witness: writers keep them alike."""
_EVIDENCE = {"10": "gs1_batch", "21": "gs1_serial", "22": "gs1_variant", "240": "gs1_item", "241": "gs1_customer_part"}
"""Application identifier → kind of what stands beside a GTIN."""


def of_number(number: str, *, source: str, where: str, confidence: float) -> Identifier | None:
    """Return a number with a right check digit as what GS1 gave it for; None if nobody was given it."""
    use = gtin.use(number)
    if use is None or use is gtin.Use.UNASSIGNED:
        return None
    return Identifier(
        kind=use.value, value=number, source=source, where=where, confidence=confidence, gtin=gtin.gtin14(number)
    )


def of_elements(elements: Mapping[str, str], *, source: str, where: str, confidence: float) -> tuple[Identifier, ...]:
    """Return what GS1 element strings say of a product; prices, weights and dates are left out on purpose."""
    found: list[Identifier | None] = []

    def add(kind: str, identifier: str, normal: str | None = None) -> None:
        place = f"{where} ({identifier})".strip()
        found.append(
            Identifier(
                kind=kind, value=elements[identifier], source=source, where=place, confidence=confidence, gtin=normal
            )
        )

    for identifier in ("01", "8006"):
        if identifier in elements:
            number = elements[identifier][:14]
            place = f"{where} ({identifier})".strip()
            found.append(of_number(number, source=source, where=place, confidence=confidence))
    if "02" in elements:
        add("gs1_content", "02", gtin.gtin14(elements["02"]))
    if "00" in elements:
        add("gs1_sscc", "00")
    if "01" in elements or "8006" in elements:
        for identifier, kind in _EVIDENCE.items():
            if identifier in elements:
                add(kind, identifier)
    return tuple(each for each in found if each is not None)


def of_fields(fields: Mapping[str, FieldValue]) -> tuple[Identifier, ...]:
    """Return the evidence in metadata fields, each with the field in `where`; odd shapes are passed over."""
    found: list[Identifier] = []
    if "product_in_image" in fields:
        found += _of_products(fields["product_in_image"])
    for name, kind, confidence in (
        ("job_id", "job_id", JOB_ID),
        ("digital_image_guid", "image_guid", IMAGE_GUID),
        ("image_supplier_image_id", "supplier_image_id", IMAGE_GUID),
    ):
        value = _clean(fields[name].value) if name in fields else ""
        if value:
            source = fields[name].source.value
            found.append(Identifier(kind=kind, value=value, source=source, where=name, confidence=confidence))
            if name == "job_id":
                found += _of_text(value, source, name, labelled=JOB_ID)
    for name in _TEXTS:
        if name in fields:
            for text in _texts(fields[name].value):
                found += _of_text(text, fields[name].source.value, name)
    return _distinct(found)


def of_file_name(name: str) -> tuple[Identifier, ...]:
    """Return the evidence in a file's name: GS1's pattern, Amazon's, or any number with a right check digit."""
    base = PurePosixPath(name.replace("\\", "/")).name[:255]
    stem = base.rpartition(".")[0] or base
    if match := _GS1_NAME.fullmatch(stem.upper()):
        where = f"gs1 type={match[2]} face={match[3]} angle={match[4]} state={match[5]}"
        number = of_number(match[1], source="filename", where=where, confidence=FILE_NAME_STANDARD)
        return (number,) if number else ()
    if found := _amazon(stem.upper()):
        return found
    numbers = (
        of_number(match.group(), source="filename", where="number", confidence=FILE_NAME)
        for match in _NAME_DIGITS.finditer(stem.replace("_", " "))
    )
    asins = (
        Identifier(kind="asin", value=match.group(), source="filename", where="asin", confidence=FILE_NAME)
        for match in _ASIN.finditer(stem.replace("_", " "))
    )
    return _distinct(each for each in (*numbers, *asins) if each is not None)


def combined(*groups: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Weigh all evidence of one master together; what is surest comes first.

    Independent witnesses that say the same raise each other: 1 - Π(1 - confidence), 0.99 at the most. Where two
    witnesses name products and not one in common, the weaker counts half and the stronger loses a fifth. Several
    products of one witness are no contradiction, nor are a case and the item in it.
    """
    every = _distinct(identifier for group in groups for identifier in group)
    strongest: dict[str, dict[str, float]] = {}
    for each in every:
        witnesses = strongest.setdefault(_what(each), {})
        witnesses[family_of(each)] = max(witnesses.get(family_of(each), 0.0), each.confidence)
    contradicted = _contradicted(every)
    weighed = []
    for each in every:
        doubt = 1.0
        for confidence in strongest[_what(each)].values():
            doubt *= 1 - confidence
        raised = min(1 - doubt, 0.99) if len(strongest[_what(each)]) > 1 else each.confidence
        factor = contradicted.get((family_of(each), _subject(each)), 1.0) if _agreed_by_one(strongest, each) else 1.0
        weighed.append(each.model_copy(update={"confidence": round(max(raised, each.confidence) * factor, 4)}))
    return tuple(sorted(weighed, key=lambda each: -each.confidence))


def _agreed_by_one(strongest: Mapping[str, Mapping[str, float]], each: Identifier) -> bool:
    return len(strongest[_what(each)]) == 1


def _contradicted(every: Iterable[Identifier]) -> dict[tuple[str, str], float]:
    """Return (witness, subject) → factor for witnesses that another one contradicts."""
    named: dict[str, dict[str, dict[str, float]]] = {}
    for each in every:
        if subject := _subject(each):
            item = _item(each)
            said = named.setdefault(subject, {}).setdefault(family_of(each), {})
            said[item] = max(said.get(item, 0.0), each.confidence)
    factors: dict[tuple[str, str], float] = {}
    for subject, witnesses in named.items():
        for witness, said in witnesses.items():
            for other, others in witnesses.items():
                if witness != other and not said.keys() & others.keys():
                    weaker = max(said.values()) <= max(others.values())
                    key = (witness, subject)
                    factors[key] = min(factors.get(key, 1.0), 0.5 if weaker else 0.8)
    return factors


def is_in_passing(each: Identifier) -> bool:
    """Tell whether a text mentions it, in a field that does not exist to list products."""
    return each.where.partition(" ")[0] in {*_TEXTS, "job_id"}


def _subject(each: Identifier) -> str:
    """Return what witnesses can contradict each other about; empty for what a product may have many of."""
    if each.gtin and each.kind != "gs1_content":
        return "gtin"
    return each.kind if each.kind in {"sku", "asin"} else ""


def _item(each: Identifier) -> str:
    # The first digit of a GTIN-14 says only whether it is the item or a case of it, the last is the check digit.
    return each.gtin[1:13] if each.gtin else each.value.casefold()


def _what(each: Identifier) -> str:
    return f"gtin {each.gtin}" if each.gtin else f"{each.kind} {each.value.casefold()}"


def family_of(each: Identifier) -> str:
    """Return the witness that says it: copies of one text in several formats are one."""
    return _FAMILIES.get(each.source, each.source)


def _distinct(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Keep the surest of what one source says twice in one kind, and `MOST` at the most."""
    kept: dict[tuple[str, str, str], Identifier] = {}
    for each in found:
        key = (each.kind, each.value, each.source)
        if key not in kept or kept[key].confidence < each.confidence:
            kept[key] = each
        if len(kept) >= MOST:
            break
    return tuple(kept.values())


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings of a text, a lang-alt or a list."""
    if isinstance(value, str):
        yield value[:LONGEST_TEXT]
    elif isinstance(value, Mapping):
        yield from (text[:LONGEST_TEXT] for text in value.values() if isinstance(text, str))
    elif isinstance(value, list | tuple):
        yield from (text[:LONGEST_TEXT] for text in value[:1000] if isinstance(text, str))


def _clean(value: Any) -> str:
    """Return a text without what no record can hold: lone surrogates, control characters; empty for other values."""
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value[:LONGEST_TEXT] if letter.isprintable()).strip()[:200]


def _of_products(field: FieldValue) -> Iterator[Identifier]:
    products = field.value if isinstance(field.value, list | tuple) else [field.value]
    for number, product in enumerate(products[:MOST]):
        if not isinstance(product, Mapping):
            continue
        for name, value in product.items():
            member = re.sub(r"[^a-z]", "", str(name).rpartition(":")[2].lower()).removeprefix("product")
            for text in _texts(value):
                where, source = f"product_in_image[{number}].{member}", field.source.value
                if member == "gtin" and _clean(text):
                    yield _stated_gtin(text[:40], source, where, PRODUCT_IN_IMAGE)
                elif member in {"id", "identifier"} and (value_ := _clean(text)):
                    yield Identifier(
                        kind="sku", value=value_, source=source, where=where, confidence=PRODUCT_IN_IMAGE - 0.05
                    )
                    if same := of_number(value_, source=source, where=where, confidence=LABELLED):
                        yield same


def _stated_gtin(text: str, source: str, where: str, confidence: float) -> Identifier:
    """Return a number that is said to be a GTIN, whatever its check digit says."""
    number = re.sub(r"[\s-]", "", _clean(text))
    if isbn := gtin.isbn13(number):
        return Identifier(
            kind="isbn", value=number, source=source, where=where, confidence=confidence, gtin=gtin.gtin14(isbn)
        )
    if len(number) == 8 and (expanded := gtin.expand_upc_e(number)) and not gtin.is_sound(number):
        return Identifier(
            kind="gtin", value=number, source=source, where=where, confidence=confidence, gtin=gtin.gtin14(expanded)
        )
    return of_number(number, source=source, where=where, confidence=confidence) or Identifier(
        kind="gtin", value=number, source=source, where=where, confidence=UNSOUND
    )


def _of_text(text: str, source: str, where: str, labelled: float = LABELLED) -> Iterator[Identifier]:
    for match in _GTIN_LABEL.finditer(text):
        yield _stated_gtin(match[1], source, where, labelled)
    for match in _SKU_LABEL.finditer(text):
        label, separator, value = match[1].lower(), match[2], match[3].rstrip(".-/")
        # Without a sign between them only a number can be meant: "product photography" is none.
        if any(letter.isdigit() for letter in value) and (separator.strip() or label in {"sku", "mpn"}):
            kind = "mpn" if label == "mpn" else "sku"
            yield Identifier(kind=kind, value=value, source=source, where=where, confidence=LABELLED)
    for match in _ASIN_LABEL.finditer(text):
        yield _asin(match[1].upper(), source, where, labelled)
    for match in _ASIN.finditer(text):
        yield _asin(match.group(), source, where, UNLABELLED)
    for match in (*_URI.finditer(text), *_BRACKETS.finditer(text)):
        yield from of_elements(gs1.elements(match.group()), source=source, where=where, confidence=labelled)
    for match in _DIGITS.finditer(text):
        if number := of_number(match.group(), source=source, where=where, confidence=UNLABELLED):
            yield number


def _asin(value: str, source: str, where: str, confidence: float) -> Identifier:
    isbn = gtin.isbn13(value)
    normal = gtin.gtin14(isbn) if isbn else None
    return Identifier(kind="asin", value=value, source=source, where=where, confidence=confidence, gtin=normal)


def _amazon(stem: str) -> tuple[Identifier, ...]:
    match = _AMAZON_NAME.fullmatch(stem)
    if match is None or not _AMAZON_VARIANTS.fullmatch(match[2]):
        return ()
    where = f"amazon variant={match[2]}"
    if len(match[1]) == 10 and (match[1].startswith("B") or gtin.isbn13(match[1])):
        return (_asin(match[1], "filename", where, FILE_NAME_STANDARD),)
    number = of_number(match[1], source="filename", where=where, confidence=FILE_NAME_STANDARD)
    return (number,) if number else ()
