"""The columns of a manifest: by name, and by what their cells hold."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from assetwire.domain.metadata import FIELDS, Type

LOCALE = re.compile(r"x-default|[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
"""Language tags that are taken: a language, a script, a region (RFC 5646), or `x-default`."""


class Holds(StrEnum):
    """What a column's cells hold that is no metadata."""

    FILE = "file"
    SKU = "sku"
    GTIN = "gtin"
    CATEGORY = "category"
    RIGHTS = "rights"


class Column(NamedTuple):
    """A column: what it holds, or the metadata field and its language."""

    holds: Holds | None
    field: str = ""
    type: Type = Type.TEXT
    locale: str = ""


RIGHTS = (
    *("territories", "excluded_territories", "usages", "starts", "ends", "holder", "licence_id"),
    *("constraints", "model_release", "property_release"),
)
_OWN = {
    "file": Column(Holds.FILE),
    "sku": Column(Holds.SKU, type=Type.LIST),
    "gtin": Column(Holds.GTIN, type=Type.LIST),
    "category": Column(Holds.CATEGORY),
    **{f"rights.{name}": Column(Holds.RIGHTS, field=name) for name in RIGHTS},
}
COLUMNS: Mapping[str, Column] = MappingProxyType(
    _OWN
    | {
        name: Column(None, name, facts.type)
        for name, facts in FIELDS.items()
        if name not in _OWN and facts.type is not Type.STRUCTURES
    }
)
"""Every column but those with a language behind the name of a lang-alt field, as in `alt_text.de`.

`category` is the asset's own; the field of this name that IPTC gave up is read from files, and not declared.
"""


def column_of(name: str) -> Column | None:
    """Return the column of this name, if there is one; `title` alone is `title.x-default`."""
    plain = COLUMNS.get(name)
    if plain is not None:
        return plain._replace(locale="x-default") if plain.type is Type.LANG_ALT else plain
    field, dot, locale = name.partition(".")
    known = COLUMNS.get(field)
    if not dot or known is None or known.type is not Type.LANG_ALT or not LOCALE.fullmatch(locale):
        return None
    return known._replace(locale=locale)
