"""Product feeds on a deployed stack: signed webhooks, looks at a PIM, and files become the mirror of products."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.webhook import Form
from assetwire_cli import feed_commands, pim_connections, webhook_sources
from assetwire_cli.target import ApiError, Target
from fakes.akeneo import CREDENTIALS, AkeneoDouble, served
from fakes.webhooks import by_akeneo, by_platform, by_standard, cloud_event, encoded, platform_event
from watching import eventually

EXAMPLES = Path(__file__).parents[1] / "events" / "akeneo"


@pytest.fixture(scope="module")
def secrets(target: Target) -> Iterator[dict[str, str]]:
    """Let the shop and Akeneo send deliveries; return what each signs with."""
    place = _hooks(target)
    made = {"shop": webhook_sources.new_secret(), "akeneo": uuid.uuid4().hex}
    for name, form in (("shop", Form.CLOUDEVENTS), ("akeneo", Form.AKENEO)):
        webhook_sources.add(name, form, made[name], **place)
    yield made
    for name in made:
        webhook_sources.retire(name, whole=True, **place)


def _hooks(target: Target) -> dict[str, Any]:
    return {"secret_id": target.outputs["WebhookSecretId"], "secrets": target.client("secretsmanager")}


def send(target: Target, source: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any, float]:
    """Post a delivery; return the status, the answer, and how many seconds it took."""
    request = urllib.request.Request(f"{target.api_url}/webhooks/{source}", data=body, headers=headers, method="POST")
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, read = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, read = error.code, error.read()
    return status, json.loads(read), time.monotonic() - begun


def product(target: Target, sku: str) -> Any:
    try:
        return target.call("GET", f"/products/{sku}")
    except ApiError as error:
        if error.code != "product_not_found":
            raise
        return None


def now() -> datetime:
    return datetime.now(UTC)


def test_a_signed_delivery_becomes_a_product_and_a_later_one_deletes_it(
    target: Target, secrets: dict[str, str]
) -> None:
    sku, shop = f"hook-{uuid.uuid4().hex[:8]}", secrets["shop"]

    def tell(minutes: float, name: str, **said: Any) -> None:
        event = cloud_event(sku, **said) | {"time": (now() + timedelta(minutes=minutes)).isoformat()}
        body = encoded(event)
        for _ in range(2):
            status, answer, _ = send(target, "shop", body, by_standard(body, secret=shop, at=now(), name=name))
            assert (status, answer) == (202, {"id": name, "source": "shop"})

    tell(0, f"{sku}-1", texts={"de-DE": {"name": "Schuh"}})
    found = eventually(lambda: product(target, sku), "the product to be there")
    assert (found["texts"]["de-DE"]["name"], found["told"]["source"], found["revision"]) == ("Schuh", "shop", 0)
    tell(2, f"{sku}-3", gone=True)
    assert eventually(lambda: product(target, sku) is None, "the product to be gone")
    tell(1, f"{sku}-2", texts={"de-DE": {"name": "Stiefel"}})
    tell(3, f"{sku}-4", texts={"de-DE": {"name": "Sandale"}})
    found = eventually(lambda: product(target, sku), "the product to be back")
    assert found["texts"]["de-DE"]["name"] == "Sandale"
    assert target.held("DeadLetterQueues")["mirror"] == (0, 0)


def test_akeneos_events_become_products_within_its_patience(target: Target, secrets: dict[str, str]) -> None:
    sku = f"akeneo-{uuid.uuid4().hex[:8]}"
    document = json.loads((EXAMPLES / "product_updated.json").read_text())
    document["events"][0]["data"]["resource"]["identifier"] = sku
    body = encoded(document)
    send(target, "akeneo", b"", by_akeneo(b"", secret=secrets["akeneo"], at=now()))  # it tries the address first
    status, _, seconds = send(target, "akeneo", body, by_akeneo(body, secret=secrets["akeneo"], at=now()))
    assert status == 202
    assert seconds < 1
    found = eventually(lambda: product(target, sku), "the product to be there")
    assert (found["texts"]["en"]["name"], found["status"]) == ("Sunglasses", "published")
    assert [each["code"] for each in found["told"]["left_out"]] == ["no_gtin"]
    assert "99.00" not in json.dumps(found)


def test_what_is_not_let_in_has_its_answer(target: Target, secrets: dict[str, str]) -> None:
    body, shop = encoded(cloud_event(price="9.99")), secrets["shop"]
    signed = by_standard(body, secret=shop, at=now())
    large = b"x" * 1_000_000
    answers = {
        "price": send(target, "shop", body, signed),
        "signature": send(target, "shop", body, by_standard(body, at=now())),
        "old": send(target, "shop", body, by_standard(body, secret=shop, at=now() - timedelta(minutes=6))),
        "source": send(target, "nobody", body, signed),
        "large": send(target, "shop", large, by_standard(large, secret=shop, at=now())),
    }
    assert {name: (status, answer["code"]) for name, (status, answer, _) in answers.items()} == {
        "price": (422, "invalid_request"),
        "signature": (401, "wrong_signature"),
        "old": (401, "outside_window"),
        "source": (401, "unknown_source"),
        "large": (413, "body_too_large"),
    }
    assert answers["price"][1]["problems"][0]["field"] == "data.price"


def test_what_webhooks_missed_is_found_by_looking(target: Target) -> None:
    source, tag = f"pim-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex[:8]
    place: dict[str, Any] = {"secret_id": target.outputs["PimSecretId"], "secrets": target.client("secretsmanager")}
    pim = AkeneoDouble(now().replace(microsecond=0) - timedelta(hours=2))

    def look(**asked: bool) -> Any:
        job = target.call("POST", f"/feeds/{source}/reconcile", body=asked)

        def ended() -> Any:
            found = target.call("GET", f"/jobs/{job['job_id']}")
            return found if found["state"] != "running" else None

        found = eventually(ended, "the look to end")
        assert (found["state"], found["message"]) == ("done", "")
        return found

    def names() -> list[str | None]:
        found = [product(target, f"{tag}-{number}") for number in range(4)]
        return [each and each["texts"]["de-DE"]["name"] for each in found]

    with served(pim) as url:
        pim_connections.keep(source, {"url": url, **CREDENTIALS}, **place)
        try:
            pim.model(f"{tag}-0", "Schuhe")
            for number in range(1, 3):
                pim.put(f"{tag}-{number}", f"Schuh {number}" if number == 1 else "", parent=f"{tag}-0")
            assert look()["done"] == 3
            assert names() == ["Schuhe", "Schuh 1", "Schuhe", None]
            pim.now += timedelta(hours=1)
            pim.model(f"{tag}-0", "Stiefel")
            pim.put(f"{tag}-3", "Neu")
            pim.remove(f"{tag}-1")
            pim.requests.clear()
            assert look()["changed"] == 3
            assert [call.rpartition("/")[2] for call in pim.requests] == ["token", "product-models", "products-uuid"]
            assert names() == ["Stiefel", "Schuh 1", "Stiefel", "Neu"]
            look(full=True)
            assert names() == ["Stiefel", None, "Stiefel", "Neu"]
            assert product(target, f"{tag}-2")["parent"] == f"{tag}-0"
            gone = encoded(platform_event("product.deleted", now(), product={"uuid": pim.uuid_of(f"{tag}-3")}))
            webhook_sources.add(source, Form.AKENEO_PLATFORM, tag, **_hooks(target))

            def is_taken() -> bool:
                return send(target, source, gone, by_platform(gone, secret=tag))[0] == 202

            eventually(is_taken, "functions to hear of the new source: they keep those that they read", seconds=120)
            assert eventually(lambda: product(target, f"{tag}-3") is None, "the product to be gone")
        finally:
            pim_connections.forget(source, **place)
            webhook_sources.retire(source, whole=True, **_hooks(target))
    (feed,) = [each for each in target.call("GET", "/feeds")["feeds"] if each["source"] == source]
    assert feed["known_codes"] == ["name", "image_alt_text", "ean", "color"]


def test_a_file_of_products_is_imported_twice_and_once(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feed_commands, "target", lambda *_: target)
    tag, file = uuid.uuid4().hex[:8], tmp_path / "products.csv"
    rows = "".join(f"{tag}-{n},published,Schuh {n},red\n" for n in range(120))
    file.write_text(f"sku,status,name.de,attribute.colour\n{rows}")
    feed_commands.import_products(file)
    file.write_text(f"sku,status,name.de,attribute.colour\n{rows.replace('Schuh 7,', 'Stiefel 7,')}")
    feed_commands.import_products(file)
    assert capsys.readouterr().out.splitlines() == ["120 created", "1 changed, 119 unchanged"]
    found = product(target, f"{tag}-7")
    assert (found["texts"]["de"]["name"], found["attributes"]) == ("Stiefel 7", {"colour": "red"})
