"""Proofs of IAM identities: one presigned call, for one API, for minutes; and who is an operator."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from assetwire.domain.access import Plan, Role
from assetwire.domain.errors import Misconfigured, NotPermitted, Unauthenticated
from assetwire.domain.iam_proof import PREFIX, operator_of, operators_in, query_in, token_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
QUERY = {
    "Action": "GetCallerIdentity",
    "Version": "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "ASIAEXAMPLE/20261120/eu-central-1/sts/aws4_request",
    "X-Amz-Date": "20261120T120000Z",
    "X-Amz-Expires": "900",
    "X-Amz-SignedHeaders": "host;x-assetwire-api",
    "X-Amz-Signature": "0" * 64,
}
ADMINS = "admin=arn:aws:iam::123456789012:role/service/media-ops"
SESSION = "arn:aws:sts::123456789012:assumed-role/media-ops/anna"


def read(query: str, now: datetime = NOW) -> str:
    return query_in(token_of(query), region="eu-central-1", now=now)


@pytest.mark.parametrize("more", [{}, {"X-Amz-Security-Token": "IQoJb3JpZ2luX2VjE+/=="}])
def test_a_proof_is_passed_on_exactly_as_it_was_signed(more: dict[str, str]) -> None:
    query = urlencode(QUERY | more)
    assert read(query) == query


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "AssumeRole"},
        {"Action": "getcalleridentity"},
        {"Version": "2010-01-01"},
        {"RoleArn": "arn:aws:iam::123456789012:role/x"},
        {"X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256"},
        {"X-Amz-SignedHeaders": "host"},
        {"X-Amz-SignedHeaders": "host;x-k8s-aws-id"},
        {"X-Amz-SignedHeaders": "host;x-assetwire-api;x-other"},
        {"X-Amz-Credential": "ASIAEXAMPLE/20261120/us-east-1/sts/aws4_request"},
        {"X-Amz-Credential": "ASIAEXAMPLE/20261120/eu-central-1/iam/aws4_request"},
        {"X-Amz-Credential": "ASIAEXAMPLE/20261119/eu-central-1/sts/aws4_request"},
        {"X-Amz-Credential": "a/b/20261120/eu-central-1/sts/aws4_request"},
        {"X-Amz-Expires": "901"},
        {"X-Amz-Expires": "0"},
        {"X-Amz-Expires": "-1"},
        {"X-Amz-Expires": "9" * 30},
        {"X-Amz-Expires": "x"},
        {"X-Amz-Date": "20261120T114459Z"},
        {"X-Amz-Date": "20261120T120501Z"},
        {"X-Amz-Date": "yesterday"},
    ],
)
def test_anything_else_is_no_proof(change: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        read(urlencode(QUERY | change))


@pytest.mark.parametrize("gone", QUERY)
def test_a_proof_lacks_nothing(gone: str) -> None:
    with pytest.raises(Unauthenticated):
        read(urlencode({name: value for name, value in QUERY.items() if name != gone}))


@pytest.mark.parametrize(
    "query",
    [
        urlencode(QUERY) + "&Action=GetCallerIdentity",
        urlencode(QUERY) + "&Action=AssumeRole",
        urlencode(QUERY) + "#fragment",
        urlencode(QUERY) + "\r\nHost: evil.example",
        urlencode(QUERY) + " HTTP/1.1",
        urlencode(QUERY) + "&",
        "https://sts.evil.example/?" + urlencode(QUERY),
        urlencode(QUERY) + "&X-Amz-Security-Token=" + quote("a" * 9000),
        "",
        "ä",
    ],
)
def test_nothing_is_smuggled_into_the_call(query: str) -> None:
    with pytest.raises(Unauthenticated):
        read(query)


@pytest.mark.parametrize("text", ["", "!", "YQ==", "=", "a" * 5])
def test_a_token_that_is_no_base64_is_no_proof(text: str) -> None:
    with pytest.raises(Unauthenticated):
        query_in(PREFIX + text, region="eu-central-1", now=NOW)


def test_a_proof_ends_to_the_second() -> None:
    assert read(urlencode(QUERY), NOW + timedelta(minutes=15) - timedelta(milliseconds=1))
    with pytest.raises(Unauthenticated, match="expired"):
        read(urlencode(QUERY), NOW + timedelta(minutes=15))


def test_an_operator_has_the_role_that_its_arn_was_given() -> None:
    operators = operators_in([ADMINS, "legal=arn:aws:iam::123456789012:user/counsel"])
    assert operator_of(SESSION, operators) == (SESSION, {Role.ADMIN}, Plan.OPERATORS)
    assert operator_of("arn:aws:iam::123456789012:user/counsel", operators).roles == {Role.LEGAL}


def test_a_machine_with_an_identity_of_its_own_counts_for_its_plan() -> None:
    operators = operators_in(["cms=arn:aws:iam::123456789012:role/cms"])
    found = operator_of("arn:aws:sts::123456789012:assumed-role/cms/task-7", operators)
    assert (found.roles, found.plan) == ({Role.CMS}, Plan.CMS)


def test_a_star_stands_for_one_part() -> None:
    operators = operators_in(["pim=arn:aws:sts::123456789012:assumed-role/pim-*/*"])
    assert operator_of("arn:aws:sts::123456789012:assumed-role/pim-prod/i-1", operators)
    for arn in ("assumed-role/pim-prod", "assumed-role/a/pim-prod/i-1", "assumed-role/xpim-prod/i-1"):
        with pytest.raises(NotPermitted):
            operator_of(f"arn:aws:sts::123456789012:{arn}", operators)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::123456789012:assumed-role/media-ops-2/anna",
        "arn:aws:sts::210987654321:assumed-role/media-ops/anna",
        "arn:aws:iam::123456789012:role/service/media-ops",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/media-ops",
        SESSION + "\n",
        "",
    ],
)
def test_nobody_else_is_an_operator(arn: str) -> None:
    with pytest.raises(NotPermitted):
        operator_of(arn, operators_in([ADMINS]))


def test_without_operators_nobody_is_one() -> None:
    with pytest.raises(NotPermitted):
        operator_of(SESSION, operators_in([]))


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "admin=*",
        "admin",
        "root=arn:aws:iam::123456789012:root",
        "admin=arn:aws:s3:::bucket",
        "admin=arn:aws:iam::*:role/x",
    ],
)
def test_a_setting_that_names_no_identity_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured):
        operators_in([text])
