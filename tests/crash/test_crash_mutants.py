"""The harness bites: faults put into the product on purpose are each reported as a difference."""

import hashlib
import random
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assetwire.adapters.catalog import repository
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.event_bus import EventBridgeBus
from assetwire.adapters.media_store import S3Renditions
from assetwire.domain import ids
from assetwire.domain.delivery import Correction, Delivery, correction, desired_delivery, everything_of
from assetwire.domain.errors import Conflict
from assetwire.domain.purge import Purge, Urgency
from assetwire.domain.upkeep import StoredObject, missing
from assetwire.services import enforce as enforcing
from assetwire.services.purge import want_purge
from crash import (
    test_crash_declarations,
    test_crash_enforce,
    test_crash_ingest,
    test_crash_purge,
    test_crash_relay,
    test_crash_renditions,
)
from crash.harness import Scenario, check_crash_points, check_redelivery
from crash.world import NOW, Message, World

Seed = Callable[[World], Message]
ANOTHER_VERSION = Scenario("enforce", test_crash_enforce._another_version)
NARROWED = Scenario("enforce", test_crash_enforce._narrowed)
WITHDRAWN = Scenario("enforce", test_crash_enforce._withdrawn)
PURGED = Scenario("purge", test_crash_purge._narrowed)
FIRST_DELIVERY = Scenario("enforce", test_crash_enforce._first_delivery)


def _reported(check: Callable[[], object], *, as_: str) -> None:
    with pytest.raises(AssertionError, match=as_):
        check()


def _steps(*order: str) -> Callable[..., enforcing.Enforced]:
    """Return an enforce without its closing check, whose steps come in this order."""

    def mutant(
        asset_id: str, *, catalog: Any, delivery: Any, purges: Any, revocations: Any, clock: Any
    ) -> enforcing.Enforced:
        asset, now = catalog.asset(asset_id), clock()
        wanted = desired_delivery(asset, _shown(asset, catalog), at=now)
        todo = correction(delivery.present(everything_of(asset_id)), wanted, asset.delivered)
        for step in order:
            match step:
                case "remove" if todo.remove:
                    delivery.remove(todo.remove)
                case "forget" if todo.gone:
                    about = {"generation": asset.generation, "urgency": Urgency.URGENT}
                    want_purge(asset_id, **about, purges=purges, clock=clock)
                case "copy":
                    for key, rendition in todo.copy.items():
                        delivery.copy_rendition(rendition.key, key)
                case "record":
                    recorded = asset.with_delivered(wanted.record, now=now)
                    if recorded is not asset:
                        with suppress(Conflict):
                            catalog.save_asset(recorded)
        return enforcing.Enforced(len(todo.copy), len(todo.remove), todo.gone)

    return mutant


def _shown(asset: Any, catalog: Any) -> list[Any]:
    return catalog.renditions(asset.asset_id, asset.rendered.version_id) if asset.rendered else []


def test_the_right_order_of_steps_is_no_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "enforce", _steps("remove", "forget", "copy", "record"))
    check_crash_points(NARROWED)


def test_an_enforce_that_records_before_it_acts_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "enforce", _steps("record", "remove", "forget", "copy"))
    _reported(lambda: check_crash_points(NARROWED), as_=r"crash after call \d+/\d+ s3.DeleteObjects")


def test_an_enforce_that_records_before_it_copies_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "enforce", _steps("remove", "forget", "record", "copy"))
    _reported(lambda: test_crash_enforce.check_withdrawal_between_calls(FIRST_DELIVERY), as_="after the run itself")


def test_an_enforce_that_lets_caches_forget_before_it_removes_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "enforce", _steps("forget", "remove", "copy", "record"))
    _reported(lambda: check_crash_points(NARROWED), as_="the edge shows")


def test_an_enforce_without_its_closing_check_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "_recorded", lambda asset, *_, **__: asset)
    _reported(lambda: test_crash_enforce.check_withdrawal_between_calls(FIRST_DELIVERY), as_="after the run itself")


def test_an_enforce_that_removes_a_version_before_its_successor_is_there_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assetwire.domain.delivery._succeeded", lambda *_: set())
    _reported(lambda: test_crash_enforce.check_what_is_minted_stands(ANOTHER_VERSION), as_="s3.DeleteObjects")


def test_an_enforce_that_takes_back_without_a_purge_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.adapters.cdn.CloudFrontEdge.purge", lambda *_, **__: None)
    _reported(lambda: check_redelivery(WITHDRAWN), as_="the edge shows")


def test_a_correction_that_forgets_what_was_recorded_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(present: dict[str, str], wanted: Delivery, _: object) -> Correction:
        return correction(present, wanted, None)._replace(unrecorded=False)

    monkeypatch.setattr(enforcing, "correction", forgetful)
    _reported(lambda: check_crash_points(WITHDRAWN), as_=r"crash after call \d+/\d+ s3.DeleteObjects")


def test_an_enforce_that_does_not_note_what_its_record_leaves_out_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enforcing, "correction", lambda *known: correction(*known)._replace(unrecorded=False))
    name = "test_a_slow_run_overtaken_by_a_withdrawal_and_then_stopped_anywhere_is_made_good_by_the_next"
    _reported(getattr(test_crash_enforce, name), as_=r"s3.DeleteObjects")


def test_a_purge_whose_reference_is_that_of_an_earlier_one_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.adapters.cdn.uuid", SimpleNamespace(uuid4=lambda: "always the same"))
    _reported(test_crash_enforce.test_two_slow_runs_overtaken_by_a_withdrawal_leave_nothing_to_be_seen, as_=r"== \{\}")
    _reported(lambda: check_crash_points(Scenario("enforce", test_crash_enforce._rendered_anew)), as_="the edge shows")


def test_a_purge_that_takes_all_for_done_that_is_wanted_by_now_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    did = Purge.did
    monkeypatch.setattr(Purge, "did", lambda self, _, **known: did(self, self.wanted, **known))
    _reported(lambda: test_crash_purge.check_want_between_calls(PURGED), as_="the edge shows")


def test_a_purge_that_is_noted_before_caches_are_told_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def noted_first(run: Any, waiting: list[Purge], _: object) -> None:
        for each in waiting:
            run._did(each, at=NOW)
            run._edge.purge([each.asset_id])

    monkeypatch.setattr("assetwire.services.purge._Run.work_off", noted_first)
    _reported(lambda: check_crash_points(PURGED), as_="the edge shows|the final state differs")


def test_a_relay_with_random_event_ids_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "event_id", lambda *_: str(uuid.UUID(int=random.getrandbits(128))))
    _reported(lambda: check_crash_points(test_crash_relay.RELAY), as_="published: extra")
    _reported(lambda: check_redelivery(test_crash_relay.RELAY), as_="published: extra")


def test_a_relay_that_drops_poisoned_records_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.adapters.queues.SqsFailures.put", lambda *_, **__: None)
    with pytest.raises(ValueError, match="not enough values"):  # of the failure queue's messages
        test_crash_relay.test_a_poisoned_record_is_kept_whole_and_its_neighbours_are_announced_under_the_same_ids()


def test_an_ingest_that_writes_its_source_before_the_rest_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    real = DynamoCatalog.record

    def mutant(self: DynamoCatalog, upload: Any, *, source: Any = None, blob: Any = None, **rest: Any) -> None:
        for value in (source, blob):
            if value is not None:
                self._table.item_of(value).save()
        real(self, upload, **rest)

    monkeypatch.setattr(DynamoCatalog, "record", mutant)
    _reported(
        lambda: check_crash_points(test_crash_ingest.INGEST), as_=r"crash (before|after) call \d+/\d+ dynamodb.PutItem"
    )


def test_an_ingest_that_writes_without_conditions_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DynamoCatalog, "upload", lambda *_: None)

    def mutant(self: DynamoCatalog, upload: Any, **values: Any) -> None:
        for value in (upload, *(values.get(name) for name in ("source", "blob", "version", "asset"))):
            if value:
                self._table.item_of(value).save()

    monkeypatch.setattr(DynamoCatalog, "record", mutant)
    _reported(lambda: check_redelivery(test_crash_ingest.INGEST), as_="the final state differs")


def test_an_ingest_that_does_not_require_what_it_saw_declared_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "require_standing", lambda *_: None)
    with pytest.raises(AssertionError, match="before call"):
        test_crash_declarations.test_a_manifest_and_a_sidecar_that_arrive_between_any_two_calls_of_ingest_are_applied()


def test_a_declaration_that_is_not_applied_to_what_is_there_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.services.declarations.settle", lambda *_, **__: False)
    with pytest.raises(AssertionError, match="before call"):
        test_crash_declarations.test_a_master_that_arrives_between_any_two_calls_of_its_manifest_or_sidecar_finds_both()


def test_a_renderer_that_records_a_file_before_it_is_stored_and_believes_it_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that only records too early finds out by itself, since it looks at what stands."""
    from assetwire.services import renditions as rendering

    def believed(wanted: Any, version_id: str, recorded: Any, _: object) -> Any:
        present = {each.key: StoredObject(each.etag, NOW) for each in recorded}
        return missing(wanted, version_id, recorded, present)

    monkeypatch.setattr(rendering, "missing", believed)
    store, record = S3Renditions.put, DynamoCatalog.save_renditions
    waiting: list[Callable[[], object]] = []

    def put_later(self: S3Renditions, key: str, file: Path, *, media_type: str) -> str:
        copy = tmp_path / "waiting"
        shutil.copy(file, copy)
        waiting.append(lambda: store(self, key, copy, media_type=media_type))
        return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()

    def record_first(self: DynamoCatalog, renditions: Any) -> None:
        record(self, renditions)
        waiting.pop()()

    monkeypatch.setattr(S3Renditions, "put", put_later)
    monkeypatch.setattr(DynamoCatalog, "save_renditions", record_first)
    _reported(lambda: check_crash_points(test_crash_renditions.RENDER), as_=r"PutItem: .*\n?.*renditions: missing")


def test_a_renderer_that_does_not_say_that_it_is_done_when_nothing_is_missing_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its last step is skipped when every file stands: then a crash right before that is never made good."""
    from assetwire.services.renditions import _Run

    close = _Run._close

    def mutant(self: _Run, *known: Any, touched: bool, **rest: Any) -> None:
        if touched:
            close(self, *known, touched=touched, **rest)

    monkeypatch.setattr(_Run, "_close", mutant)
    _reported(lambda: check_crash_points(test_crash_renditions.RENDER), as_="rendered")


def test_a_renderer_that_does_not_notice_that_its_asset_changed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from assetwire.services import renditions as rendering

    def once(attempt: Callable[[], Any]) -> Any:
        with suppress(Conflict):
            return attempt()
        return rendering.Made(0, 0)

    monkeypatch.setattr(rendering, "decided", once)
    _reported(test_crash_renditions.check_taking_back_while_it_is_removed, as_="taken back before call")


def test_a_bus_that_takes_a_refused_entry_for_published_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutant(self: EventBridgeBus, entries: list[dict[str, Any]]) -> None:
        from assetwire.adapters.clients import client

        client("events").put_events(Entries=entries)

    monkeypatch.setattr(EventBridgeBus, "_put", mutant)
    with pytest.raises(AssertionError):
        test_crash_relay.test_an_entry_that_the_bus_refuses_once_is_put_again_alone(monkeypatch)
