"""Variants as their parent knows them: enough to say which of them look alike."""

from pydantic import Field

from assetwire.domain.attributes import Attributes
from assetwire.domain.model import Value
from assetwire.domain.sku import Sku


class Variant(Value):
    """The note, at a product, that another one is a variant of it; written and taken away with that one."""

    parent: Sku
    sku: Sku
    attributes: Attributes = Field(default_factory=dict)
    is_published: bool
