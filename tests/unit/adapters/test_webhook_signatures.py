"""Who signed a delivery: Standard Webhooks as the specification's library signs them, Akeneo's as it documents them."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from assetwire.adapters.webhook_signatures import AHEAD, WINDOW, signed_delivery
from assetwire.domain.errors import InvalidRequest, Misconfigured, Unauthenticated
from assetwire.domain.webhook import Form, Source
from fakes.some import NOW
from fakes.webhooks import PLATFORM, by_platform, encoded, platform_event

SECRET, OTHER = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
BODY = '{"name": "Schuh für 1 €"}'.encode()
SHOP = Source(form=Form.CLOUDEVENTS, secrets=(SECRET,))
PIM = Source(form=Form.AKENEO, secrets=("3ha6eonoa9icsckw8kccos084w0c0000g08g40oo4kww0gc8w4",))


def standard(body: bytes = BODY, *, secret: str = SECRET, minutes: float = 0, name: str = "msg_1") -> dict[str, str]:
    sent = NOW + timedelta(minutes=minutes)
    signature = Webhook(secret).sign(name, sent, body.decode())
    return {"webhook-id": name, "webhook-timestamp": str(int(sent.timestamp())), "webhook-signature": signature}


def akeneo(body: bytes = BODY, *, secret: str = PIM.secrets[0], minutes: float = 0) -> dict[str, str]:
    timestamp = str(int((NOW + timedelta(minutes=minutes)).timestamp()))
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-akeneo-request-signature": signature, "x-akeneo-request-timestamp": timestamp}


def judged(headers: dict[str, str], source: Source = SHOP, body: bytes = BODY) -> str:
    try:
        return signed_delivery(source, headers, body, now=NOW)
    except Unauthenticated as error:
        return error.code


def test_a_delivery_is_known_by_its_id() -> None:
    assert judged(standard()) == "msg_1"


def test_a_delivery_of_akeneos_is_known_by_its_bytes() -> None:
    assert judged(akeneo(), PIM) == hashlib.sha256(BODY).hexdigest()
    assert judged(akeneo(b""), PIM, b"") == hashlib.sha256(b"").hexdigest()


def test_a_signature_is_good_no_longer_than_the_queue_knows_a_delivery_that_comes_again() -> None:
    assert timedelta(minutes=5) >= WINDOW + AHEAD


@pytest.mark.parametrize("minutes", [-4, 1])
def test_the_window_is_four_minutes_behind_and_one_ahead(minutes: int) -> None:
    further = minutes * 1.02
    assert judged(standard(minutes=minutes)) == "msg_1"
    assert judged(standard(minutes=further)) == "outside_window"
    assert len(judged(akeneo(minutes=minutes), PIM)) == 64
    assert judged(akeneo(minutes=further), PIM) == "outside_window"


@pytest.mark.parametrize(
    "headers",
    [
        standard(secret=OTHER),
        standard(b"{}"),
        standard() | {"webhook-id": "msg_2"},
        standard() | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        standard() | {"webhook-signature": "v1,"},
        standard() | {"webhook-signature": "v1,a,b c"},
        standard() | {"webhook-signature": "v1a,ä"},
        standard() | {"webhook-signature": " ".join(["v1,AAAA"] * 10 + [standard()["webhook-signature"]])},
    ],
)
def test_what_nobody_known_signed_is_wrong(headers: dict[str, str]) -> None:
    assert judged(headers) == "wrong_signature"


def test_a_signature_of_another_time_is_wrong_before_it_is_old() -> None:
    assert judged(standard(secret=OTHER, minutes=-60)) == "wrong_signature"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_nothing_of_a_signature_may_be_missing(name: str) -> None:
    headers = {key: value for key, value in standard().items() if key != name}
    assert judged(headers) == judged(headers | {name: ""}) == "missing_signature"


@pytest.mark.parametrize("timestamp", ["", "now", "1.5", "-1", "9" * 12, "٣", "1e9"])
def test_a_moment_is_in_seconds(timestamp: str) -> None:
    assert judged(standard() | {"webhook-timestamp": timestamp}) == "missing_signature"
    assert judged(akeneo() | {"x-akeneo-request-timestamp": timestamp}, PIM) == "missing_signature"


def test_akeneos_signatures_are_judged_alike() -> None:
    assert judged({}, PIM) == "missing_signature"
    assert judged(akeneo(secret="other"), PIM) == "wrong_signature"
    assert judged(akeneo(b"{}"), PIM) == "wrong_signature"
    assert judged(standard(), PIM) == "missing_signature"
    assert judged(akeneo()) == "missing_signature"


def test_the_event_platforms_signatures_are_of_the_bytes_and_its_moments_of_the_event() -> None:
    def at(minutes: float, **signed: str) -> str:
        body = encoded(platform_event("product.updated", NOW + timedelta(minutes=minutes), product={"uuid": "u"}))
        return judged(by_platform(body, **signed), PLATFORM, body)

    assert at(0).startswith("product.updated 2026-06-01")
    assert at(0, secret="new", other=PLATFORM.secrets[0]) == at(0)
    assert at(0, secret="new", other="newer") == "wrong_signature"
    assert at(-115) != "outside_window"  # it was tried again for an hour and more
    assert [at(-121), at(6)] == ["outside_window"] * 2
    assert judged({}, PLATFORM) == "missing_signature"
    with pytest.raises(InvalidRequest):
        judged(by_platform(BODY), PLATFORM)


def test_two_secrets_are_good_while_they_are_rotated() -> None:
    both = Source(form=Form.CLOUDEVENTS, secrets=(OTHER, SECRET))
    assert [judged(standard(secret=secret), both) for secret in both.secrets] == ["msg_1", "msg_1"]
    several = f"v2,AAAA {standard(secret=OTHER)['webhook-signature']}"
    assert judged(standard() | {"webhook-signature": several}, both) == "msg_1"
    pims = Source(form=Form.AKENEO, secrets=("new", PIM.secrets[0]))
    assert {len(judged(akeneo(secret=secret), pims)) for secret in pims.secrets} == {64}


def test_bytes_that_are_no_text_are_signed_by_nobody() -> None:
    assert judged(standard(), body=b"\xff") == "wrong_signature"


def test_an_id_has_a_length() -> None:
    assert judged(standard(name="m" * 201)) == "missing_signature"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a"])
def test_a_secret_that_is_none_is_the_houses_fault(secret: str) -> None:
    with pytest.raises(Misconfigured):
        signed_delivery(Source(form=Form.CLOUDEVENTS, secrets=(secret,)), standard(), BODY, now=NOW)
