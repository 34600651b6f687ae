"""Masters come in as the service takes them in, so that a test's world knows assets as the product does."""

from typing import Any

from assetwire.domain.asset import Upload
from assetwire.services.ingest import ingest
from assetwire.services.judging import Judge
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeVault


def take_in(upload: Upload, data: bytes, *, catalog: FakeCatalog, masters: FakeMasters, inspector: Any) -> None:
    """Put a master, and ingest it; that it was read for this counts as no fetch of the test's own."""
    ingest(
        masters.put(upload, data),
        catalog=catalog,
        masters=masters,
        vault=FakeVault(now=NOW),
        inspector=inspector,
        index=catalog,
        worklist=catalog,
        declarations=catalog,
        sidecar_reader=read_sidecar,
        maximum_bytes=100_000,
        judge=Judge(catalog),
        now=NOW,
    )
    masters.fetched.clear()


def finding(**facts: Any) -> Any:
    """Return an inspector that finds these facts in whatever it is given."""

    def inspect(_file: Any, *, sha256: str, size: int) -> Any:
        return some.inspection(**{**facts, "sha256": sha256, "bytes": size})

    return inspect
