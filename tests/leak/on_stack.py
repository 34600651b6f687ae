"""A house on the embedded stack: masters in S3, decisions through the API, and viewers before the local edge."""

import http.client
import io
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from oracles.delivery_oracle import Asked
from PIL import Image

from assetwire_cli import signing_keys, token_keys
from assetwire_cli.failure import Failure
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import ApiError
from leak.licences import Licence
from leak.worlds import Act, Answer, Look, Master, Seen

_WORKERS = 6
_MOST_AT_ONCE = 500
_MOST_MEMBERS = 1_000
_NAMES = {"license_start_date": "LicenseStartDate", "license_end_date": "LicenseEndDate"}
_GIVEN = TypeVar("_GIVEN")
_MADE = TypeVar("_MADE")


def picture(number: int, limits: dict[str, str] | None) -> bytes:
    """Return a small JPEG that no other number has, in whose XMP its licence is limited."""
    image = Image.new("RGB", (32, 24), (number % 256, number // 256 % 256, 90))
    image.putpixel((number % 32, number // 32 % 24), (250, 250, 250))
    said = " ".join(f'plus:{_NAMES[name]}="{value}"' for name, value in (limits or {}).items())
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" {said}/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, xmp=packet.encode())
    return file.getvalue()


class OnStack:
    """A stack that runs, as a house; what is put into it stays there."""

    patience, slowness, pace = 20.0, 240.0, 60

    def __init__(self, stack: LocalStack, *, prefix: str) -> None:
        """Use a stack, and name its masters so that no other run has them."""
        self._stack, self._target, self._prefix = stack, stack.target, prefix
        self._noted: dict[str, int] = {}
        self._skus: dict[str, str] = {}
        self._collection = ""
        self._pool = ThreadPoolExecutor(_WORKERS)
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._crowd: list[Look] = []
        self._over = threading.Event()
        self._viewers = threading.Thread(target=self._look_on, daemon=True)
        self._token = token_keys.NAME

    def __enter__(self) -> Self:
        self._viewers.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._viewers.join()
        self._pool.shutdown()
        for each in self._connections:
            each.close()

    def _each(self, do: Callable[[_GIVEN], _MADE], given: Sequence[_GIVEN]) -> list[_MADE]:
        return list(self._pool.map(do, given))

    def _call(self, method: str, path: str, **asked: Any) -> Any:
        """Call the API; again where it did not answer in time: no call here is another one the second time."""
        deadline = time.monotonic() + self.slowness
        while True:
            try:
                return self._target.call(method, path, **asked)
            except Failure as failure:
                if failure.code != "unreachable" or time.monotonic() > deadline:
                    raise

    def now(self) -> float:
        return time.time()

    def wait(self, until: float) -> None:
        time.sleep(max(0.0, until - time.time()))

    # --- the house ---

    def admit(self, masters: Sequence[Master]) -> list[str]:
        bucket = self._target.outputs["MastersBucketName"]
        s3 = self._target.client("s3")

        def put(numbered: tuple[int, Master]) -> tuple[str, str]:
            number, master = numbered
            key = f"{self._prefix}/{number}.jpg"
            body = picture(number + sum(self._prefix.encode()) * 977, master.limits)
            return key, str(s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"])

        assets = self._each(self._ingested, self._each(put, list(enumerate(masters))))
        self._each(self._rendered, assets)
        return assets

    def _ingested(self, upload: tuple[str, str]) -> str:
        def ask() -> str:
            try:
                found = self._call("GET", "/uploads", query={"key": upload[0], "s3_version": upload[1]})
            except ApiError as error:
                if error.code != "upload_not_found":
                    raise
                return ""
            return str(found["asset_id"])

        return self._eventually(ask, f"{upload[0]} to be ingested")

    def _rendered(self, asset: str) -> None:
        def ask() -> bool:
            found = self._call("GET", f"/assets/{asset}/renditions")
            return bool(found["renditions"]) and not found["missing"]

        self._eventually(ask, f"{asset} to be rendered")

    def _eventually(self, ask: Callable[[], _MADE], what: str) -> _MADE:
        deadline = time.monotonic() + self.slowness
        while not (found := ask()):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {self.slowness} s in vain for {what}")
            time.sleep(0.2)
        return found

    def act(self, acts: Sequence[Act]) -> None:
        self._each(self._act, acts)

    def _act(self, act: Act) -> None:
        if act.step == "license":
            self._call("PUT", f"/assets/{act.asset}/rights", body=act.licence)
        else:
            self._call("POST", f"/assets/{act.asset}/{act.step}", body={"reason": "a test"})

    def gather(self, assets: Sequence[str]) -> None:
        self._collection = self._call("POST", "/collections", body={"title": self._prefix})["collection_id"]
        for start in range(0, len(assets), _MOST_MEMBERS):
            body = {"asset_ids": list(assets[start : start + _MOST_MEMBERS])}
            moved = self._call("POST", f"/collections/{self._collection}/members", body=body)
            assert moved["refused"] == [], moved

    def limit(self, licence: Licence) -> None:
        changed = self._call("PUT", f"/collections/{self._collection}/rights", body=licence)

        def ask() -> bool:
            return bool(self._call("GET", f"/jobs/{changed['job_id']}")["state"] == "done")

        self._eventually(ask, f"{changed['job_id']} to reach all members")

    def settle(self, assets: Sequence[str]) -> list[float]:
        return [exposure for some in self._each(self._exposures, assets) for exposure in some]

    def _exposures(self, asset: str) -> list[float]:
        """Wait until all decisions are followed, and caches told of what is denied; return the exposures that are new.

        Nobody waits for hygiene: whatever caches hold that is only old or has ended, is refused as it is.
        """

        def ask() -> Any:
            found = self._call("GET", f"/assets/{asset}/revocations")
            is_told = found["purge"] is None or found["purge"]["urgency"] == "hygiene"
            return found if found["pending"] is None and is_told else None

        noted = self._eventually(ask, f"{asset} to be followed")["revocations"]
        known = self._noted.get(asset, 0)
        self._noted[asset] = len(noted)
        exposures = [each["exposure_seconds"] for each in noted[: len(noted) - known]]
        return [float(each) for each in exposures if each is not None]

    def sweep(self) -> None:
        answer = self._target.client("lambda").invoke(FunctionName=f"{self._target.stack}-rights-expiry")
        assert "FunctionError" not in answer, answer["Payload"].read()

    # --- URLs ---

    def mint(self, asked: Sequence[Asked]) -> list[Answer]:
        signed = [each for each in asked if not each.channel and not each.opens_all]
        batches = [signed[start : start + _MOST_AT_ONCE] for start in range(1, len(signed), _MOST_AT_ONCE)]
        by_batch = [pair for some in self._each(self._batch, batches) for pair in some]
        single = [*signed[:1], *(each for each in asked if each.channel or each.opens_all)]
        minted = {**dict(by_batch), **dict(zip(single, self._each(self._single, single), strict=True))}
        return [minted[each] for each in asked]

    def _batch(self, asked: Sequence[Asked]) -> list[tuple[Asked, Answer]]:
        items = [
            {
                "asset_id": each.asset,
                "rendition": each.file,
                "territory": ",".join(each.territories),
                "usage": each.usage,
                "ttl": each.life,
                "ip": each.network or None,
            }
            for each in asked
        ]
        answers = self._call("POST", "/urls", body={"items": items})["urls"]
        return [(each, self._answer(each, answer)) for each, answer in zip(asked, answers, strict=True)]

    def _single(self, asked: Asked) -> Answer:
        whom = {"territory": ",".join(asked.territories), "usage": asked.usage}
        if asked.cookies:
            wanted = {"asset_ids": [asked.asset], **whom, "ttl": asked.life}
            return self._opened(asked, self._call("POST", "/cookies", body=wanted)["assets"][0])
        if asked.gallery:
            return self._in_gallery(asked)
        if asked.network:
            whom |= {"ip": asked.network}
        query = {"form": "path", "channel": asked.channel} if asked.channel else whom
        path = f"/assets/{asked.asset}/renditions/{asked.file}/url"
        try:
            return self._answer(asked, self._call("GET", path, query={**query, "ttl": str(asked.life)}))
        except ApiError as error:
            if error.status not in {403, 404, 409}:
                raise
            return Answer(reason=error.code)

    def _in_gallery(self, asked: Asked) -> Answer:
        """Return the URL of a file as a page gets it, of a product that shows this asset alone."""
        query = {"territory": asked.territories[0], "locale": "de-DE", "ttl": str(asked.life)}
        said = self._call("GET", f"/products/{self._shown(asked.asset)}/media", query=query)
        if not said["slots"]:
            return Answer(reason=said["left_out"][0]["code"])
        (slot,) = said["slots"]
        sets = [
            candidate.split(" ")[0] for each in slot["picture"]["sources"] for candidate in each["srcset"].split(", ")
        ]
        url = next((each for each in sets if each.partition("?")[0].endswith(f"/{asked.file}")), None)
        if url is None:
            return Answer(reason="rendition_not_found")
        return self._answer(asked, {"url": url, "expires_at": slot["expires_at"]})

    def _shown(self, asset: str) -> str:
        """Return the SKU of a product that shows an asset, made when it is first asked for."""
        if asset not in self._skus:
            sku = f"{self._prefix}-{asset}"
            self._call("PUT", f"/products/{sku}", body={"status": "published"})
            self._call("PUT", f"/products/{sku}/links/hero", body={"assets": [asset]})
            self._skus[asset] = sku
        return self._skus[asset]

    def _opened(self, asked: Asked, said: dict[str, Any]) -> Answer:
        if asked.file not in said.get("urls", {}):
            return Answer(reason=said.get("code", "rendition_not_found"))
        header = "; ".join(f"{name}={value}" for name, value in said["cookies"].items())
        slot = "B" if "SigningKeyB" in header else "A"
        expires = datetime.fromisoformat(said["expires_at"]).timestamp()
        return Answer(said["urls"][asked.file], expires, slot, cookies=header)

    def _answer(self, asked: Asked, said: dict[str, str]) -> Answer:
        if "url" not in said:
            return Answer(reason=said["code"])
        key = f"TokenKey{said['url'].split('/t/')[1].split('.')[0]}" if asked.channel else ""
        slot = "B" if "Key-Pair-Id=SigningKeyB" in said["url"] else "A"
        return Answer(said["url"], datetime.fromisoformat(said["expires_at"]).timestamp(), key or slot)

    # --- viewers ---

    def look(self, looks: Sequence[Look]) -> list[Seen]:
        share = max(1, -(-len(looks) // _WORKERS))
        parts = [looks[start : start + share] for start in range(0, len(looks), share)]
        return [seen for some in self._each(self._look, parts) for seen in some]

    def _look(self, looks: Sequence[Look]) -> list[Seen]:
        return [self._seen(each) for each in looks]

    def _seen(self, look: Look) -> Seen:
        parts = urlsplit(look.url)
        kept: dict[str, http.client.HTTPConnection] = self._local.__dict__.setdefault("connections", {})
        if look.address not in kept:
            kept[look.address] = http.client.HTTPConnection(parts.netloc, timeout=30, source_address=(look.address, 0))
            self._connections.append(kept[look.address])
        connection = kept[look.address]
        asked = time.time()
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            cookies = {"Cookie": look.cookies} if look.cookies else {}
            connection.request("GET", target, headers={"CloudFront-Viewer-Country": look.country, **cookies})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):  # the edge was started anew, or closed what stood idle
            connection.close()
            del kept[look.address]
            return self._seen(look)
        return Seen(answer.status, asked, time.time())

    def crowd(self, looks: Sequence[Look]) -> None:
        self._crowd = list(looks)

    def _look_on(self) -> None:
        while not self._over.is_set():
            for each in self._crowd:
                self._seen(each)
            self._over.wait(0.02)

    # --- keys ---

    def rotate(self) -> None:
        signing: signing_keys.Slot = "B" if self._stack.facts["slot"] == "B" else "A"
        self._token = "TokenKeyB" if self._token == "TokenKeyA" else "TokenKeyA"
        facts = self._stack.facts
        country, to = facts.get("viewer_country", ""), signing_keys.other(signing)
        self._stack.up(lambda step: None, slot=to, token_key=self._token, viewer_country=country)

    def retire(self) -> list[str]:
        signing: signing_keys.Slot = "B" if self._stack.facts["slot"] == "B" else "A"
        old, gone = ("TokenKeyA" if self._token == "TokenKeyB" else "TokenKeyB"), signing_keys.other(signing)
        token_keys.forget(old, **token_keys.places(self._target))
        self._stack.retire(gone, lambda step: None)
        return [gone, old]
