"""What reviewers may ask for: decisions about suggested links, many by one call."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assetwire.domain.link import ANY_MARKET, LinkRole, Market
from assetwire.domain.review import Step
from assetwire.domain.sku import Sku
from assetwire.domain.work import LONGEST_NOTE, WorkId


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WantedLink(_Asked):
    """A link in place of what is suggested; without a role, the one that the asset has by its kind and name."""

    sku: Sku
    role: LinkRole | None = None
    market: Market = ANY_MARKET


class ReviewDecision(_Asked):
    """What a person says of one item: which of the suggested products it shows, none of them, or what instead."""

    work_id: WorkId
    decision: Step
    skus: tuple[Sku, ...] = Field(default=(), max_length=40)
    links: tuple[WantedLink, ...] = Field(default=(), max_length=20)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    if_revision: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        if bool(self.links) != (self.decision is Step.CORRECT):
            raise ValueError("links are named to correct an item, and then one at least")
        if self.skus and self.decision is not Step.CONFIRM:
            raise ValueError("skus are named to confirm them")
        return self


class ReviewRequest(_Asked):
    """Decisions about many items, each on its own."""

    decisions: tuple[Any, ...] = Field(min_length=1, max_length=100)
    """Each a `ReviewDecision`, or refused in its place."""
