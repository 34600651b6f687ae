"""Transcode and a film that MediaConvert makes: one job, whatever becomes of the run, and its film in the end."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from moto.core.botocore_stubber import BotocoreStubber

from assetwire.domain.asset import Asset
from assetwire.domain.due import DueKind
from assetwire.domain.inspection import Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.transcode_spec import TranscodeSpec
from crash.cases import WEB, data_of, hint, message, record_master
from crash.harness import Scenario, check_crash_points, check_redelivery, deliver
from crash.world import RENDITIONS, Message, World, aws, fresh_world, objects
from fakes.films import film
from fakes.mediaconvert import PlayedMediaConvert

FILM = TranscodeSpec.model_validate(
    {
        "name": "video",
        "what": {
            "makes": "films",
            "takes": {"480": {"short_edge": 480}},
            "encodings": [
                {"format": "mp4", "codec": "h264", "quality": 23, "effort": "ultrafast", "bits_per_pixel": 0.1}
            ],
        },
    }
)
NAME = "video-480.mp4"
PLACE = {
    "MEDIACONVERT_QUEUE": "arn:aws:mediaconvert:eu-central-1:123456789012:queues/long-films",
    "MEDIACONVERT_ROLE": "arn:aws:iam::123456789012:role/long-films",
}


@pytest.fixture(autouse=True)
def played(few_renditions: None, monkeypatch: pytest.MonkeyPatch) -> PlayedMediaConvert:
    """Answer calls of MediaConvert, which moto does not know."""
    monkeypatch.setattr("assetwire.domain.spec_book.shipped_book", lambda: SpecBook((WEB,), transcodes=(FILM,)))
    service, forward = PlayedMediaConvert(aws("s3")), BotocoreStubber.__call__

    def answer(stub: BotocoreStubber, event_name: str, request: Any, **rest: Any) -> Any:
        if event_name.startswith("before-send.mediaconvert."):
            return service(request)
        return forward(stub, event_name, request, **rest)

    monkeypatch.setattr(BotocoreStubber, "__call__", answer)
    return service


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film") / "a.mp4", frames=2).read_bytes()


def record_long_film(world: World, data: bytes) -> Asset:
    """Record a film of which its inspection says that it lasts three days."""
    os.environ |= PLACE  # the world puts its own environment back when it ends
    return record_master(
        world,
        data,
        key="film.mp4",
        size=(96, 64),
        kind=Kind.VIDEO,
        media_type="video/mp4",
        duration_seconds=260_000.0,
        metadata=Metadata(technical={"frame_rate": 25.0}),
    )


def job_message(asset_id: str) -> Message:
    batch = message("sqs_mediaconvert_job.json")
    body = json.loads(batch["Records"][0]["body"])
    body["detail"]["userMetadata"]["asset_id"] = asset_id
    batch["Records"][0]["body"] = json.dumps(body)
    return batch


Seeds = dict[str, Callable[[World], Message]]


@pytest.fixture
def seeds(data: bytes, played: PlayedMediaConvert) -> Seeds:
    def done(world: World, master: bytes = data) -> Message:
        asset = record_long_film(world, master)
        world.deliver("transcode", hint(asset))
        played.work()
        return job_message(asset.asset_id)

    return {
        "it is ordered": lambda world: hint(record_long_film(world, data)),
        "it is done": done,
        "it cannot be read": lambda world: done(world, b"damaged"),
    }


@pytest.mark.parametrize("seed", ["it is ordered", "it is done", "it cannot be read"])
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(seed: str, seeds: Seeds) -> None:
    check_crash_points(Scenario("transcode", seeds[seed]))
    check_redelivery(Scenario("transcode", seeds[seed]))


def test_one_job_is_asked_for_and_its_film_becomes_a_rendition(seeds: Seeds, played: PlayedMediaConvert) -> None:
    with fresh_world() as world:
        ordered = Scenario("transcode", seeds["it is ordered"])
        first = ordered.seed(world)
        for _ in range(3):
            deliver(world, ordered, first)
        (asset_id,) = (data_of(item)["asset_id"] for item in world.items() if item["kind"]["S"] == "Asset")
        waiting = world.catalog.asset(asset_id)
        assert (len(played.jobs), waiting.transcoded) == (1, None)
        assert waiting.due is not None
        assert waiting.due.kind is DueKind.TRANSCODES
        played.work()
        deliver(world, ordered, job_message(asset_id))
        done = world.catalog.asset(asset_id)
        assert done.transcoded is not None
        assert (set(done.transcoded.outputs), done.transcoding, done.due) == ({NAME}, None, None)
        (rendition,) = (r for r in world.catalog.renditions(done.asset_id) if r.name == NAME)
        assert objects(RENDITIONS)[rendition.key] == rendition.etag


def test_what_mediaconvert_cannot_read_is_a_reason_and_no_failure(seeds: Seeds) -> None:
    with fresh_world() as world:
        scenario = Scenario("transcode", seeds["it cannot be read"])
        deliver(world, scenario, scenario.seed(world))
        (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
        assert {name: left["problem"]["code"] for name, left in asset["transcoding"]["left_out"].items()} == {
            NAME: "job_failed"
        }
        assert asset["status"] == "accepted"
