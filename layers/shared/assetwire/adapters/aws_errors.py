"""From AWS's error codes to Assetwire's errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from assetwire.domain.errors import (
    Archived,
    AssetwireError,
    Conflict,
    InvalidRequest,
    Misconfigured,
    NotFound,
    Unavailable,
)

# Codes, not messages: those of each service's API reference.
_GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NotFound", "NotFoundException"})
_COLD = frozenset({"InvalidObjectState", "ObjectNotInActiveTierError"})
_LOST_RACE = frozenset(
    {
        *("ConditionalCheckFailedException", "TransactionConflictException"),
        *("PreconditionFailed", "412", "ConditionalRequestConflict"),
    }
)
_NOT_TAKEN = frozenset({"BadDigest", "EntityTooLarge", "EntityTooSmall", "InvalidPart", "InvalidPartOrder"})
_NOT_SET_UP = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "403", "InvalidAccessKeyId"),
        *("NoSuchBucket", "NoSuchDistribution", "ResourceNotFoundException"),  # the last: no such table, bus or secret
    }
)


@contextmanager
def translated(doing: str, *, gone: str | None = None) -> Iterator[None]:
    """Raise Assetwire's errors in place of botocore's; `doing` opens the message, `gone` is the code of what is not."""
    try:
        yield
    except ClientError as error:
        raised = error_of(error.response.get("Error", {}).get("Code", ""), f"{doing}: {error}")
        if gone is not None and isinstance(raised, NotFound):
            raised.code = gone
        raise raised from error
    except BotoCoreError as error:
        raise Unavailable(f"{doing}: {error}") from error


def error_of(code: str, message: str) -> AssetwireError:
    """Return the error that stands for an AWS error code; an unknown code may pass, so it is transient."""
    if code in _GONE:
        return NotFound(message)
    if code in _NOT_TAKEN:
        return InvalidRequest(message, code="not_taken_by_s3")
    if code in _COLD:
        return Archived(message)
    if code in _LOST_RACE:
        return Conflict(message)
    if code in _NOT_SET_UP:
        return Misconfigured(message)
    return Unavailable(message)
