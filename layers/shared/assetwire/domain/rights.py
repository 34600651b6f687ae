"""Rights: when, where and for what an asset may be shown, and on which conditions.

`domain/decisions.py` judges by them, `domain/rights_sets.py` compares and merges them.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.model import Instant, Value
from assetwire.domain.territories import GROUPS, TERRITORIES, WORLDWIDE

MOST_WINDOWS = 50


class Usage(StrEnum):
    """What an asset is shown for."""

    WEB = "web"
    MARKETPLACE = "marketplace"
    PRINT = "print"
    SOCIAL = "social"
    EMAIL = "email"
    POS = "pos"
    INTERNAL = "internal"


_USAGES = frozenset(Usage)


def checked_usage(usage: str) -> str:
    """Return what an asset is to be shown for.

    Raises:
        InvalidRequest: that is none of the usages, as they are written (`unknown_usage`).
    """
    if usage not in _USAGES:
        raise InvalidRequest(f"{usage[:64]!a} is no usage, but {', '.join(Usage)}", code="unknown_usage")
    return usage


class Window(Value):
    """A span in which an asset may be shown: from `starts`, included, to `ends`, excluded; None is unbounded."""

    starts: Instant | None = None
    ends: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValueError("a window ends after it starts")
        return self


class Constraint(StrEnum):
    """A condition under which an asset may be shown. The first six are PLUS's image alteration constraints."""

    NO_COLOURISATION = "no_colourisation"
    NO_CROPPING = "no_cropping"
    NO_DECOLOURISATION = "no_decolourisation"
    NO_FLIPPING = "no_flipping"
    NO_MERGING = "no_merging"
    NO_RETOUCHING = "no_retouching"
    CREDIT_REQUIRED = "credit_required"


class Release(StrEnum):
    """What people or owners of things that are shown consented to. Source: PLUS, model and property release status."""

    NOT_APPLICABLE = "not_applicable"
    NONE = "none"
    """It is known that there is none: nothing but internal use."""
    LIMITED = "limited"
    """Limited or incomplete: whoever grants the usages has read it."""
    UNLIMITED = "unlimited"


class Rights(Value):
    """A licence as it applies to one asset. What it does not name is not allowed.

    Territories are ISO 3166-1 alpha-2 codes, names of groups (`EU`, `DACH`; `domain/territories.py`), or `*` for all.
    """

    holder: Annotated[str, StringConstraints(max_length=200)] = ""
    licence_id: Annotated[str, StringConstraints(max_length=200)] = ""
    windows: Annotated[tuple[Window, ...], Field(max_length=MOST_WINDOWS)] = ()
    territories: tuple[str, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    usages: tuple[Usage, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    model_release: Release | None = None
    """None: nobody said anything of one."""
    property_release: Release | None = None

    @field_validator("territories", "excluded_territories")
    @classmethod
    def _are_known_territories(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(codes) - TERRITORIES - GROUPS.keys() - {WORLDWIDE})
        if unknown:
            raise ValueError(f"neither ISO 3166-1 alpha-2 codes nor groups: {', '.join(unknown)[:100]}")
        return tuple(sorted(set(codes)))

    @field_validator("usages", "constraints")
    @classmethod
    def _are_named_once(cls, words: tuple[StrEnum, ...]) -> tuple[StrEnum, ...]:
        return tuple(sorted(set(words)))
