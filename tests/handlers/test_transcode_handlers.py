"""Transcode hears of assets, frames and jobs of MediaConvert; the API of spins answers proxy events."""

import json
from typing import Any

import pytest

from crash.cases import (
    EVERYWHERE,
    Message,
    asset_id_of,
    batch_of,
    hint,
    message,
    picture,
    put_master,
    record_master,
    s3_message,
    set_rights,
)
from crash.media_cases import BOOK, FRAME_KEYS, SOUND_NAMES, SPIN_KEY, SPIN_NAMES, record_sound, record_spin, tone
from crash.world import MASTERS, RENDITIONS, World, aws, objects


@pytest.fixture(autouse=True)
def few_transcodes(few_renditions: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.domain.spec_book.shipped_book", lambda: BOOK)


def _failed(result: Any) -> list[str]:
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]


def _job_message(asset_id: str | None) -> Message:
    """Return the batch in which transcode hears that a job of this asset's ended, or one that somebody else began."""
    batch = message("sqs_mediaconvert_job.json")
    body = json.loads(batch["Records"][0]["body"])
    if asset_id is None:
        del body["detail"]["userMetadata"]
    else:
        body["detail"]["userMetadata"]["asset_id"] = asset_id
    batch["Records"][0]["body"] = json.dumps(body)
    return batch


@pytest.mark.parametrize(
    "body", ["", "null", '{"source": "aws.mediaconvert", "detail": {}}', '{"source": "assetwire"}']
)
def test_the_bad_message_is_named_and_both_good_ones_are_done(world: World, body: str) -> None:
    assets = [record_sound(world, tone(hertz), key=f"{hertz}.wav") for hertz in (440, 880)]
    bad = hint(assets[0])
    bad["Records"][0]["body"] = body
    result, _ = world.deliver("transcode", batch_of(hint(assets[0]), bad, hint(assets[1])))
    assert _failed(result) == ["message-1"]
    made = {(key.split("/")[0], key.rpartition("/")[2]) for key in objects(RENDITIONS)}
    assert made == {(asset.asset_id, name) for asset in assets for name in SOUND_NAMES}


def test_the_end_of_a_job_is_word_of_its_asset(world: World) -> None:
    asset = record_sound(world, tone())
    result, _ = world.deliver("transcode", _job_message(asset.asset_id))
    assert _failed(result) == []
    assert {key.rpartition("/")[2] for key in objects(RENDITIONS)} == SOUND_NAMES


def test_a_job_of_somebody_else_is_not_understood(world: World) -> None:
    result, calls = world.deliver("transcode", _job_message(None))
    assert (len(_failed(result)), calls) == (1, [])


def test_a_photograph_costs_one_read(world: World) -> None:
    result, calls = world.deliver("transcode", hint(record_master(world, picture())))
    assert (_failed(result), calls) == ([], ["dynamodb.GetItem", "dynamodb.GetItem"])


class TestSpinsApi:
    """A spin is made of photographs that are there, and shown with them."""

    def call(self, world: World, route: str, body: Any = None, **path: str) -> tuple[int, Any]:
        method, resource = route.split()
        event = message("api_request_upload.json")
        event |= {"httpMethod": method, "resource": resource, "path": resource, "pathParameters": path}
        event["body"] = None if body is None else json.dumps(body)
        answer, _ = world.deliver("spins", event)
        return answer["statusCode"], json.loads(answer["body"])

    def frames(self, world: World) -> list[str]:
        return [record_master(world, picture(n), key=key).asset_id for n, key in enumerate(FRAME_KEYS)]

    def test_a_manifest_is_written_that_names_the_frames_by_their_ids(self, world: World) -> None:
        ids = self.frames(world)
        wanted = {"key": "turns/red.spin.json", "frames": [f"/{key}" for key in FRAME_KEYS]}
        status, made = self.call(world, "POST /spins", wanted)
        assert (status, made["key"], made["frames"], made["rows"], made["columns"]) == (200, wanted["key"], 8, 1, 8)
        stored = aws("s3").get_object(Bucket=MASTERS, Key=made["key"])
        assert stored["VersionId"] == made["s3_version"]
        assert json.loads(stored["Body"].read())["frames"] == ids
        assert self.call(world, "POST /spins", wanted) == (200, made)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"key": "turns/red.json"}, "invalid_spin_key"),
            ({"frames": [f"/{key}" for key in FRAME_KEYS[:7]]}, "invalid_spin"),
            ({"frames": [*(f"/{key}" for key in FRAME_KEYS[:7]), "/nowhere.png"]}, "frame_missing"),
            ({"rows": 3}, "invalid_spin"),
            ({"colour": "red"}, "invalid_request"),
        ],
    )
    def test_what_makes_no_spin_is_refused(self, world: World, change: dict[str, Any], code: str) -> None:
        self.frames(world)
        wanted = {"key": "turns/red.spin.json", "frames": [f"/{key}" for key in FRAME_KEYS]} | change
        status, problem = self.call(world, "POST /spins", wanted)
        assert (status, problem["code"]) == (422, code)
        assert "turns/red.spin.json" not in objects(MASTERS)

    def test_a_spin_is_shown_with_its_frames_and_whether_it_is_ready(self, world: World) -> None:
        spin = record_spin(world)
        status, shown = self.call(world, "GET /spins/{asset_id}", asset_id=spin.asset_id)
        assert (status, shown["ready"], shown["problem"], shown["columns"]) == (200, False, None, 8)
        assert [frame["asset_id"] for frame in shown["frames"]] == [asset_id_of(key) for key in FRAME_KEYS]
        world.deliver("transcode", hint(spin))
        _, shown = self.call(world, "GET /spins/{asset_id}", asset_id=spin.asset_id)
        assert shown["ready"]

    def test_what_is_no_spin_is_not_found(self, world: World) -> None:
        frame = record_master(world, picture())
        status, problem = self.call(world, "GET /spins/{asset_id}", asset_id=frame.asset_id)
        assert (status, problem["code"]) == (404, "spin_not_found")


def test_a_manifest_that_is_uploaded_becomes_a_spin_when_its_frames_are_there(world: World) -> None:
    for number, key in enumerate(FRAME_KEYS):
        set_rights(world, record_master(world, picture(number), key=key).asset_id, EVERYWHERE)
    manifest = {"spin": 1, "frames": [key.rpartition("/")[2] for key in FRAME_KEYS]}
    world.deliver("ingest", s3_message(put_master(json.dumps(manifest).encode(), key=SPIN_KEY)))
    source = world.catalog.source(MASTERS, SPIN_KEY)
    assert source is not None
    spin = world.catalog.asset(source.asset_id)
    world.deliver("transcode", hint(spin))
    assert {key.rpartition("/")[2] for key in objects(RENDITIONS)} == SPIN_NAMES
