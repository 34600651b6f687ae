"""AWS's error codes become ours, by code and never by message."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from assetwire.adapters.aws_errors import translated
from assetwire.domain.errors import Archived, AssetwireError, Conflict, Misconfigured, NotFound, Unavailable


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NoSuchKey", NotFound),
        ("NoSuchVersion", NotFound),
        ("404", NotFound),
        ("NotFoundException", NotFound),
        ("InvalidObjectState", Archived),
        ("ObjectNotInActiveTierError", Archived),
        ("ConditionalCheckFailedException", Conflict),
        ("TransactionConflictException", Conflict),
        ("PreconditionFailed", Conflict),
        ("AccessDenied", Misconfigured),
        ("NoSuchBucket", Misconfigured),
        ("NoSuchDistribution", Misconfigured),
        ("ThrottlingException", Unavailable),
        ("ProvisionedThroughputExceededException", Unavailable),
        ("InternalError", Unavailable),
        ("ACodeOfNextYear", Unavailable),
        ("", Unavailable),
    ],
)
def test_a_code_becomes_an_error_of_ours(code: str, kind: type[AssetwireError]) -> None:
    cause = ClientError({"Error": {"Code": code, "Message": "NoSuchKey AccessDenied"}}, "GetObject")
    with pytest.raises(AssetwireError) as raised, translated("reading x"):
        raise cause
    assert type(raised.value) is kind
    assert raised.value.message.startswith("reading x: ")
    assert raised.value.__cause__ is cause


def test_an_answer_without_a_code_is_unavailable() -> None:
    with pytest.raises(Unavailable), translated("reading x"):
        raise ClientError({}, "GetObject")


def test_a_network_failure_is_unavailable() -> None:
    with pytest.raises(Unavailable), translated("reading x"):
        raise EndpointConnectionError(endpoint_url="https://s3.example")


def test_anything_else_passes() -> None:
    with pytest.raises(ZeroDivisionError), translated("reading x"):
        raise ZeroDivisionError
