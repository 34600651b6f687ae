"""What callers may ask for of product feeds: a look at a PIM, and products by the hundred."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LookRequest(_Asked):
    """Whether all of a PIM is looked at, or what changed, and however many may be deleted. A token makes it one job."""

    full: bool = False
    any_number: bool = False
    token: str = Field(default="", max_length=100)


class ImportRequest(_Asked):
    """Products, each as it is written alone with its SKU beside it, or refused in its place."""

    products: Annotated[tuple[Any, ...], Field(min_length=1, max_length=100)]
