"""A house in memory: the services over fakes, and before them the real edge with its function, by one clock."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from oracles.delivery_oracle import Asked

from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain import lifecycle
from assetwire.domain.asset import Asset, UploadRecord
from assetwire.domain.caching import EdgeSeconds, cache_control, cache_tag, media_type_of
from assetwire.domain.channels import shipped_channels
from assetwire.domain.collection import CollectionKind
from assetwire.domain.errors import AssetwireError
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.purge import BY_TAG, Purge
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.shown import Rendered
from assetwire.domain.source import Source
from assetwire.domain.viewer_paths import TokenKey
from assetwire.services.assets import set_rights
from assetwire.services.collections import create_collection
from assetwire.services.collections import set_rights as set_collection_rights
from assetwire.services.enforce import enforce
from assetwire.services.gallery_urls import AssetCookies, Viewers, sign_assets, sign_cookies
from assetwire.services.inheritance import spread
from assetwire.services.lifecycle import take
from assetwire.services.members import add_members
from assetwire.services.purge import purge
from assetwire.services.rights_expiry import flip
from assetwire.services.signed_url import WantedUrl, sign_url, sign_urls, url_for_channel
from assetwire_cli import signing_keys, token_keys
from assetwire_cli.edge.cache import ResponseCache
from assetwire_cli.edge.function import FunctionRuntime
from assetwire_cli.edge.messages import Request
from assetwire_cli.edge.server import Edge
from assetwire_cli.edge.template import evaluate, load_document
from assetwire_cli.project import TEMPLATE
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.edge_world import FakeBucket
from fakes.key_places import FakePlaces
from fakes.purges import FakePurges
from fakes.revocations import FakeRevocations
from fakes.stores import FakeRenditionStore, etag_of
from leak.licences import Licence
from leak.worlds import Act, Answer, Look, Master, Seen

_BASE = "http://media.example"
_MAXIMUM = 86_400
_BEGIN = datetime(2030, 1, 1, 12, tzinfo=UTC).timestamp()
FILES = {"web-320.jpg": Usage.WEB, "social-1080x1080.jpg": Usage.SOCIAL, "print-a4.tif": Usage.PRINT}


class _Delivery:
    """The delivery bucket, which is the origin, and in whose pauses viewers come; and the cache, as `purge` sees it."""

    quota = BY_TAG

    def __init__(self, renditions: FakeRenditionStore, origin: FakeBucket, come: Callable[[str], None]) -> None:
        self._renditions, self._origin, self._come = renditions, origin, come
        self.cache: ResponseCache | None = None

    def present(self, prefix: str) -> dict[str, str]:
        found = {key: etag_of(each["body"]) for key, each in self._origin.objects.items() if key.startswith(prefix)}
        self._come(prefix.partition("/")[0])
        return found

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        kind = media_type_of(to)
        told = {"ContentType": kind, "CacheControl": cache_control(kind, EdgeSeconds())}
        tag = {"cache-tag": cache_tag(to.partition("/")[0])}
        self._origin.put(to, self._renditions.objects[rendition_key], **told, Metadata=tag)
        self._come(to.partition("/")[0])

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._origin.objects.pop(key, None)
            self._come(key.partition("/")[0])

    def purge(self, asset_ids: Sequence[str]) -> None:
        assert self.cache is not None
        self.cache.invalidate([f"#{cache_tag(asset_id)}" for asset_id in asset_ids])
        for asset_id in asset_ids:
            self._come(asset_id)


class _Purges(FakePurges):
    """What caches must forget, and do at once: whoever notes it before the origin is right, has it cached again."""

    def __init__(self, catalog: FakeCatalog, run: Callable[[list[str]], object]) -> None:
        super().__init__(catalog)
        self._run = run

    def save_purge(self, purge: Purge) -> None:
        super().save_purge(purge)
        if purge.is_pending:
            self._run([purge.asset_id])


class InMemory:
    """A house, its edge and its clock; a second passes with every thousand things that happen."""

    patience, slowness, pace = 0.0, 0.0, 1_000_000

    def __init__(self) -> None:
        self._at = _BEGIN
        self._folder = tempfile.TemporaryDirectory(prefix="assetwire-leak-")
        self._keys, self._document = Path(self._folder.name), load_document(TEMPLATE)
        self._places = FakePlaces()
        self._places.secret = {}
        self._catalog, self._renditions = FakeCatalog(), FakeRenditionStore()
        self._revocations, self._origin = FakeRevocations(), FakeBucket()
        self._collections, self._collection = FakeCollections(self._catalog), ""
        self._crowd: dict[str, list[Look]] = {}
        self._delivery = _Delivery(self._renditions, self._origin, self._come)
        self._slot: signing_keys.Slot = "A"
        self._functions: dict[str, FunctionRuntime] = {}
        self._cache: ResponseCache | None = None
        self._token = token_keys.NAME
        self._new_keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._functions.values():
            each.close()
        self._folder.cleanup()

    # --- time ---

    def now(self) -> float:
        self._at += 0.001
        return self._at

    def _clock(self) -> datetime:
        return datetime.fromtimestamp(self._at, UTC)

    def wait(self, until: float) -> None:
        self._at = max(self._at, until)

    # --- the house ---

    def admit(self, masters: Sequence[Master]) -> list[str]:
        return [self._admitted(f"{number}.jpg", each) for number, each in enumerate(masters)]

    def _admitted(self, key: str, master: Master) -> str:
        fields = {name: FieldValue(value=value, source=Origin.XMP) for name, value in (master.limits or {}).items()}
        made = some.version(key)
        inspected = made.inspection.model_copy(update={"metadata": Metadata(fields=fields)})
        version = made.model_copy(update={"inspection": inspected})
        asset = Asset.of(version, now=self._clock())
        self._catalog.record(
            UploadRecord(upload=version.upload, asset_id=asset.asset_id, version_id=version.version_id),
            source=Source(bucket=version.upload.bucket, key=key, asset_id=asset.asset_id),
            version=version,
            asset=asset,
        )
        for name, usage in FILES.items():
            rendition = some.rendition(version, name, usage=usage)
            etag = self._renditions.hold(rendition.key, rendition.key.encode())
            self._catalog.save_renditions([rendition.model_copy(update={"etag": etag})])
        rendered = Rendered(version_id=version.version_id, outputs=dict.fromkeys(FILES, some.DIGEST))
        self._catalog.save_asset(self._catalog.asset(asset.asset_id).with_rendered(rendered, now=self._clock()))
        return asset.asset_id

    def act(self, acts: Sequence[Act]) -> None:
        for asset, name, licence in acts:
            if name == "license":
                rights = Rights.model_validate(licence)
                set_rights(asset, rights, catalog=self._catalog, now=self._clock())
            else:
                step = lifecycle.withdraw if name == "withdraw" else lifecycle.restore
                take(step, asset, by="somebody", reason="a test", catalog=self._catalog, now=self._clock())
            self._come(asset)

    def gather(self, assets: Sequence[str]) -> None:
        known: dict[str, Any] = {"by": "somebody", "collections": self._collections, "now": self._clock()}
        made = create_collection("A shoot", kind=CollectionKind.JOB, rights=None, token="", **known)
        self._collection = made.collection_id
        add_members(made.collection_id, assets, reason="", catalog=self._catalog, **known)

    def limit(self, licence: Licence) -> None:
        now, rights = self._clock(), Rights.model_validate(licence)
        changed = set_collection_rights(self._collection, rights, by="somebody", collections=self._collections, now=now)
        ports = {"agenda": self._catalog, "catalog": self._catalog, "collections": self._collections}
        spread(self._catalog.job(str(changed.job_id)), goes_on=lambda: True, **ports, now=now)  # type: ignore[arg-type]
        for each in self._collections.members(self._collection, limit=1_000_000):
            self._come(each.asset_id)

    def settle(self, assets: Sequence[str]) -> list[float]:
        noted = len(self._revocations.noted)
        for asset in assets:
            enforce(
                asset,
                catalog=self._catalog,
                delivery=self._delivery,  # type: ignore[arg-type]
                purges=_Purges(self._catalog, self._purge),
                revocations=self._revocations,
                clock=self._clock,
            )
        exposures = [each.exposure_seconds for each in list(self._revocations.noted.values())[noted:]]
        return [each for each in exposures if each is not None]

    def _purge(self, asset_ids: Sequence[str]) -> None:
        """Let `purge` run; it waits for nothing, since it is called for one asset at a time."""
        purge(
            asset_ids,
            purges=FakePurges(self._catalog),
            revocations=self._revocations,
            edge=self._delivery,
            clock=self._clock,
            left=lambda: 0.0,
            pause=self._pass,
        )

    def _pass(self, seconds: float) -> None:
        self._at += seconds

    def sweep(self) -> None:
        flip(agenda=self._catalog, now=self._clock, until=self._clock() + timedelta(minutes=1))

    # --- URLs ---

    def mint(self, asked: Sequence[Asked]) -> list[Answer]:
        signed = [each for each in asked if not each.channel and not each.opens_all]
        wanted = [
            WantedUrl(each.asset, each.file, each.territories, each.usage, each.life, each.network or None)
            for each in signed
        ]
        minted: list[Any] = sign_urls(wanted[1:], **self._terms, signer=self._signer)
        minted = [*map(self._one, wanted[:1]), *minted]
        by_asked = dict(zip(signed, minted, strict=True))
        return [self._answer(each, by_asked.get(each)) for each in asked]

    def _one(self, wanted: WantedUrl) -> Any:
        try:
            whom = {"territories": wanted.territories, "usage": wanted.usage, "ttl": wanted.ttl, "ip": wanted.ip}
            return sign_url(wanted.asset_id, wanted.rendition, **whom, **self._terms, signer=self._signer)
        except AssetwireError as error:
            return error

    def _answer(self, asked: Asked, minted: Any) -> Answer:
        viewers = Viewers(asked.territories, asked.usage, asked.life)
        if asked.gallery:
            return self._in_gallery(asked, viewers)
        if asked.cookies:
            minted = sign_cookies([asked.asset], viewers=viewers, **self._terms, signer=self._signer)[asked.asset]
        if isinstance(minted, AssetCookies):
            if asked.file not in minted.opened.delivered.renditions:
                return Answer(reason="rendition_not_found")
            header = "; ".join(f"{name}={value}" for name, value in minted.cookies.items())
            url, expires = minted.opened.url(asked.file), float(minted.opened.expires)
            return Answer(url, expires, self._slot, cookies=header)
        if asked.channel:
            channel, key = shipped_channels().named(asked.channel), TokenKey(self._token[-1], self._token_secret)
            assert (channel.territory, channel.usage) == (asked.territories[0], asked.usage)
            where = {"channel": channel.name, "territory": channel.territory, "usage": channel.usage}
            try:
                minted = url_for_channel(asked.asset, asked.file, **where, ttl=asked.life, token_key=key, **self._terms)
            except AssetwireError as error:
                minted = error
        if isinstance(minted, AssetwireError):
            return Answer(reason=minted.code)
        return Answer(minted.url, minted.expires_at.timestamp(), self._token if asked.channel else self._slot)

    def _in_gallery(self, asked: Asked, viewers: Viewers) -> Answer:
        """Return the URL of a file that stands in a gallery: one signature for all files of the asset."""
        terms = {name: value for name, value in self._terms.items() if name != "assets"}
        minted = sign_assets([self._catalog.asset(asked.asset)], viewers=viewers, **terms, signer=self._signer)[
            asked.asset
        ]
        if isinstance(minted, AssetwireError):
            return Answer(reason=minted.code)
        if asked.file not in minted.opened.delivered.renditions:
            return Answer(reason="rendition_not_found")
        return Answer(minted.url(asked.file), float(minted.opened.expires), self._slot)

    @property
    def _terms(self) -> dict[str, Any]:
        return {
            "assets": self._catalog,
            "base_url": _BASE,
            "maximum_ttl": _MAXIMUM,
            "bucket": 600,
            "now": self._clock(),
        }

    # --- viewers ---

    def look(self, looks: Sequence[Look]) -> list[Seen]:
        return [self._seen(each) for each in looks]

    def _seen(self, look: Look) -> Seen:
        parts = urlsplit(look.url)
        headers = {"host": parts.netloc, "cloudfront-viewer-country": look.country, "cookie": look.cookies}
        answer = self._edge.answer(Request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers, look.address))
        return Seen(answer.status, self._at, self._at)

    def crowd(self, looks: Sequence[Look]) -> None:
        self._crowd = {}
        for look in looks:
            asset = next(part for part in look.url.split("/")[4:] if "." not in part)
            self._crowd.setdefault(asset, []).append(look)

    def _come(self, asset: str) -> None:
        """Let all of the crowd look who want this asset: caches are as warm as they can be at every step."""
        for each in self._crowd.get(asset, []):
            self._seen(each)

    # --- keys ---

    def rotate(self) -> None:
        self._slot = signing_keys.other(self._slot)
        self._token = "TokenKeyB" if self._token == "TokenKeyA" else "TokenKeyA"
        self._new_keys()

    def retire(self) -> list[str]:
        gone = signing_keys.other(self._slot)
        signing_keys.retire(self._keys, "keys", secrets=self._places, slot=gone)
        old = "TokenKeyB" if self._token == "TokenKeyA" else "TokenKeyA"
        token_keys.forget(old, **self._places.places)
        self._new_keys()
        return [gone, old]

    def _new_keys(self) -> None:
        """Read the keys anew, as a deployment does; what is cached at the edge stays."""
        pair = signing_keys.kept_pair(self._keys, "ecdsa", self._slot)
        signing_keys.store(pair, "keys", secrets=self._places, slot=self._slot)
        self._token_secret = token_keys.kept_key(self._keys, self._token)
        token_keys.publish(self._token, self._token_secret, **self._places.places)
        self._signer = CloudFrontSigner(signing_keys.key_name(self._slot), pair.private)
        distribution = evaluate(self._document, signing_keys.parameters(self._keys, self._slot))
        if self._cache is None:
            self._cache = ResponseCache(self._clock, tag_header=distribution.tag_header)
            self._delivery.cache = self._cache
            self._functions = {name: FunctionRuntime(each.code) for name, each in distribution.functions.items()}
        for each in self._functions.values():
            each.hold(self._places.values)
        self._edge = Edge(
            distribution,
            bucket="delivery",
            store=self._origin,
            cache=self._cache,
            base_url=_BASE,
            functions=self._functions,
            clock=self._clock,
        )
