"""Who signed a delivery, and when: Standard Webhooks by their own library, Akeneo's signatures as it documents them.

Sources: the Standard Webhooks specification; Akeneo's API documentation, "How to check the request signature?" of its
Events API, and "HMAC signature for webhook payloads" of its Event Platform.
"""

import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from assetwire.domain.akeneo_platform import event_in
from assetwire.domain.errors import Misconfigured, Unauthenticated
from assetwire.domain.webhook import Form, Source

WINDOW = timedelta(minutes=4)
"""How far a delivery's moment may be behind ours: what is older may be a replay."""
AHEAD = timedelta(minutes=1)
"""How far it may be ahead of ours. With `WINDOW` that is five minutes, for which alone the queue knows a delivery that
comes again; the Standard Webhooks' own libraries take five minutes to either side, so one signature for ten.

Source: Amazon SQS' documentation, "Exactly-once processing in Amazon SQS": five minutes.
"""
_PLATFORM_AHEAD = timedelta(minutes=5)
_PLATFORM_WINDOW = timedelta(hours=2)
"""The same for the Event Platform, which signs no moment of sending: it tries again after 5, 10 and 20 minutes, and may
hold back what it sends too fast for about an hour. What is replayed has us look at what PIM has, and nothing else.

Source: Akeneo's API documentation, "Key platform behaviors".
"""
_SECONDS = re.compile(r"[0-9]{1,11}")
_LONGEST_ID = 200
_MOST_SIGNATURES = 10


def signed_delivery(source: Source, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """Return the id of a delivery that one of a source's secrets signed just now.

    Raises:
        Unauthenticated: it bears no signature (`missing_signature`), another's (`wrong_signature`), or that of another
            time (`outside_window`).
        InvalidRequest: the event that says when it happened is none.
        Misconfigured: a secret can be none.
    """
    return _FORMS[source.form](source, headers, body, now)


def _standard(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    delivery_id, signatures = headers.get("webhook-id", ""), headers.get("webhook-signature", "").split()
    sent_at = _moment(headers.get("webhook-timestamp", ""))
    if not delivery_id or not signatures:
        raise _missing("webhook-id, webhook-timestamp and webhook-signature")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _wrong() from error
    expected = {_by_standard(secret, delivery_id, sent_at, text) for secret in source.secrets}
    _require(expected, signatures[:_MOST_SIGNATURES])
    _require_recent(sent_at, now)
    if len(delivery_id) > _LONGEST_ID:
        raise Unauthenticated(f"a webhook-id has at most {_LONGEST_ID} characters", code="missing_signature")
    return delivery_id


def _akeneo(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    signature, timestamp = (headers.get(f"x-akeneo-request-{name}", "") for name in ("signature", "timestamp"))
    if not signature:
        raise _missing("x-akeneo-request-signature and x-akeneo-request-timestamp")
    sent_at = _moment(timestamp)
    signed = timestamp.encode() + b"." + body
    _require({hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in source.secrets}, [signature])
    _require_recent(sent_at, now)
    return hashlib.sha256(body).hexdigest()  # it has no id; its events have, so that no two are alike


def _akeneo_platform(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Judge a signature of the bytes alone; when it happened, and its id, are what the event itself says."""
    given = [
        headers[name] for name in ("x-akeneo-signature-primary", "x-akeneo-signature-secondary") if name in headers
    ]
    if not given:
        raise _missing("x-akeneo-signature-primary")
    _require({hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in source.secrets}, given)
    event = event_in(body)
    _require_recent(event.time, now, behind=_PLATFORM_WINDOW, ahead=_PLATFORM_AHEAD)
    return event.id


_FORMS: dict[Form, Callable[[Source, Mapping[str, str], bytes, datetime], str]] = {
    Form.CLOUDEVENTS: _standard,
    Form.AKENEO: _akeneo,
    Form.AKENEO_PLATFORM: _akeneo_platform,
}


def _by_standard(secret: str, delivery_id: str, sent_at: datetime, text: str) -> str:
    try:
        return Webhook(secret).sign(delivery_id, sent_at, text)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as error:
        raise Misconfigured("a secret of a webhook is no base64: `assetwire webhooks secret` makes one") from error


def _require(expected: set[str], given: list[str]) -> None:
    """Raise unless one of these is expected; each comparison takes as long as every other."""
    found = [hmac.compare_digest(one.encode(), other.encode()) for one in sorted(expected) for other in given]
    if not any(found):
        raise _wrong()


def _require_recent(sent_at: datetime, now: datetime, *, behind: timedelta = WINDOW, ahead: timedelta = AHEAD) -> None:
    if not -ahead <= now - sent_at <= behind:
        raise Unauthenticated(f"it is of {sent_at.isoformat()}, not within {behind}", code="outside_window")


def _moment(timestamp: str) -> datetime:
    if not _SECONDS.fullmatch(timestamp):
        raise _missing("a timestamp, in seconds since 1970")
    return datetime.fromtimestamp(int(timestamp), UTC)


def _missing(what: str) -> Unauthenticated:
    return Unauthenticated(f"a delivery bears {what}", code="missing_signature")


def _wrong() -> Unauthenticated:
    return Unauthenticated("no secret of this source signed the delivery", code="wrong_signature")
