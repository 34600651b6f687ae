"""Which of Akeneo's attributes say what is kept of a product: data, one file a mapping."""

from functools import cache
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from assetwire.domain.attributes import AttributeName
from assetwire.domain.data_files import shipped
from assetwire.domain.errors import Misconfigured
from assetwire.domain.locales import Locale
from assetwire.domain.model import Value
from assetwire.domain.money import money_word

IDENTIFIER = "identifier"
"""What Akeneo's products are known by; of a product model it is the `code`."""
AttributeCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,100}$")]
Codes = Annotated[tuple[AttributeCode, ...], Field(max_length=20)]


class TextAttributes(Value):
    """The attributes of each text, of which the first that says something counts."""

    name: Codes = ()
    alt_text: Codes = ()
    caption: Codes = ()


class AkeneoMapping(Value):
    """What is taken from Akeneo, and nothing else is: an attribute that no mapping names stays there."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    channel: str | None = None
    """The channel (scope) whose values count, where an attribute has one value a channel."""
    sku: AttributeCode = IDENTIFIER
    """`identifier`, or the attribute that holds the SKU of a product."""
    texts: TextAttributes = TextAttributes()
    gtins: Codes = ()
    """All of them count."""
    aliases: Codes = ()
    attributes: Annotated[dict[AttributeName, Codes], Field(max_length=40)] = Field(default_factory=dict)
    """Ours by name, with those of Akeneo's that may say it, the first that does counts."""
    locales: dict[str, Locale] = Field(default_factory=dict)
    """Akeneo's locales whose tag is not made of theirs by a hyphen for each underscore."""
    any_language: Locale = "en"
    """The language in which texts without one are said."""

    @model_validator(mode="after")
    def _names_no_price(self) -> Self:
        if wrong := [code for code in self.codes if money_word(code)]:
            raise ValueError(f"prices have no place here: {', '.join(wrong)}")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """Every attribute of Akeneo's that is read, each once."""
        texts = (*self.texts.name, *self.texts.alt_text, *self.texts.caption)
        others = (*self.gtins, *self.aliases, *(code for codes in self.attributes.values() for code in codes))
        own = () if self.sku == IDENTIFIER else (self.sku,)
        return tuple(dict.fromkeys((*own, *texts, *others)))


@cache
def mapping_named(name: str) -> AkeneoMapping:
    """Return the mapping of this name, from `data/akeneo`.

    Raises:
        Misconfigured: there is none, or one of the files is wrong: it names a price, for instance.
    """
    known = {mapping.name: mapping for mapping in shipped("akeneo", AkeneoMapping)}
    if name not in known:
        raise Misconfigured(f"no mapping {name!r} in data/akeneo, but {', '.join(known)}", code="unknown_mapping")
    return known[name]
