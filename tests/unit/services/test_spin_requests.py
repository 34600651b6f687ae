"""Spins through the API: made of frames that fit, and shown as they are now."""

from typing import Any

import pytest

from assetwire.domain.asset import AssetStatus, UploadRecord, Version
from assetwire.domain.errors import InvalidRequest, NotFound, Refused
from assetwire.domain.inspection import Kind
from assetwire.domain.source import Source
from assetwire.domain.spin_manifest import SPIN_TYPE, parse_manifest
from assetwire.ports import Stored
from assetwire.services.assets import set_rights
from assetwire.services.spin_requests import CreatedSpin, create_spin, read_spin
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import BUCKET, NOW
from fakes.stores import FakeMasters

KEYS = [f"shoes/{number}.jpg" for number in range(8)]
FRAMES = [some.asset_id(key) for key in KEYS]
KEY = "shoes/red.spin.json"


class World:
    """Eight photographs, and somebody who makes a spin of them."""

    def __init__(self) -> None:
        self.catalog, self.masters = FakeCatalog(), FakeMasters()
        for key in KEYS:
            version = some.version(key)
            self.catalog.record(
                some_upload(version),
                source=some_source(key),
                version=version,
                asset=some.asset(key),
            )

    def create(self, frames: list[str], *, key: str = KEY, rows: int = 1, by: str = "me") -> CreatedSpin:
        return create_spin(key, frames, rows=rows, bucket=BUCKET, by=by, catalog=self.catalog, masters=self.masters)

    def ingested(self, data: bytes) -> str:
        """Let ingest have made an asset of the manifest; return its id."""
        version = some.version(KEY)
        facts = {"kind": Kind.SPIN, "media_type": SPIN_TYPE, "width": None, "height": None}
        version = version.model_copy(update={"inspection": version.inspection.model_copy(update=facts)})
        self.masters.put(version.upload, data)
        asset = some.asset(KEY).model_copy(update={"inspection": version.inspection})
        self.catalog.record(some_upload(version), version=version, asset=asset)
        return asset.asset_id


def some_upload(version: Version) -> UploadRecord:
    return UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id)


def some_source(key: str) -> Source:
    return Source(bucket=BUCKET, key=key, asset_id=some.asset_id(key))


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("frames", [FRAMES, [key.rpartition("/")[2] for key in KEYS], [f"/{key}" for key in KEYS]])
def test_a_manifest_is_written_that_names_the_frames_by_their_assets(world: World, frames: list[str]) -> None:
    assert world.create(frames, rows=2) == CreatedSpin(KEY, "stored-1", 8, 2, 4)
    ((data,),) = world.masters.holds().values()
    assert parse_manifest(data).frames == tuple(FRAMES)
    assert world.create(frames, rows=2).s3_version == "stored-1"


def test_whoever_makes_a_spin_is_named_whole_and_in_ascii_as_metadata_in_s3_must_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    causes: list[str] = []
    monkeypatch.setattr(world.masters, "store", lambda *_, cause, **__: causes.append(cause) or Stored("v", True))
    world.create(FRAMES, by="cognito:jürgen")
    operator = f"arn:aws:iam::123456789012:user/{'x' * 400}/anna+b@example.com"
    world.create(FRAMES, by=operator)
    assert causes == ["spin by cognito:j%C3%BCrgen", f"spin by {operator}"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": AssetStatus.QUARANTINED}, "frame_not_accepted"),
        ({"inspection": some.inspection(width=7)}, "frames_differ"),
        ({"inspection": some.inspection(kind=Kind.VIDEO, media_type="video/mp4")}, "frame_is_no_image"),
    ],
)
def test_frames_that_do_not_fit_are_refused_by_name(world: World, change: dict[str, Any], code: str) -> None:
    changed = world.catalog.asset(FRAMES[3]).model_copy(update=change)
    world.catalog.records["asset", FRAMES[3]] = changed
    with pytest.raises(InvalidRequest, match=FRAMES[3]) as refused:
        world.create(FRAMES)
    assert (refused.value.code, refused.value.problems[0]["field"]) == (code, "frames")
    assert world.masters.holds() == {}


@pytest.mark.parametrize(
    ("frames", "rows", "code"),
    [
        ([*FRAMES[:7], "none.jpg"], 1, "frame_missing"),
        ([*FRAMES[:7], "../none.jpg"], 1, "frame_missing"),
        (FRAMES[:7], 1, "invalid_spin"),
        (FRAMES, 3, "invalid_spin"),
    ],
)
def test_what_is_no_spin_is_refused(world: World, frames: list[str], rows: int, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.create(frames, rows=rows)
    assert refused.value.code == code


@pytest.mark.parametrize("key", ["red.json", "drops/red.spin.json"])
def test_a_key_that_is_none_of_a_spin_is_refused(world: World, key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.create(FRAMES, key=key)
    assert refused.value.code == "invalid_spin_key"


def test_a_spin_is_shown_with_its_frames_as_they_are_now(world: World) -> None:
    world.create(FRAMES)
    ((data,),) = world.masters.holds().values()
    spin = world.ingested(data)
    shown = read_spin(spin, catalog=world.catalog, masters=world.masters).described()
    assert (shown["rows"], shown["columns"], shown["problem"], shown["ready"]) == (1, 8, None, False)
    assert [frame["asset_id"] for frame in shown["frames"]] == FRAMES
    assert shown["frames"][0]["width"] == 2000
    del world.catalog.records["asset", FRAMES[3]]
    shown = read_spin(spin, catalog=world.catalog, masters=world.masters).described()
    assert shown["problem"]["code"] == "frame_missing"
    assert (shown["frames"][3]["asset_id"], shown["frames"][3]["reference"]) == (None, FRAMES[3])


def test_another_asset_is_no_spin(world: World) -> None:
    with pytest.raises(NotFound) as missing:
        read_spin(FRAMES[0], catalog=world.catalog, masters=world.masters)
    assert missing.value.code == "spin_not_found"


def test_the_rights_of_a_spin_are_set_by_its_frames_alone(world: World) -> None:
    world.create(FRAMES)
    ((data,),) = world.masters.holds().values()
    with pytest.raises(Refused) as refused:
        set_rights(world.ingested(data), some.rights(), catalog=world.catalog, now=NOW)
    assert refused.value.code == "rights_of_frames"
