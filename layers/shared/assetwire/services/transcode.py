"""Transcode: what is made of films, sounds and documents beside pictures, each file kept as soon as it is made."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.errors import Archived, Conflict, InvalidRequest, NotFound
from assetwire.domain.inscription import Inscription, labels_of
from assetwire.domain.inspection import Problem
from assetwire.domain.lifecycle import recall_unread
from assetwire.domain.outputs import WantedTranscode, wanted_of_media
from assetwire.domain.rendition import Rendition
from assetwire.domain.shown import Rendered
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.transcode_plan import has_transcodes
from assetwire.domain.transcode_spec import MediaFormat
from assetwire.domain.transcoding import PATIENCE, Claim, Ticket, Transcoding
from assetwire.domain.upkeep import StoredObject, missing, needed_by, upkeep
from assetwire.ports import Catalog, Masters, Renderer, RenditionStore
from assetwire.ports.transcoding import Labeller, Order, Progress, State, TranscodedFile, Transcoder
from assetwire.services.conflicts import change_asset, decided
from assetwire.services.keeping import keep, keep_up

LOOK = timedelta(minutes=15)
"""How often to look after a file that somebody else makes, should the word of it be lost."""
_TOO_MUCH = frozenset({"too_long", "too_large", "too_slow", "too_much_memory"})
"""Reasons of this machine's, and not of the master's: elsewhere there is more time and memory."""


class Transcoded(NamedTuple):
    """How many files were made, stood already, were given up, are waited for; and whether the rest is made later."""

    made: int = 0
    kept: int = 0
    left_out: int = 0
    waiting: int = 0
    later: bool = False


class Tools(NamedTuple):
    """What transcode works with; `left` says how many seconds this run still has."""

    catalog: Catalog
    masters: Masters
    store: RenditionStore
    here: Transcoder
    elsewhere: Transcoder | None
    labeller: Labeller
    renderer: Renderer
    book: SpecBook
    grace: timedelta
    left: Callable[[], float]
    claim: Claim
    """What this run claims an asset by."""


def transcode(asset_id: str, *, tools: Tools, now: datetime) -> Transcoded:
    """Make what an asset's current version wants and lacks; note what is waited for, and what was given up and why.

    Each file is stored and recorded before the next is begun, the cheapest first, so that whoever comes after a run
    that broke off goes on with what is missing. What does not fit into this run is made by the next, which the clock
    begins; what fits into none is made elsewhere, if there is such a place, or is given up with a reason: that is no
    failure. Where only what is written inside changed, a file is copied with the new labels and not made again.

    Films take minutes, and more is heard of them meanwhile: so a run claims the asset first, and another that finds
    the claim leaves everything to that one, which reads the asset again before it is done. The clock wakes the asset
    when a claim ends that nobody let go; a message that comes again goes on under its own claim.

    Raises:
        NotFound: there is no such asset, or its master is gone.
        Conflict: others kept changing the asset.
    """
    run = _Run(tools, now)
    return decided(lambda: run.attempt(asset_id))


class _Step(StrEnum):
    """What became of one file."""

    MADE = "made"
    WAITED_FOR = "waiting"
    GIVEN_UP = "left_out"
    LATER = "later"
    ANOTHERS = "another's"


class _Run:
    def __init__(self, tools: Tools, now: datetime) -> None:
        self._tools, self._now = tools, now
        self._made = 0
        self._is_fresh = True
        """Whether nothing was made on this machine yet: then there is as much time as there ever is."""

    def attempt(self, asset_id: str) -> Transcoded:
        asset = self._tools.catalog.asset(asset_id)
        if asset.status is not AssetStatus.ACCEPTED or not has_transcodes(
            asset.inspection.kind, asset.inspection.media_type
        ):
            return Transcoded()
        version = self._tools.catalog.version(asset_id, asset.current_version)
        labels = labels_of(asset.fields, asset.rights)
        wanted = wanted_of_media(asset, book=self._tools.book)
        recorded = [r for r in self._tools.catalog.renditions(asset_id) if r.made]
        present = self._tools.store.present(f"{asset_id}/")
        lacking = missing(wanted, version.version_id, recorded, present)
        work = _Work(self._tools, self._now, asset, version, labels=labels, recorded=recorded, present=present)
        steps: list[_Step] = []
        try:
            with tempfile.TemporaryDirectory(prefix="transcode-") as folder:
                for each in lacking:
                    steps.append(work.step(each, Path(folder), is_fresh=self._is_fresh))
                    self._is_fresh = self._is_fresh and not work.was_busy
                    self._made += steps[-1] is _Step.MADE
                    if steps[-1] in {_Step.LATER, _Step.ANOTHERS}:
                        break
        except Archived:
            work.recall()
            return Transcoded(self._made, len(wanted) - len(lacking))
        if _Step.ANOTHERS not in steps:
            work.close(wanted, lacking, steps)
        return Transcoded(
            made=self._made,
            kept=len(wanted) - len(lacking),
            left_out=steps.count(_Step.GIVEN_UP),
            waiting=steps.count(_Step.WAITED_FOR),
            later=_Step.LATER in steps or _Step.ANOTHERS in steps,
        )


class _Work:
    """One attempt: what was read of an asset, and what is made of that."""

    def __init__(
        self,
        tools: Tools,
        now: datetime,
        asset: Asset,
        version: Version,
        *,
        labels: Inscription,
        recorded: Sequence[Rendition],
        present: dict[str, StoredObject],
    ) -> None:
        self._tools, self._now, self._asset, self._version = tools, now, asset, version
        self._labels, self._recorded, self._present = labels, list(recorded), present
        self._fetched: Path | None = None
        self.was_busy = False
        """Whether something was made on this machine."""

    @property
    def _state(self) -> Transcoding:
        """What is noted of the version; what was given up is tried again where somebody asks."""
        known, asked = self._asset.transcoding, self._asset.rendering_asked
        if known is None or known.version_id != self._version.version_id:
            return Transcoding(version_id=self._version.version_id, answers=asked)
        return known if known.answers == asked else known.model_copy(update={"answers": asked, "left_out": {}})

    # --- one file ---

    def step(self, each: WantedTranscode, folder: Path, *, is_fresh: bool) -> _Step:
        """Make one file, or come closer to it."""
        given_up, ticket = self._state.left_out.get(each.name), self._state.tickets.get(each.name)
        if given_up is not None and given_up.made == each.transcode.made:
            return _Step.GIVEN_UP
        if self._labelled(each, folder):
            return _Step.MADE
        order = self._order(each, folder)
        if ticket is not None and ticket.made == each.transcode.made:
            return self._asked_after(each, ticket, order)
        here = self._tools.here
        problem = here.refuses(order)
        if problem is None:
            if not is_fresh and here.takes(order) > self._tools.left():
                return _Step.LATER
            if not self._begun(order):
                return _Step.ANOTHERS
            self.was_busy = True
            ticket_here = here.begin(order)
            state = here.look(ticket_here, order)
            if state.progress is Progress.DONE:
                self._keep(each, here.collect(ticket_here, order))
                return _Step.MADE
            problem = _problem(state)
            if problem.code == "too_slow" and not is_fresh:
                return _Step.LATER
        return self._tried_elsewhere(each, order, problem)

    def _labelled(self, each: WantedTranscode, folder: Path) -> bool:
        """Copy a file that shows the same with other labels; tell whether there was one."""
        if not isinstance(each.transcode.format, MediaFormat):
            return False
        wanted = (self._version.version_id, each.name, each.transcode.made)
        base = next((r for r in self._recorded if (r.version_id, r.name, r.made) == wanted and self._stands(r)), None)
        if base is None:
            return False
        before, out = folder / "before", folder / each.name
        try:
            self._tools.store.fetch(base.key, before)
        except NotFound:
            return False
        file = self._tools.labeller.label(before, each.transcode, self._labels, out=out)
        before.unlink()
        if file is None:
            return False
        self._keep(each, file)
        return True

    def _stands(self, rendition: Rendition) -> bool:
        return rendition.key in self._present and self._present[rendition.key].etag == rendition.etag

    def _tried_elsewhere(self, each: WantedTranscode, order: Order, problem: Problem) -> _Step:
        elsewhere = self._tools.elsewhere
        if elsewhere is None or problem.code not in _TOO_MUCH:
            return self._given_up(each, problem)
        refused = elsewhere.refuses(order)
        if refused is not None:
            return self._given_up(each, refused)
        try:
            ticket = elsewhere.begin(order)
        except InvalidRequest as error:
            return self._given_up(each, Problem(code=error.code, field="file", message=error.message))
        waits = Ticket(made=each.transcode.made, key=order.key, ticket=ticket, asked_at=self._now)
        self._note(lambda state: state.asked(each.name, waits))
        return _Step.WAITED_FOR

    def _asked_after(self, each: WantedTranscode, ticket: Ticket, order: Order) -> _Step:
        """Look after a file that somebody else makes; under the key that it was ordered by, with the labels of now."""
        elsewhere = self._tools.elsewhere
        if elsewhere is None:
            return self._given_up(each, _problem(State(Progress.FAILED), "nobody makes it any more"))
        ordered = order._replace(key=ticket.key)
        state = elsewhere.look(ticket.ticket, ordered)
        if state.progress is Progress.WORKING:
            if self._now - ticket.asked_at <= PATIENCE:
                return _Step.WAITED_FOR
            return self._given_up(each, Problem(code="never_finished", field="file", message="nobody finished it"))
        if state.progress is Progress.FAILED:
            return self._given_up(each, _problem(state))
        try:
            file = elsewhere.collect(ticket.ticket, ordered)
        except NotFound as error:
            return self._given_up(each, Problem(code="not_made", field="file", message=error.message))
        self._keep(each, file)
        return _Step.MADE

    def _given_up(self, each: WantedTranscode, problem: Problem) -> _Step:
        self._note(lambda state: state.without(each.name, problem, made=each.transcode.made))
        return _Step.GIVEN_UP

    def _order(self, each: WantedTranscode, folder: Path) -> Order:
        def master() -> Path:
            if self._fetched is None:
                self._fetched = folder / "master"
                self._tools.masters.fetch(self._version.upload, self._fetched, maximum=self._version.inspection.bytes)
            return self._fetched

        key = self._rendition(each, TranscodedFile(folder, 0, 0, None, 0, "")).key
        return Order(each.transcode, self._version.upload, self._version.inspection, self._labels, key, master, folder)

    def _keep(self, each: WantedTranscode, file: TranscodedFile) -> None:
        """Store and record a made file."""
        keep(self._rendition(each, file), file.path, store=self._tools.store, catalog=self._tools.catalog)
        file.path.unlink()

    def _rendition(self, each: WantedTranscode, file: TranscodedFile) -> Rendition:
        return Rendition(
            asset_id=self._asset.asset_id,
            version_id=self._version.version_id,
            name=each.name,
            digest=each.digest,
            made=each.transcode.made,
            usage=each.transcode.usage,
            format=each.transcode.format,
            width=file.width,
            height=file.height,
            seconds=file.seconds,
            bytes=file.bytes,
            sha256=file.sha256,
            etag="",
        )

    # --- the asset ---

    def _begun(self, order: Order) -> bool:
        """Fetch the master and claim the asset; False where another run is at it.

        Raises:
            Archived: the master is in cold storage.
            Conflict: the asset changed since it was read.
        """
        state, claim = self._state, self._tools.claim
        if state.is_left_to_another(claim.run, self._now):
            return False
        order.master()
        claimed = self._asset.with_transcoding(
            now=self._now, transcoding=state.claimed(claim), transcode_at=claim.until
        )
        if claimed is not self._asset:
            self._tools.catalog.save_asset(claimed)
            self._asset = claimed
        return True

    def _note(self, change: Callable[[Transcoding], Transcoding]) -> None:
        """Note what is waited for or given up, before anything else is done: a job must not be asked for twice.

        Raises:
            Conflict: another version is current by now.
        """

        def noted(asset: Asset) -> Asset:
            self._asset = asset
            if asset.current_version != self._version.version_id:
                return asset
            return asset.with_transcoding(now=self._now, transcoding=change(self._state))

        self._asset = change_asset(self._asset.asset_id, noted, read=self._asset, catalog=self._tools.catalog)
        if self._asset.current_version != self._version.version_id:
            raise Conflict(f"asset {self._asset.asset_id} has another version by now")

    def recall(self) -> None:
        """Ask for the master, which is in cold storage."""
        reason = f"to transcode version {self._version.version_id}"
        recall_master(self._asset, reason, catalog=self._tools.catalog, now=self._now)

    def close(
        self, wanted: Sequence[WantedTranscode], lacking: Sequence[WantedTranscode], steps: Sequence[_Step]
    ) -> None:
        """Record what is complete, or when to go on; it holds for the asset as it was read alone.

        Raises:
            Conflict: the asset changed since: what was made stands, and is found by the next attempt.
        """
        ended = {each.name for each, step in zip(lacking, steps, strict=False) if step is not _Step.WAITED_FOR}
        state = self._state.claimed(None).waiting_for({each.name for each in lacking} - ended)
        if _Step.LATER in steps or _Step.WAITED_FOR in steps:
            look_at = self._now if _Step.LATER in steps else self._now + LOOK
            changed = self._asset.with_transcoding(now=self._now, transcoding=state, transcode_at=look_at)
            if changed is not self._asset:
                self._tools.catalog.save_asset(changed)
            return
        given_up = {each.name for each, step in zip(lacking, steps, strict=True) if step is _Step.GIVEN_UP}
        state = state.model_copy(update={"left_out": {name: state.left_out[name] for name in sorted(given_up)}})
        outputs = {each.name: each.digest for each in wanted if each.name not in given_up}
        asked, version_id = self._asset.rendering_asked, self._version.version_id
        done = Rendered(version_id=version_id, outputs=outputs, answers=asked)
        fresh = {(version_id, each.name, each.digest) for each in lacking}
        complete(
            self._asset,
            done,
            transcoding=state if state.left_out else None,
            recorded=[r for r in self._recorded if (r.version_id, r.name, r.digest) not in fresh],
            touched=bool(steps),
            tools=self._tools,
            now=self._now,
        )


def recall_master(asset: Asset, reason: str, *, catalog: Catalog, now: datetime) -> None:
    """Ask for a master that is in cold storage; its arrival is an event that begins another run."""
    act = Act(by="assetwire", at=now, reason=reason)
    change_asset(asset.asset_id, lambda each: recall_unread(each, act), read=asset, catalog=catalog)


def complete(
    asset: Asset,
    done: Rendered,
    *,
    transcoding: Transcoding | None,
    recorded: Sequence[Rendition],
    touched: bool,
    tools: Tools,
    now: datetime,
) -> None:
    """Record what is complete of an asset, as it was read, and remove what was superseded for long.

    `recorded` is what stood before; `touched` says that something was made since the asset was read.

    Raises:
        Conflict: the asset changed since.
    """
    todo = upkeep(needed_by(done), recorded, {}, grace=tools.grace, at=now)
    keep_up(todo, store=tools.store, catalog=tools.catalog)
    changed = asset.with_transcoding(now=now, transcoded=done, transcoding=transcoding, transcode_at=todo.tidy_at)
    if changed is not asset:
        tools.catalog.save_asset(changed)
    elif (touched or todo.removed) and tools.catalog.asset(asset.asset_id).revision != asset.revision:
        raise Conflict(f"asset {asset.asset_id} changed while its films were made")


def _problem(state: State, otherwise: str = "it could not be made") -> Problem:
    return state.problem or Problem(code="not_made", field="file", message=otherwise)
