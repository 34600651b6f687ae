"""One asset on its way into delivery: a Catalog, a delivery bucket in which others may act, and caches before it."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from assetwire.domain.asset import Asset, UploadRecord, Version
from assetwire.domain.purge import Purge
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.shown import Rendered
from assetwire.domain.source import Source
from assetwire.services.enforce import Enforced, enforce
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.purges import Clock, FakeEdge, FakePurges, run_purge
from fakes.revocations import FakeRevocations
from fakes.some import NOW
from fakes.stores import FakeDeliveryStore, FakeRenditionStore

ASSET = some.asset_id()
NAMES = ("web-320.jpg", "web-640.jpg")
WITHDRAWN = some.rights(usages=())
NARROWER = some.rights(usages=(Usage.WEB,))


class Stop(Exception):
    """The process ends."""


class Delivery(FakeDeliveryStore):
    """Lets somebody act right before or after a call."""

    def __init__(self, renditions: FakeRenditionStore) -> None:
        super().__init__(renditions)
        self.before_copy: list[Callable[[], object]] = []
        self.after_remove: list[Callable[[], object]] = []
        self.log: list[str] = []

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        if self.before_copy:
            self.before_copy.pop(0)()
        self.log.append("copy")
        super().copy_rendition(rendition_key, to)

    def remove(self, keys: Any) -> None:
        self.log.append("remove")
        super().remove(keys)
        if self.after_remove:
            self.after_remove.pop(0)()


class Purges(FakePurges):
    """Notes in the delivery's log when caches must forget something."""

    def __init__(self, catalog: FakeCatalog, origin: Delivery) -> None:
        super().__init__(catalog)
        self._log = origin.log

    def save_purge(self, purge: Purge) -> None:
        if purge.is_pending:
            self._log.append("forget")
        super().save_purge(purge)


class World:
    """One asset with two renditions, a delivery bucket and its caches."""

    def __init__(self, rights: Rights | None = None) -> None:
        self.catalog = FakeCatalog()
        self.renditions = FakeRenditionStore()
        self.delivery = Delivery(self.renditions)
        self.edge = FakeEdge(self.delivery)
        self.purges = Purges(self.catalog, self.delivery)
        self.revocations = FakeRevocations()
        self.first = some.version(number=1)
        self.catalog.record(
            UploadRecord(upload=self.first.upload, asset_id=ASSET, version_id=self.first.version_id),
            source=Source(bucket="masters", key="shoe.jpg", asset_id=ASSET),
            version=self.first,
            asset=Asset.of(self.first, now=NOW),
        )
        self.render(self.first)
        if rights is not None:
            self.set_rights(rights)

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)

    def render(self, version: Version, *names: str, content: str = "", finish: bool = True) -> None:
        """Store and record renditions; at the end, with what is complete already of the version, as complete."""
        digest = hashlib.sha256(content.encode()).hexdigest()[:16] if content else some.DIGEST
        for name in names or NAMES:
            rendition = some.rendition(version, name, sha256=(content or name).ljust(64, "0"), digest=digest)
            etag = self.renditions.hold(rendition.key, f"{rendition.key} {content}".encode())
            self.catalog.save_renditions([rendition.model_copy(update={"etag": etag})])
        before = self.asset.rendered
        kept = before.outputs if before is not None and before.version_id == version.version_id else {}
        outputs = kept | dict.fromkeys(names or NAMES, digest)
        finished = self.asset.with_rendered(Rendered(version_id=version.version_id, outputs=outputs), now=NOW)
        if finish and finished != self.asset:
            self.catalog.save_asset(finished)

    def set_rights(self, rights: Rights, at: datetime = NOW) -> None:
        self.catalog.save_asset(self.asset.with_rights(rights, now=at))

    def add_version(self, number: int) -> Version:
        version = some.version(number=number)
        self.catalog.record(
            UploadRecord(upload=version.upload, asset_id=ASSET, version_id=version.version_id),
            version=version,
            asset=self.asset.with_version(version, now=NOW),
        )
        return version

    def enforce(self, at: datetime = NOW) -> Enforced:
        """Let enforce run, and then purge, if that is wanted."""
        done = enforce(
            ASSET,
            catalog=self.catalog,
            delivery=self.delivery,
            purges=self.purges,
            revocations=self.revocations,
            clock=lambda: at,
        )
        self.purge(at)
        return done

    def purge(self, at: datetime = NOW) -> None:
        ports = {"purges": self.purges, "edge": self.edge, "revocations": self.revocations}
        run_purge(self.purges.pending, **ports, clock=Clock(at))  # type: ignore[arg-type]

    @property
    def delivered(self) -> set[str]:
        return set(self.delivery.objects)

    def expected(self, version: Version | None = None, generation: int = 1) -> set[str]:
        version = version or self.first
        return {f"{ASSET}/g{generation}/{version.version_id}/{name}" for name in NAMES}

    def view_everything(self) -> None:
        for key in list(self.delivery.objects):
            self.edge.view(key)
