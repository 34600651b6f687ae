"""The base of all domain values: frozen, strict about unknown fields, validated once."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment outside the calendar") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment in time: timezone-aware on input, UTC from then on."""

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
"""A colour in sRGB: red, green and blue in hexadecimal."""
