"""Templates of alt texts: what is said of a picture that nobody described, by what is known of its product."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field

from assetwire.domain.data_files import shipped
from assetwire.domain.link import LinkRole
from assetwire.domain.locales import said_in
from assetwire.domain.model import Value

_FIELD = re.compile(r"\{([a-z][a-z0-9_-]{0,39})\}")
_ANY = "any"
"""The template for languages that have none of their own: it has no words."""


def _names_fields(part: str) -> str:
    if not _FIELD.search(part) or re.search(r"[{}]", _FIELD.sub("", part)):
        raise ValueError("a part names fields, each in braces: {colour}")
    return part


Part = Annotated[str, Field(min_length=3, max_length=200), AfterValidator(_names_fields)]


class AltTextTemplate(Value):
    """What is said in one language: parts in order, each left out where one of its fields is not known."""

    name: str
    """The language, or `any`."""
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=20)]
    roles: dict[LinkRole, str]
    """What a picture in each role is called."""

    def made(self, said: Mapping[str, str]) -> str:
        """Return the parts whose fields are all known, with commas between them."""
        whole = (part for part in self.parts if all(said.get(name) for name in _FIELD.findall(part)))
        return ", ".join(_FIELD.sub(lambda field: said[field[1]], part) for part in whole)


@cache
def _templates() -> dict[str, AltTextTemplate]:
    return {template.name: template for template in shipped("alt_texts", AltTextTemplate)}


def template_in(locale: str) -> AltTextTemplate:
    """Return the template of a locale's language.

    Raises:
        Misconfigured: the data that ships is not of its shape.
    """
    return said_in(_templates(), locale) or _templates()[_ANY]
