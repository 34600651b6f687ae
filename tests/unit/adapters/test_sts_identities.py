"""STS is asked at our address, with the header that binds a proof to us; what it does not vouch for proves nobody."""

from typing import Any

import pytest

from assetwire.adapters import web
from assetwire.adapters.sts_identities import StsIdentities
from assetwire.domain.errors import Unauthenticated, Unavailable

ARN = "arn:aws:sts::123456789012:assumed-role/media-ops/anna"
FOUND = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    f"<Arn>{ARN}</Arn><UserId>AROA:anna</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)


def asked(monkeypatch: pytest.MonkeyPatch, answer: web.Answered, *, url: str = "https://sts.example") -> Any:
    calls: list[Any] = []
    monkeypatch.setattr(web, "get", lambda *call: calls.append(call) or answer)
    return StsIdentities(url).arn("Action=GetCallerIdentity&a=b", api_id="a1"), calls


@pytest.mark.parametrize("url", ["https://sts.example", "https://sts.example/"])
def test_the_arn_is_what_sts_says(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    arn, calls = asked(monkeypatch, web.Answered(200, FOUND), url=url)
    headers = {"x-assetwire-api": "a1", "Accept": "text/xml"}
    assert (arn, calls) == (ARN, [("https://sts.example/?Action=GetCallerIdentity&a=b", headers)])


@pytest.mark.parametrize(
    "answer",
    [
        *(web.Answered(status, FOUND) for status in (301, 400, 403, 404)),
        web.Answered(200, ""),
        web.Answered(200, f"<Arn>{ARN}</Arn>"),
        web.Answered(200, FOUND.replace(ARN, "")),
        web.Answered(200, FOUND.replace(ARN, "arn:aws:iam::1:user/a b")),
    ],
)
def test_what_sts_does_not_vouch_for_proves_nobody(monkeypatch: pytest.MonkeyPatch, answer: web.Answered) -> None:
    with pytest.raises(Unauthenticated):
        asked(monkeypatch, answer)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_sts_that_does_not_judge_is_unavailable(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with pytest.raises(Unavailable):
        asked(monkeypatch, web.Answered(status, FOUND))
