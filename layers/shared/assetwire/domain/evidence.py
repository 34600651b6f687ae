"""Evidence of the products that an asset shows: who says so, and under which names products are looked up."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.identifiers import family_of, is_in_passing, of_fields
from assetwire.domain.inspection import Identifier
from assetwire.domain.sku import SKU

CERTAIN = 0.85
"""The confidence from which on what was said for that purpose is believed: `ProductInImage`, a barcode, a manifest."""
MOST_NAMES = 40
"""Names of products that one asset is looked up by, the surest first."""
_KINDS = frozenset({"gtin", "isbn", "issn", "sku", "mpn", "asin", "job_id"})
"""Kinds of identifiers that may name a product."""
_IN_FILE_NAME = 0.25
"""A SKU at the beginning of a file's name, as suppliers write it: nobody says that it is one."""
_ENTRY = re.compile(r"product_in_image\[\d+\]")
_SEPARATORS = re.compile(r"[_ .-]+")
_SHORTEST = 3
"""Characters of a name's beginning that is looked up: shorter ones are of anything."""
_MOST_BEGINNINGS = 6


class Witness(IntEnum):
    """Who says which product an asset shows, the weakest first."""

    FILE_NAME = 1
    BARCODE = 2
    EMBEDDED = 3
    """The metadata inside the file, or a sidecar."""
    DECLARED = 4
    """A manifest: somebody said so of this file."""


_WITNESSES = {
    "filename": Witness.FILE_NAME,
    "barcode": Witness.BARCODE,
    "manifest": Witness.DECLARED,
    "api": Witness.DECLARED,
}
"""By the source of an identifier; everything else is embedded."""


class Claim(NamedTuple):
    """A witness names a product by one of its names."""

    witness: Witness
    name: str
    """As products are looked up: `gtin:04012345123456`, `sku:s-1`."""
    confidence: float
    identifier: Identifier

    @property
    def is_certain(self) -> bool:
        """Tell whether it may be believed without a person."""
        return self.confidence >= CERTAIN and self.witness is not Witness.FILE_NAME

    @property
    def is_listed(self) -> bool:
        """Tell whether it is of a list of products: a manifest's, or `ProductInImage`."""
        listing = self.witness in {Witness.DECLARED, Witness.EMBEDDED}
        return listing and not is_in_passing(self.identifier)


def claims_of(asset: Asset) -> tuple[Claim, ...]:
    """Return what an asset's witnesses say of the products that it shows, the surest first; edits speak as its file."""
    edited = {name: field for name, field in asset.fields.items() if name in asset.edits}
    said = [*asset.inspection.identifiers, *asset.declared, *of_fields(edited), *_of_stem(asset.file_name)]
    claims = [
        Claim(_WITNESSES.get(each.source, Witness.EMBEDDED), name, each.confidence, each)
        for each in said
        for name in names_of(each)
    ]
    claims.sort(key=lambda claim: (-claim.confidence, -claim.witness, claim.name))
    kept = list(dict.fromkeys(claim.name for claim in claims))[:MOST_NAMES]
    return tuple(claim for claim in claims if claim.name in kept)


def voices_of(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Return claims by who makes them: a file and its sidecar are two, and so are its lists and its texts."""
    voices = defaultdict[tuple[Witness, str, bool], list[Claim]](list)
    for claim in claims:
        voices[claim.witness, family_of(claim.identifier), claim.is_listed].append(claim)
    return [*voices.values()]


def entries_of(claims: Iterable[Claim]) -> list[list[list[Claim]]]:
    """Return claims by the entries that they are in, and of each entry by what it is called there.

    An entry of `ProductInImage` is one product, by its GTIN and by its id. What a manifest says of a file is one entry
    too, by SKUs and by GTINs. A barcode, or a number in a text, is an entry of its own.
    """
    entries = defaultdict[tuple[str, ...], dict[tuple[str, str], list[Claim]]](dict)
    for claim in claims:
        said = claim.identifier
        listed = _ENTRY.match(said.where)
        where = (listed[0] if listed else said.where,) if claim.is_listed else ("", claim.name)
        entries[(said.source, *where)].setdefault((said.kind, said.where), []).append(claim)
    return [[*entry.values()] for entry in entries.values()]


def names_of(identifier: Identifier) -> tuple[str, ...]:
    """Return the names under which the product of an identifier is looked up; none if it names no product."""
    if identifier.kind not in _KINDS:
        return ()
    if identifier.gtin is not None:
        return (gtin_name(identifier.gtin),)
    return (sku_name(identifier.value),) if re.fullmatch(SKU, identifier.value) else ()


def gtin_name(number: str) -> str:
    """Return the name of a product by its GTIN-14."""
    return f"gtin:{number}"


def sku_name(sku: str) -> str:
    """Return the name of a product by its SKU, or by another number that its house knows it by; case does not count."""
    return f"sku:{sku.casefold()}"


def _of_stem(file_name: str) -> Iterator[Identifier]:
    """Yield the beginnings of a file's name that may be a SKU: of `S-10_front_2.jpg` also `S-10_front`, `S-10`."""
    stem = file_name.rpartition(".")[0] or file_name
    ends = [match.start() for match in _SEPARATORS.finditer(stem)]
    for end in [len(stem), *reversed(ends)][:_MOST_BEGINNINGS]:
        beginning = stem[:end]
        if len(beginning) >= _SHORTEST and any(letter.isdigit() for letter in beginning):
            yield Identifier(
                kind="sku", value=beginning, source="filename", where="beginning", confidence=_IN_FILE_NAME
            )


def evidence_digest(claims: Iterable[Claim]) -> str:
    """Return what changes when anything that speaks for a product does: who says what."""
    said = sorted({f"{claim.witness.name} {claim.name}" for claim in claims})
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
