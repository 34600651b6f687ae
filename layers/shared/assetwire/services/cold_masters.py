"""Masters that come into cold storage: recalled, shown to people, and ingested when their copies come."""

from datetime import datetime

from assetwire.domain.archive import Tier
from assetwire.domain.asset import Upload
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.work import Resolution, WorkItem, WorkState, cold_master
from assetwire.ports.vault import Vault
from assetwire.ports.worklist import Worklist

COPY_DAYS = 7
"""Days that a copy can be read: ingest and the renditions need minutes of them."""
_BY = "assetwire"
_ATTEMPTS = 4


def wait_for(upload: Upload, *, vault: Vault, worklist: Worklist, now: datetime) -> None:
    """Tell people of a master that cannot be read, and ask S3 for a copy; asked before is asked."""
    worklist.open(cold_master(upload, now=now))
    vault.fetch_back(upload, days=COPY_DAYS, tier=Tier.STANDARD)


def waited_for(upload: Upload, *, worklist: Worklist, now: datetime) -> Upload | None:
    """Return a master whose copy came as it was announced when it was uploaded; None if nobody waits for it."""
    try:
        item = worklist.item(cold_master(upload, now=now).work_id)
    except NotFound:
        return None
    return Upload.model_validate(item.evidence["upload"])


def close(upload: Upload, *, worklist: Worklist, now: datetime) -> None:
    """Note that a master was read that was waited for; what people decided about it stands.

    Raises:
        Conflict: others kept changing the item.
    """
    for _ in range(_ATTEMPTS):
        item: WorkItem = worklist.item(cold_master(upload, now=now).work_id)
        if item.state is WorkState.CLOSED:
            return
        try:
            worklist.save(item.closed(Resolution.RECALLED.value, by=_BY, now=now))
        except Conflict:
            continue
        return
    raise Conflict(f"work item of {upload.key} kept changing")
