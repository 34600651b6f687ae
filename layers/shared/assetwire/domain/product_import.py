"""One product of an import: its SKU beside what is said of it, and what is wrong with it, by field."""

from typing import Any

from pydantic import ValidationError

from assetwire.domain.money import money_word
from assetwire.domain.product import ProductFacts
from assetwire.domain.sku import Sku
from assetwire.domain.webhook import Problem


class ImportedProduct(ProductFacts):
    """A product as a file or a call gives it: the SKU is one of its fields."""

    sku: Sku

    @property
    def facts(self) -> ProductFacts:
        """What is said of it."""
        return ProductFacts.model_validate(self.model_dump(exclude={"sku"}))


def imported(said: object) -> ImportedProduct | list[Problem]:
    """Return a product of an import, or everything that is wrong with it: prices and costs by name."""
    try:
        product = ImportedProduct.model_validate(said)
    except ValidationError as error:
        return problems_of(error)
    if product.parent == product.sku:
        return [Problem("parent", "own_parent", "a product is no variant of itself")]
    return product


def problems_of(error: ValidationError) -> list[Problem]:
    """Return what pydantic found wrong with a product, each by its field."""
    return [_problem(each) for each in error.errors()]


def _problem(found: Any) -> Problem:
    field = ".".join(map(str, found["loc"]))
    if found["type"] == "extra_forbidden" and money_word(str(found["loc"][-1])):
        return Problem(field, "forbidden_field", "prices and costs are no part of media: take the field out")
    return Problem(field, found["type"], found["msg"])
