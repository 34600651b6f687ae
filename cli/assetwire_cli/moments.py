"""Moments as they are typed after an option."""

from datetime import UTC, datetime

from assetwire_cli.failure import Failure


def moment_of(text: str) -> datetime:
    """Read a moment or a day, ISO 8601; it is UTC if it names no zone.

    Raises:
        Failure: it is none (`invalid_at`).
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failure(f"{text!r} is no moment: say 2027-01-31 or 2027-01-31T12:00:00Z", code="invalid_at") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
