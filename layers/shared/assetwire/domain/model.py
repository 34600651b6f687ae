"""The base of all domain values: frozen, strict about unknown fields, validated once."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_DATE_FIRST = re.compile(r"\d{4}-\d\d-\d\d")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment outside the calendar") from error


def _no_number(value: Any) -> Any:
    """Refuse what pydantic would take for seconds since 1970: a year alone is no moment."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DATE_FIRST.match(value)):
        raise ValueError("a moment is text, ISO 8601 with a time zone")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_in_utc)]
"""A moment in time: ISO 8601 with a time zone on input, UTC from then on."""

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
"""A colour in sRGB: red, green and blue in hexadecimal."""
