"""Sources of webhooks that a test knows, the queue behind their door, and deliveries as sources sign them."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from assetwire.domain.webhook import Delivery, Form, Source
from fakes.some import NOW

SECRET, OTHER = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
PIM_SECRET = "3ha6eonoa9icsckw8kccos084w0c0000g08g40oo4kww0gc8w4"
SHOP = Source(form=Form.CLOUDEVENTS, secrets=(SECRET,))
PIM = Source(form=Form.AKENEO, secrets=(PIM_SECRET,))
PLATFORM = Source(form=Form.AKENEO_PLATFORM, secrets=(PIM_SECRET,))
FACTS: dict[str, Any] = {"status": "published", "texts": {"de-DE": {"name": "Schuh"}}, "gtins": ["4012345123456"]}


def cloud_event(sku: str = "S-1", *, minutes: float = 0, gone: bool = False, **facts: Any) -> dict[str, Any]:
    """Return an event of a product that changed, or is gone."""
    said = {} if gone else {"data": FACTS | facts}
    known = {"specversion": "1.0", "id": f"{sku} {minutes}", "source": "https://pim.example.com", "subject": sku}
    time = (NOW + timedelta(minutes=minutes)).isoformat()
    return known | {"type": "product.deleted" if gone else "product.changed", "time": time} | said


def encoded(document: object) -> bytes:
    """Return a document as the bytes of a body."""
    return json.dumps(document, ensure_ascii=False).encode()


def by_standard(body: bytes, *, secret: str = SECRET, at: datetime = NOW, name: str = "msg_1") -> dict[str, str]:
    """Return the headers of a delivery that is signed as Standard Webhooks are, with that library."""
    signature = Webhook(secret).sign(name, at, body.decode())
    moment = str(int(at.timestamp()))
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": signature, **_JSON}


def by_akeneo(body: bytes, *, secret: str = PIM_SECRET, at: datetime = NOW) -> dict[str, str]:
    """Return the headers of a delivery that is signed as Akeneo documents it."""
    moment = str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-akeneo-request-signature": signature, "x-akeneo-request-timestamp": moment, **_JSON}


def by_platform(body: bytes, *, secret: str = PIM_SECRET, other: str = "") -> dict[str, str]:
    """Return the headers of a delivery that is signed as Akeneo's Event Platform documents it."""
    known = {"primary": secret} | ({"secondary": other} if other else {})
    signed = {name: hmac.new(each.encode(), body, hashlib.sha256).hexdigest() for name, each in known.items()}
    headers = {f"x-akeneo-signature-{name}": signature for name, signature in signed.items()}
    return headers | {"x-akeneo-signature-algorithm": "HmacSHA256", **_JSON}


def platform_event(what: str, at: datetime = NOW, **data: Any) -> dict[str, Any]:
    """Return an event of the Event Platform."""
    known = {"specversion": "1.0", "id": f"{what} {at}", "source": "pim", "subject": "subscription"}
    return known | {"type": f"com.akeneo.pim.v1.{what}", "time": at.isoformat(), "data": data}


_JSON = {"content-type": "application/json"}


def delivery(body: bytes, form: Form = Form.CLOUDEVENTS, name: str = "msg_1", **headers: str) -> Delivery:
    """Return a delivery as it waits in the queue."""
    about = {"source": "shop" if form is Form.CLOUDEVENTS else "akeneo", "form": form, "delivery_id": name}
    return Delivery.of(body, **about, received_at=NOW, headers=_JSON | headers)


class FakeSources:
    """Sources by their names; `later` are those that reading the secret again finds."""

    def __init__(self, **sources: Source) -> None:
        self.sources: dict[str, Source] = dict(sources)
        self.later: dict[str, Source] | None = None
        self.reads = 0

    def named(self, name: str) -> Source | None:
        return self.sources.get(name)

    def renew(self) -> bool:
        self.reads += 1
        if self.later is None:
            return False
        self.sources, self.later = self.later, None
        return True


class FakeDeliveries:
    """A queue that is there to be looked at."""

    def __init__(self) -> None:
        self.waiting: list[Delivery] = []

    def put(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
