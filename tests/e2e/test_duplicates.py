"""Duplicates on the deployed stack with IAM enforced: a near pair is one work item, an exact copy another source."""

import io
import random
import uuid
from typing import Any

import pytest
from PIL import Image, ImageDraw

from assetwire_cli.target import ApiError, Target
from watching import eventually


def test_two_near_pictures_and_a_copy_are_one_work_item_and_one_asset_with_two_sources(
    target: Target, put: Any, ingested: Any
) -> None:
    folder, shot = f"duplicates/{uuid.uuid4()}", drawing()
    fine, coarse = jpeg(shot, quality=95), jpeg(shot.resize((300, 225)), quality=60)
    keys = [f"{folder}/{name}.jpg" for name in ("front", "front small", "front copy")]
    found = [ingested(key, put(key, data)) for key, data in zip(keys, (fine, coarse, fine), strict=True)]
    first, second, copy = (entry["asset_id"] for entry in found)
    assert first == copy != second
    assert found[2]["version_id"] is None
    assert {target.call("GET", f"/assets/{asset_id}")["status"] for asset_id in (first, second)} == {"accepted"}

    def pairs() -> list[dict[str, Any]]:
        listed = target.call("GET", "/work", query={"queue": "near_duplicate", "limit": "100"})["items"]
        return [item for item in listed if {item["asset_id"], item["other_asset_id"]} == {first, second}]

    (item,) = eventually(pairs, "the work item")
    assert sorted(picture["file_name"] for picture in item["evidence"]["pictures"]) == ["front small.jpg", "front.jpg"]
    (near,) = (e for e in target.call("GET", f"/assets/{first}/similar")["similar"] if e["asset_id"] == second)
    assert near["distance"] == item["evidence"]["distance"]
    assert near["current"]

    path, decision = f"/work/{item['work_id']}/close", {"resolution": "duplicate", "note": "the small one goes"}
    for status, code, headers, body in (
        (409, "revision", {"If-Match": '"7"'}, decision),
        (422, "invalid_resolution", {}, {"resolution": "rights_kept"}),
    ):
        with pytest.raises(ApiError) as refused:
            target.call("POST", path, body=body, headers=headers)
        assert (refused.value.status, refused.value.code) == (status, code)
    closed = target.call("POST", path, body=decision, headers={"If-Match": '"0"'})
    assert (closed["state"], closed["resolution"], closed["revision"]) == ("closed", "duplicate", 1)
    assert target.call("GET", f"/work/{item['work_id']}") == closed
    assert target.call("POST", path, body=decision) == closed
    eventually(lambda: not pairs(), "the item to leave the list of open ones")


def drawing() -> Image.Image:
    """A picture with shapes enough to be told from others, and that no other test has."""
    chance = random.Random(uuid.uuid4().int)  # noqa: S311 - no secret
    image = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(25):
        x, y, side = chance.randrange(700), chance.randrange(500), chance.randrange(60, 250)
        pen.ellipse((x, y, x + side, y + side), fill=tuple(chance.randrange(256) for _ in range(3)))
    return image


def jpeg(image: Image.Image, *, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
